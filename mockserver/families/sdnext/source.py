"""Source: the picture and the mask that img2img starts from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.picture.spec import Pixels, Start
from mockserver.webui.hazards import hazard

if TYPE_CHECKING:
    from PIL import Image

_HASH = 8
#: Names of the resize modes, by number. Recorded: i2i/resize1 (Fixed).
RESIZE_MODES = ("None", "Fixed", "Crop", "Fill", "Outpaint", "Context aware")
_WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Source:
    """What img2img starts from.

    Attributes:
        picture: the first of the request's init images, as it was sent.
        mask: white where it is repainted; None repaints everything.
    """

    picture: Image.Image
    mask: Image.Image | None = None

    @property
    def hash(self) -> str:
        """The first 8 hex digits of the SHA-256 of its pixels. Recorded: i2i/data-uri."""
        return hashlib.sha256(self.picture.tobytes()).hexdigest()[:_HASH]

    def start(self, size: tuple[int, int], values: dict[str, Any]) -> Start:
        """The same as a painting begins with it, in its size.

        What the request wants under the mask makes no difference, nor do the two sides of its
        blur. Recorded: i2i/mask-fill2, mask-blur-xy.
        """
        image = Pixels(_flat(self.picture).resize(size))
        mask = None if self.mask is None else Pixels(_mask(self.mask, size, values))
        return Start(image, float(values["denoising_strength"]), mask)


@hazard
def resize_mode(values: dict[str, Any]) -> str | None:
    """Name of the request's resize mode; None for none."""
    name = RESIZE_MODES[values["resize_mode"] or 0]
    return None if name == "None" else name


def _flat(picture: Image.Image) -> Image.Image:
    """On white where it is see-through."""
    if "A" not in picture.getbands():
        return picture.convert("RGB")
    from PIL import Image  # noqa: PLC0415 - start-up time

    ground = Image.new("RGBA", picture.size, (*_WHITE, 255))
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def _mask(mask: Image.Image, size: tuple[int, int], values: dict[str, Any]) -> Image.Image:
    from PIL import ImageFilter, ImageOps  # noqa: PLC0415 - start-up time

    grey = mask.convert("L").resize(size)
    if values["inpainting_mask_invert"]:
        grey = ImageOps.invert(grey)
    blur = values["mask_blur"] or 0
    return grey.filter(ImageFilter.GaussianBlur(blur)) if blur > 0 else grey
