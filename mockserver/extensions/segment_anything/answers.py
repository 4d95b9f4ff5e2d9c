"""The answers of Segment Anything's routes, from decoded pictures.

Source: scripts/api.py and scripts/sam.py at 982138cf; recorded: x-sam/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from mockserver.core.errors import ServerError
from mockserver.extensions.pictures import as_base64
from mockserver.extensions.segment_anything.masks import blended, dilated, matted, predicted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.extensions.segment_anything.masks import Box


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
    """What GroundingDINO finds, with the boxes drawn into the picture."""
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
    """The picture in coloured segments, before and after SAM sharpened them."""
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
    """The mask of everything of a category; the stand-in takes what is bright."""
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
