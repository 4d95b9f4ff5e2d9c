"""Masks, and pictures laid under them.

The networks are stood in for: a mask is a disc around each positive point, without the discs
around the negative ones, and with the box that a text stands for. The three masks of an answer
differ in size, as the genuine ones do. Dilation and the laid-out pictures are as upstream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageDraw

from mockserver.core.errors import ServerError, raises_upstream
from mockserver.extensions.lists import as_base64

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


#: Radius of the discs of the three masks, as a share of the picture's shorter side.
_RADII = (0.12, 0.2, 0.3)
_NEGATIVE_RADIUS = 0.1
_LEAST_RADIUS = 2
#: What is laid over a mask's pixels: numpy's first three random numbers with the seed 0, alpha.
_TINT = (0.5488135, 0.71518937, 0.60276338, 0.6)
_SHARE = 0.5
_WHITE = 255

Box = tuple[float, float, float, float]


@raises_upstream
def _discs(size: tuple[int, int], points: Sequence[Sequence[float]], radius: float) -> Image.Image:
    found = Image.new("L", size, 0)
    draw = ImageDraw.Draw(found)
    for x, y in ((point[0], point[1]) for point in points):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_WHITE)
    return found


def predicted(
    size: tuple[int, int],
    positive: Sequence[Sequence[float]],
    negative: Sequence[Sequence[float]],
    boxes: Sequence[Box] = (),
) -> list[Image.Image]:
    """Three masks, mode L, black and white.

    Args:
        size: of the picture, in pixels.
        positive: points inside, in pixels.
        negative: points outside.
        boxes: left, top, right, bottom, in pixels.

    Raises:
        ServerError: a point without two coordinates.
    """
    shorter = min(size)
    out = _discs(size, negative, max(_LEAST_RADIUS, shorter * _NEGATIVE_RADIUS))
    found = []
    for share in _RADII:
        radius = max(_LEAST_RADIUS, shorter * share)
        mask = _discs(size, positive, radius)
        for left, top, right, bottom in boxes:
            inset = radius * _SHARE
            inner = (left, top, max(left, right - inset), max(top, bottom - inset))
            ImageDraw.Draw(mask).rectangle(inner, fill=_WHITE)
        found.append(ImageChops.subtract(mask, out))
    return found


def blended(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The picture with a tint over the mask: RGBA.

    Args:
        image: a picture; it is not changed.
        mask: as large as the picture, mode L.

    Source: scripts/sam.py ``show_masks`` at 982138cf.
    """
    red, green, blue, alpha = (int(_WHITE * part) for part in _TINT)
    tint = Image.new("RGBA", image.size, (red, green, blue, alpha))
    return Image.composite(Image.blend(image, tint, _SHARE), image, mask)


def matted(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The picture inside the mask and nothing outside: RGBA.

    Args:
        image: a picture; it is not changed.
        mask: as large as the picture, mode L.
    """
    return Image.composite(image, Image.new("RGBA", image.size, 0), mask)


def dilated(mask: Image.Image, amount: int) -> Image.Image:
    """A black-and-white mask grown by a disc of `amount` pixels across: mode L.

    Args:
        mask: black and white, mode L.
        amount: diameter of the disc in pixels.

    Source: scripts/sam.py ``dilate_mask`` at 982138cf.
    """
    centre = amount // 2
    found = Image.new("L", mask.size, 0)
    for row in range(amount):
        half = int((centre**2 - (row - centre) ** 2) ** 0.5)
        steps = range(max(0, centre - half), min(amount, centre + half + 1))
        grown = _widened(mask, steps.start - centre, len(steps))
        found = ImageChops.lighter(found, _moved(grown, 0, row - centre))
    return found


def _moved(mask: Image.Image, right: int, down: int) -> Image.Image:
    """A mask shifted, black where nothing came from."""
    found = Image.new("L", mask.size, 0)
    found.paste(mask, (right, down))
    return found


def _widened(mask: Image.Image, left: int, width: int) -> Image.Image:
    """A mask joined with itself moved by each of `width` steps from `left` on."""
    wide = Image.new("L", (mask.width + width, mask.height), 0)
    wide.paste(mask, (0, 0))
    have = 1
    while have < width:
        step = min(have, width - have)
        wide = ImageChops.lighter(wide, _moved(wide, step, 0))
        have += step
    found = Image.new("L", mask.size, 0)
    found.paste(wide, (left, 0))
    return found


_NOTHING = (
    "You neither added point prompts nor enabled GroundingDINO. Segmentation cannot be generated."
)
#: Where the stand-in of GroundingDINO finds whatever it is asked for: in the middle.
_FOUND = (0.25, 0.25, 0.75, 0.75)
_CERTAIN = 0.6
_RED = (255, 0, 0, 255)
_COLOURS, _COARSE = 8, 8
_HALF, _LEVELS = 128, 256


def prediction(image: Image.Image, values: Mapping[str, Any]) -> dict[str, Any]:
    """Three masks of what is at the points and in the box of the text.

    Args:
        image: RGBA.
        values: the request's fields.

    Raises:
        ServerError: a point without two coordinates.
    """
    with_text = values["dino_enabled"] and values["dino_text_prompt"] is not None
    boxes = _boxes(image.size, values["dino_box_threshold"]) if with_text else []
    positive, negative = values["sam_positive_points"], values["sam_negative_points"]
    if not boxes and not positive and not negative:
        return {"msg": _NOTHING}
    masks = predicted(image.size, positive, negative, boxes)
    message = (
        f"SAM inference with {len(boxes)} box, {len(positive)} positive prompts, "
        f"{len(negative)} negative prompts done."
    )
    return {
        "msg": message,
        "blended_images": [as_base64(blended(image, mask)) for mask in masks],
        "masks": [as_base64(mask.convert("1")) for mask in masks],
        "masked_images": [as_base64(matted(image, mask)) for mask in masks],
    }


def boxes_found(image: Image.Image, values: Mapping[str, Any]) -> dict[str, Any]:
    """What GroundingDINO finds, with the boxes drawn into the picture.

    Args:
        image: a picture; it is not changed.
        values: of the request, by name.
    """
    boxes = _boxes(image.size, values["box_threshold"])
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, outline=_RED)
    return {
        "msg": f"GroundingDINO inference done. {len(boxes)} boxes found.",
        "image_with_box": as_base64(image),
        "choices": [str(number) for number in range(len(boxes))],
    }


def dilation(image: Image.Image, given: Image.Image, amount: int) -> dict[str, Any]:
    """A mask grown by some pixels, and the picture under it.

    Args:
        image: RGBA.
        given: the mask, mode L.
        amount: pixels across; 0 leaves the mask as it was sent.

    Raises:
        ServerError: an amount below 0, a mask of another size than the picture's.
    """
    if amount < 0:
        raise ServerError("RuntimeError", "structure must not be empty")
    mask = given.convert("1").convert("L")
    if amount:
        given = mask = dilated(mask, amount)
    _check_sizes(image, mask)
    return {
        "blended_image": as_base64(blended(image, mask)),
        "mask": as_base64(given),
        "masked_image": as_base64(matted(image, mask)),
    }


def segments(image: Image.Image) -> dict[str, Any]:
    """The picture in coloured segments, before and after SAM sharpened them.

    Args:
        image: a picture; it is not changed.
    """
    fine = image.quantize(_COLOURS).convert("RGB")
    coarse = fine.resize((_COARSE, _COARSE)).resize(fine.size, Image.Resampling.NEAREST)
    return {
        "msg": "",
        "blended_presam": as_base64(coarse),
        "blended_postsam": as_base64(fine),
        "sem_presam": as_base64(coarse),
        "sem_postsam": as_base64(fine),
    }


def category_mask(image: Image.Image) -> dict[str, Any]:
    """The mask of everything of a category; the stand-in takes what is bright.

    Args:
        image: a picture; it is not changed.
    """
    mask = image.convert("L").point([0] * _HALF + [_LEVELS - 1] * (_LEVELS - _HALF))
    return {
        "msg": "Done",
        "blended_image": as_base64(blended(image, mask)),
        "mask": as_base64(mask.convert("1")),
        "masked_image": as_base64(matted(image, mask)),
        "resized_input": as_base64(image),
    }


def _boxes(size: tuple[int, int], threshold: float) -> list[Box]:
    """The one box that the stand-in finds, unless it is to be surer than it is."""
    if threshold > _CERTAIN:
        return []
    left, top, right, bottom = _FOUND
    return [(left * size[0], top * size[1], right * size[0], bottom * size[1])]


def _check_sizes(image: Image.Image, mask: Image.Image) -> None:
    """The mask is an index into the picture's pixels."""
    for axis, (wanted, there) in enumerate(zip(image.size[::-1], mask.size[::-1], strict=True)):
        if wanted != there:
            raise ServerError(
                "IndexError",
                f"boolean index did not match indexed array along dimension {axis}; dimension "
                f"is {wanted} but corresponding boolean dimension is {there}",
            )
