"""Parts of a request that are objects of their own: LoRAs, the hires pass, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import ImageOps

from mockserver.backends.cpp_common import image_file
from mockserver.backends.sdcpp.nlohmann.parser import Fields, as_text
from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.backends.sdcpp.server import Sdcpp


_INVALID = 400


@dataclass(frozen=True)
class Lora:
    """One LoRA.

    Attributes:
        path: as the list of LoRAs has it.
        multiplier: its weight; that of one that is named twice is the sum.
        high_noise: whether it is for the model of the first, noisy steps.
    """

    path: str
    multiplier: float
    high_noise: bool


def read_loras(server: Sdcpp, body: dict[str, Any]) -> tuple[Lora, ...]:
    """The LoRAs of a request, those for the noisy steps last; items that are no object are none.

    Raises:
        JsonError: a value of another type.
        HTTPError: 400 for a path that is missing or not listed.
    """
    asked = body.get("lora")
    weights: dict[tuple[bool, str], float] = {}
    for item in asked if isinstance(asked, list) else ():
        if isinstance(item, dict):
            lora = _read_lora(server, Fields(item))
            key = (lora.high_noise, lora.path)
            weights[key] = weights.get(key, 0.0) + lora.multiplier
    return tuple(Lora(path, weights[high, path], high) for high, path in sorted(weights))


def _read_lora(server: Sdcpp, fields: Fields) -> Lora:
    path = fields.text("path", "")
    found = Lora(
        path, fields.single("multiplier", 1.0), fields.flag("is_high_noise", default=False)
    )
    if not path:
        raise HTTPError(_INVALID, "lora.path required")
    if path not in server.names("loras", "path"):
        raise HTTPError(_INVALID, f"invalid lora path: {path}")
    return found


@dataclass(frozen=True)
class Hires:
    """What a request says of its second pass.

    Attributes:
        upscaler: its name, one of those listed.
        scale: factor, where width and height are 0.
        width: of the result; 0 for none asked for; height: likewise.
        steps: 0 for as many as the first pass has.
        denoising: how much is painted over.
    """

    upscaler: str
    scale: float
    width: int
    height: int
    steps: int
    denoising: float

    def enlarged(self, size: tuple[int, int]) -> tuple[int, int]:
        """The size of the result for a first pass of `size`."""
        if self.width > 0 and self.height > 0:
            return self.width, self.height
        return int(size[0] * self.scale), int(size[1] * self.scale)


def read_hires(server: Sdcpp, fields: Fields) -> Hires | None:
    """The second pass; None without ``enable_hr``.

    Raises:
        JsonError: a value of another type.
        HTTPError: 400 for values out of range, or no such upscaler.
    """
    if not fields.flag("enable_hr", default=False):
        return None
    found = Hires(
        scale=fields.single("hr_scale", 2.0),
        width=fields.whole("hr_resize_x", 0),
        height=fields.whole("hr_resize_y", 0),
        steps=fields.whole("hr_steps", 0),
        denoising=fields.single("denoising_strength", 0.7),
        upscaler=fields.text("hr_upscaler", "Latent"),
    )
    known = server.names("upscalers") | server.names("latent-upscale-modes")
    sound = found.scale > 0 and found.steps >= 0 and 0 <= found.denoising <= 1
    if not sound or found.upscaler not in known or min(found.width, found.height) < 0:
        raise HTTPError(_INVALID, "invalid params")
    return found


_UNSET = -1


def read_size(body: dict[str, Any], *images: Image.Image | None) -> tuple[int, int]:
    """Width and height that are asked for: by the request, else by a picture, else 512."""
    fields = Fields(body)
    found = [fields.whole(side, _UNSET) for side in ("width", "height")]
    for image in images:
        if image is not None:
            found = [a if a > 0 else b for a, b in zip(found, image.size, strict=True)]
    width, height = (side if side > 0 else 512 for side in found)
    return width, height


def _expected_size(body: dict[str, Any]) -> tuple[int, int] | None:
    """The size to which pictures are fitted; None to leave them as they are."""
    fields = Fields(body)
    width, height = fields.whole("width", _UNSET), fields.whole("height", _UNSET)
    return (width, height) if width > 0 and height > 0 else None


def read_init(body: dict[str, Any]) -> Image.Image | None:
    """The first picture.

    Raises:
        JsonError: it is no text; recorded: i2i/int.
    """
    given = body.get("init_images")
    if not isinstance(given, list) or not given:
        return None
    return image_file.read(_decode_picture(as_text(given[0])), _expected_size(body), webp=True)


def read_mask(body: dict[str, Any]) -> Image.Image | None:
    """The mask in mode L, white is painted over; None for all of it.

    Raises:
        JsonError: ``inpainting_mask_invert`` is no number.
    """
    given = body.get("mask")
    if not isinstance(given, str):
        return None
    mask = image_file.read_mask(_decode_picture(given), _expected_size(body), webp=True)
    inverted = Fields(body).whole("inpainting_mask_invert", 0) != 0
    return ImageOps.invert(mask) if mask is not None and inverted else mask


def _decode_picture(text: str) -> bytes:
    """The bytes of base64, with or without the start of a data URI."""
    head, comma, rest = text.partition(",")
    return image_file.decode(rest if comma and head.startswith("data:") else text)
