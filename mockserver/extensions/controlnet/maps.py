"""Detected maps: what a module makes of a picture, drawn by Pillow.

canny, threshold, invert, blur, scribble_xdog, lineart_standard, color, recolor, tile and shuffle
are simple algorithms and drawn as such, though not pixel by pixel as OpenCV does. Modules that
need the weights of a network (depth, openpose, segmentation, soft edges...) give a plain
stand-in of the kind that they would give: a grey relief, a black sheet, patches, soft edges.

Source: annotator/*, scripts/preprocessor/* at 56cec5b2; recorded: cn-detect/*.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeAlias

from PIL import Image, ImageChops, ImageFilter, ImageOps

from mockserver.extensions.controlnet.pictures import rgb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mockserver.extensions.controlnet.catalogue import Module


#: Modules that give the picture back as it is, alpha and all.
_AS_IT_IS = ("none",)
_CELL = 64
_PATCHES = 8
_TILE_LEAST = 1.1
_HALF = 128
_DARK, _LIGHT = 0, 255


def detect(
    module: Module, picture: Image.Image, numbers: Sequence[float], seed: int = 0
) -> Image.Image:
    """The map of a picture.

    Args:
        module: the preprocessor.
        picture: any mode; RGBA with a mask for inpaint modules.
        numbers: length of the shorter edge in pixels, for modules that resize; then both
            thresholds in the module's own unit.
        seed: of the modules that draw lots.
    """
    name = module.name
    if name in _AS_IT_IS or name.startswith("inpaint"):
        return picture
    resolution, a, b = numbers
    if name == "shuffle":
        return _shuffled(to_resolution(rgb(picture), resolution), seed)
    own_size = _IN_OWN_SIZE.get(name)
    if own_size is not None:
        return own_size(rgb(picture), a, b)
    scaled = to_resolution(rgb(picture), resolution)
    return _DRAWN.get(name, _stand_in(name))(scaled, a, b)


def to_resolution(picture: Image.Image, resolution: float) -> Image.Image:
    """The picture with its shorter edge of that length.

    Args:
        picture: one picture.
        resolution: of the shorter edge, in pixels.
    """
    factor = resolution / min(picture.size)
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    if size == picture.size:
        return picture
    way = Image.Resampling.LANCZOS if factor > 1 else Image.Resampling.BOX
    return picture.resize(size, way)


def _canny(picture: Image.Image, low: float, high: float) -> Image.Image:
    """Edges as white lines: strong ones, and weak ones beside them."""
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(1))
    slope = ImageChops.add(_slope(grey, (-1, 0, 1, -2, 0, 2, -1, 0, 1)), _slope(grey, _DOWN))
    weak, strong = (slope.point(_from(limit)) for limit in (min(low, high), max(low, high)))
    return ImageChops.darker(weak, strong.filter(ImageFilter.MaxFilter(3))).convert("RGB")


_DOWN = (-1, -2, -1, 0, 0, 0, 1, 2, 1)


def _slope(grey: Image.Image, kernel: tuple[int, ...]) -> Image.Image:
    """How steep the brightness is in one direction, up or down."""
    up = grey.filter(ImageFilter.Kernel((3, 3), kernel, 1))
    down = grey.filter(ImageFilter.Kernel((3, 3), tuple(-part for part in kernel), 1))
    return ImageChops.add(up, down)


def _from(limit: float) -> list[int]:
    return [_LIGHT if level >= limit else _DARK for level in range(256)]


def _threshold(picture: Image.Image, a: float, _: float) -> Image.Image:
    """White where the darkest channel is above the threshold."""
    bands = picture.split()
    least = ImageChops.darker(ImageChops.darker(bands[0], bands[1]), bands[2])
    return least.point([_LIGHT if level > a else _DARK for level in range(256)]).convert("RGB")


def _blurred(picture: Image.Image, a: float, _: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(a))


def _xdog(picture: Image.Image, a: float, _: float) -> Image.Image:
    """White where a fine blur is darker than a coarse one by more than the threshold."""
    fine = picture.filter(ImageFilter.GaussianBlur(0.5))
    coarse = picture.filter(ImageFilter.GaussianBlur(5))
    bands = ImageChops.subtract(fine, coarse).split()
    most = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return most.point([_LIGHT if 2 * level > a else _DARK for level in range(256)]).convert("RGB")


def _lines(picture: Image.Image, _: float, __: float) -> Image.Image:
    """Lines in white: what is darker than what is around it."""
    around = picture.filter(ImageFilter.GaussianBlur(6)).convert("L")
    return ImageOps.autocontrast(ImageChops.subtract(around, picture.convert("L"))).convert("RGB")


def _colours(picture: Image.Image, _: float, __: float) -> Image.Image:
    """One colour a cell of 64 pixels."""
    cells = (max(1, picture.width // _CELL), max(1, picture.height // _CELL))
    few = picture.resize(cells, Image.Resampling.BICUBIC)
    return few.resize(picture.size, Image.Resampling.NEAREST)


def _luminance(picture: Image.Image, gamma: float, _: float) -> Image.Image:
    return _corrected(picture.convert("L"), gamma)


def _intensity(picture: Image.Image, gamma: float, _: float) -> Image.Image:
    return _corrected(picture.convert("HSV").getchannel("V"), gamma)


def _corrected(channel: Image.Image, gamma: float) -> Image.Image:
    table = [round(255 * (level / 255) ** gamma) for level in range(256)]
    return channel.point(table).convert("RGB")


def _inverted(picture: Image.Image, _: float, __: float) -> Image.Image:
    return ImageOps.invert(picture)


def _kept(picture: Image.Image, _: float, __: float) -> Image.Image:
    return picture


def _resampled(picture: Image.Image, rate: float, _: float) -> Image.Image:
    if rate < _TILE_LEAST:
        return picture
    size = (max(1, int(picture.width / rate)), max(1, int(picture.height / rate)))
    return picture.resize(size, Image.Resampling.BOX)


def _shuffled(picture: Image.Image, seed: int) -> Image.Image:
    """The picture's colours in other places, as the seed has it."""
    width, height = (-(-side // _PATCHES) for side in picture.size)
    corners = [(x * width, y * height) for y in range(_PATCHES) for x in range(_PATCHES)]
    places = corners.copy()
    random.Random(seed).shuffle(places)  # noqa: S311 - where patches of a picture go
    mixed = Image.new("RGB", picture.size)
    for (x, y), place in zip(corners, places, strict=True):
        mixed.paste(picture.crop((x, y, x + width, y + height)), place)
    return mixed.filter(ImageFilter.GaussianBlur(width / 4))


def _nothing(picture: Image.Image, _: float, __: float) -> Image.Image:
    """A finder that found nobody: black. Recorded: cn-detect/module-mediapipe_face."""
    return Image.new("RGB", picture.size)


def _relief(picture: Image.Image, _: float, __: float) -> Image.Image:
    """Instead of depth: what is bright is near."""
    return picture.convert("L").filter(ImageFilter.GaussianBlur(4)).convert("RGB")


def _normals(picture: Image.Image, _: float, __: float) -> Image.Image:
    """Instead of normals: slopes to the right and down around the colour of a flat wall."""
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(2))
    right = grey.filter(ImageFilter.Kernel((3, 3), (-1, 0, 1, -2, 0, 2, -1, 0, 1), 2, _HALF))
    down = grey.filter(ImageFilter.Kernel((3, 3), _DOWN, 2, _HALF))
    return Image.merge("RGB", (right, down, Image.new("L", grey.size, _LIGHT)))


def _patches(picture: Image.Image, _: float, __: float) -> Image.Image:
    """Instead of segments: patches of few colours."""
    return ImageOps.posterize(picture.filter(ImageFilter.MedianFilter(5)), 2)


def _soft_edges(picture: Image.Image, _: float, __: float) -> Image.Image:
    """Instead of a network's edges: soft ones."""
    grey = picture.convert("L")
    edges = ImageChops.subtract(
        grey.filter(ImageFilter.MaxFilter(3)), grey.filter(ImageFilter.MinFilter(3))
    )
    soft = edges.filter(ImageFilter.GaussianBlur(1))
    return ImageOps.autocontrast(soft).convert("RGB") if edges.getbbox() else soft.convert("RGB")


_Drawing: TypeAlias = "Callable[[Image.Image, float, float], Image.Image]"
#: Modules that work on the picture as large as it is.
_IN_OWN_SIZE: dict[str, _Drawing] = {
    "invert": _inverted,
    "reference_only": _kept,
    "reference_adain": _kept,
    "reference_adain+attn": _kept,
    "tile_colorfix": _kept,
    "tile_colorfix+sharp": _kept,
    "tile_resample": _resampled,
    "recolor_luminance": _luminance,
    "recolor_intensity": _intensity,
}
#: Modules that first bring it to their resolution.
_DRAWN: dict[str, _Drawing] = {
    "canny": _canny,
    "threshold": _threshold,
    "blur_gaussian": _blurred,
    "scribble_xdog": _xdog,
    "lineart_standard": _lines,
    "color": _colours,
}
#: Beginnings of names to what stands in for a network's map.
_STAND_INS: tuple[tuple[tuple[str, ...], _Drawing], ...] = (
    (("depth",), _relief),
    (("normal",), _normals),
    (("segment", "oneformer", "anime_face", "mobile_sam", "densepose"), _patches),
    (("openpose", "dw_openpose", "animal_openpose", "mediapipe"), _nothing),
    (("instant_id", "facexlib"), _nothing),
    (("",), _soft_edges),
)


def _stand_in(name: str) -> _Drawing:
    return next(draw for begins, draw in _STAND_INS if name.startswith(begins))
