"""Parts of a request that are objects of their own: LoRAs, the hires pass, pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PIL import ImageOps

from mockserver.backends.cpp_common import drawing
from mockserver.backends.cpp_common.drawing import single
from mockserver.backends.sdcpp.nlohmann.parser import Fields, as_text
from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def read_loras(server: Sdcpp, asked: list[Any]) -> tuple[Lora, ...]:
    """The LoRAs of a request, those for the noisy steps last; items that are no object are none.

    Args:
        server: the simulated server.
        asked: the request's list.

    Raises:
        JsonError: a value of another type.
        HTTPError: 400 for a path that is missing or not listed.
    """
    found = [read_lora(item) for item in asked if isinstance(item, dict)]
    for lora in found:
        if not lora.path:
            raise HTTPError(_INVALID, "lora.path required")
        if lora.path not in server.names("loras", "path"):
            raise HTTPError(_INVALID, f"invalid lora path: {lora.path}")
    return summed(found)


def read_lora(item: Any) -> Lora:
    """One item; its path may be empty.

    Args:
        item: of the request's list.

    Raises:
        JsonError: a value of another type.
    """
    fields = Fields(item)
    path, multiplier = fields.text("path", ""), fields.single("multiplier", 1.0)
    return Lora(path, multiplier, fields.flag("is_high_noise", default=False))


def summed(loras: Iterable[Lora]) -> tuple[Lora, ...]:
    """Each LoRA once, in the order of their paths, those for the noisy steps last.

    Args:
        loras: in the order of the request.
    """
    weights: dict[tuple[bool, str], float] = {}
    for lora in loras:
        key = (lora.high_noise, lora.path)
        weights[key] = weights.get(key, 0.0) + lora.multiplier
    return tuple(Lora(path, weights[high, path], high) for high, path in sorted(weights))


@dataclass
class Hires:
    """What a request says of its second pass.

    Attributes:
        enabled: whether there is one.
        upscaler: its name, one of those listed.
        scale: factor, where width and height are 0.
        width: of the result; 0 for none asked for; height: likewise.
        steps: 0 for as many as the first pass has.
        denoising: how much is painted over.
        sigmas: its noise levels, two at least; none for the scheduler's.
        tile: side of the tiles in which a model enlarges.
    """

    enabled: bool = False
    upscaler: str = "Latent"
    scale: float = 2.0
    width: int = 0
    height: int = 0
    steps: int = 0
    denoising: float = single(0.7)
    sigmas: list[float] = field(default_factory=list)
    tile: int = 128

    def enlarged(self, size: tuple[int, int]) -> tuple[int, int]:
        """The size of the result for a first pass of `size`.

        Args:
            size: of the first pass: width and height in pixels.
        """
        if self.width > 0 and self.height > 0:
            return self.width, self.height
        return int(size[0] * self.scale), int(size[1] * self.scale)

    def resolve(self, server: Sdcpp) -> bool:
        """Find the upscaler: no name is the first one, and without one there is no second pass.

        Gives whether what is asked for can be done.

        Args:
            server: the simulated server.
        """
        if not self.enabled:
            return True
        self.upscaler = self.upscaler or "Latent"
        if self.upscaler == "None":
            self.enabled = False
            return True
        if self.upscaler not in server.names("upscalers") | server.names("latent-upscale-modes"):
            return False
        sized = self.scale > 0 or max(self.width, self.height) > 0
        sound = min(self.width, self.height, self.steps) >= 0 and 0 <= self.denoising <= 1
        return sized and sound and len(self.sigmas) != 1 and self.tile > 0


def read_hires(fields: Fields) -> Hires:
    """The second pass of txt2img.

    Args:
        fields: of the request, read by name.

    Raises:
        JsonError: a value of another type.
    """
    if not fields.flag("enable_hr", default=False):
        return Hires()
    return Hires(
        enabled=True,
        scale=fields.single("hr_scale", 2.0),
        width=fields.whole("hr_resize_x", 0),
        height=fields.whole("hr_resize_y", 0),
        steps=fields.whole("hr_steps", 0),
        denoising=fields.single("denoising_strength", 0.7),
        upscaler=fields.text("hr_upscaler", "Latent"),
    )


#: The size to which pictures are fitted; None to leave them as they are.
Size = tuple[int, int] | None


def read_init(body: dict[str, Any], size: Size) -> Image.Image | None:
    """The first picture.

    Args:
        body: of the request.
        size: width and height in pixels.

    Raises:
        JsonError: it is no text; recorded: i2i/int.
    """
    given = body.get("init_images")
    if not isinstance(given, list) or not given:
        return None
    return read_picture(as_text(given[0]), size)


def read_picture(text: str, size: Size) -> Image.Image | None:
    """A picture of base64, with or without the start of a data URI; None for none.

    Args:
        text: as the request has it.
        size: width and height in pixels.
    """
    return drawing.read(_decode_picture(text), size, webp=True)


def read_mask(body: dict[str, Any], size: Size) -> Image.Image | None:
    """The mask in mode L, white is painted over; None for all of it.

    Args:
        body: of the request.
        size: width and height in pixels.

    Raises:
        JsonError: ``inpainting_mask_invert`` is no number.
    """
    given = body.get("mask")
    if not isinstance(given, str):
        return None
    mask = read_mask_picture(given, size)
    inverted = Fields(body).whole("inpainting_mask_invert", 0) != 0
    return ImageOps.invert(mask) if mask is not None and inverted else mask


def read_mask_picture(text: str, size: Size) -> Image.Image | None:
    """Likewise of a text alone.

    Args:
        text: as the request has it.
        size: width and height in pixels.
    """
    return drawing.read_mask(_decode_picture(text), size, webp=True)


def read_references(body: dict[str, Any], size: Size) -> list[Image.Image]:
    """Pictures that only give their size to one that names none; what can't be read is none.

    Args:
        body: of the request.
        size: width and height in pixels.
    """
    given = body.get("extra_images")
    texts = [item for item in given if isinstance(item, str)] if isinstance(given, list) else []
    pictures = (read_picture(text, size) for text in texts)
    return [picture for picture in pictures if picture is not None]


def _decode_picture(text: str) -> bytes:
    """The bytes of base64; all before the first comma is passed over."""
    _, comma, rest = text.partition(",")
    return drawing.decode(rest if comma else text)
