"""rembg: the background of a picture removed, by a plain stand-in for its models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageFilter

from mockserver.extensions.base import Extension
from mockserver.http.routing import EMBEDDED, Call, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.server import Webui


_BODY = f"{EMBEDDED}Body_rembg_remove_rembg_post"
_NONE = "None"


class Rembg(Extension):
    """The extension stable-diffusion-webui-rembg."""

    name = "rembg"
    folder = "stable-diffusion-webui-rembg"
    versions = ("a4c07b85",)
    summary = "cuts the background of a picture away: POST /rembg"
    imports_api = True

    def routes(self) -> Sequence[Route]:
        """Its one route."""
        return (Route("POST", "/rembg", self._remove, _BODY, guarded=False),)

    def _remove(self, call: Call[Webui]) -> dict[str, Any] | None:
        """The cut-out, or its mask; null without a model, whatever model where it is unknown."""
        from mockserver.extensions.lists import as_base64, picture_sent  # noqa: PLC0415
        from mockserver.extensions.rembg import cut_out, foreground  # noqa: PLC0415

        values = call.values
        if not values["model"] or values["model"] == _NONE:
            return None
        image = picture_sent(self.webui, values["input_image"])
        mask = foreground(image)
        made = mask if values["return_mask"] else cut_out(image, mask)
        return {"image": as_base64(made)}


EXTENSION = Rembg


_EDGE = 16
_CONTRAST = 6
_BLUR = 1.0
_MIDDLE_SHARE = 0.25
_OPAQUE = 255


def foreground(image: Image.Image) -> Image.Image:
    """How much of each pixel is foreground.

    Args:
        image: any picture.

    Returns:
        Mode L, of the picture's size: white in front, black behind.
    """
    plain = image.convert("RGB")
    away = ImageChops.difference(plain, Image.new("RGB", plain.size, _edge_colour(plain)))
    red, green, blue = away.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    sharp = most.point([min(_OPAQUE, value * _CONTRAST) for value in range(_OPAQUE + 1)])
    joined = Image.blend(sharp, _middle(plain.size), _MIDDLE_SHARE)
    return joined.filter(ImageFilter.GaussianBlur(_BLUR))


def cut_out(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The picture in front of nothing: RGBA, transparent and black where the mask is black."""
    empty = Image.new("RGBA", image.size, 0)
    return Image.composite(image.convert("RGBA"), empty, mask)


def _edge_colour(image: Image.Image) -> tuple[int, int, int]:
    """The mean colour of the picture's first and last row."""
    small = image.resize((_EDGE, _EDGE), Image.Resampling.BOX)
    rows = Image.new("RGB", (_EDGE, 2))
    rows.paste(small.crop((0, 0, _EDGE, 1)), (0, 0))
    rows.paste(small.crop((0, _EDGE - 1, _EDGE, _EDGE)), (0, 1))
    red, green, blue = rows.resize((1, 1), Image.Resampling.BOX).tobytes()
    return red, green, blue


def _middle(size: tuple[int, int]) -> Image.Image:
    """White in the middle, black in the corners."""
    return ImageChops.invert(Image.radial_gradient("L").resize(size))
