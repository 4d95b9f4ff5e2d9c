"""A plain stand-in for the networks that find what stands before a background.

What differs from the colours along the edge of the picture is foreground, the more the nearer
it is to the middle. It follows the picture, and no more can be said for it: the genuine masks
need weights.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

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
    """The picture in front of nothing: RGBA, transparent and black where the mask is black.

    Args:
        image: a picture; it is not changed.
        mask: as large as the picture, mode L.
    """
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
