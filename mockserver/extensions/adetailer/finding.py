"""What a detector finds in a picture, and the masks that come of it.

The detectors of the packaged world find what those of the recorded server found: fixed boxes,
wherever the picture shows what. Source: adetailer/mask.py at 36189cbe.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mockserver.extensions.adetailer.tabs import Tab


SORTED_BY = (
    "None",
    "Position (left to right)",
    "Position (center to edge)",
    "Area (large to small)",
)
_SEGMENTS = "segments"


@dataclass(frozen=True)
class Found:
    """One thing that was found.

    Attributes:
        box: left, top, right, bottom in pixels.
        confidence: 0 to 1.
        mask: mode L in the picture's size, white where it is.
    """

    box: tuple[float, float, float, float]
    confidence: float
    mask: Image.Image

    @property
    def area(self) -> float:
        """In pixels."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)


def find(
    detectors: Mapping[str, Mapping[str, Any]], tab: Tab, size: tuple[int, int]
) -> list[Found]:
    """What a tab's detector finds in a picture of that size.

    Args:
        detectors: the installed ones by name.
        tab: names the detector, the confidence and the classes.
        size: width and height in pixels.

    Raises:
        ServerError: ValueError: there is no such detector.
    """
    name = tab.get("ad_model")
    detector = detectors.get(name)
    if detector is None:
        text = f"[-] ADetailer: Model {name!r} not found. Available models: {list(detectors)}"
        raise ServerError("ValueError", text)
    wanted = [part.strip() for part in tab.get("ad_model_classes").split(",") if part.strip()]
    found = []
    for item in detector["found"]:
        kind = item.get("class")
        known = kind is None or not wanted or kind in wanted
        if known and item["confidence"] >= tab.get("ad_confidence"):
            found.append(_found(item, detector["kind"], size))
    return found


def _found(item: Mapping[str, Any], kind: str, size: tuple[int, int]) -> Found:
    left, top, right, bottom = item["box"]
    width, height = size
    box = left * width, top * height, right * width, bottom * height
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    corners = [round(box[0]), round(box[1]), round(box[2]) - 1, round(box[3]) - 1]
    if kind == _SEGMENTS:
        draw.ellipse(corners, fill=255)
    else:
        draw.rectangle(corners, fill=255)
    return Found(box, item["confidence"], mask)


def preview(picture: Image.Image, found: Iterable[Found]) -> Image.Image:
    """The picture with frames around what was found.

    Args:
        picture: one picture.
        found: boxes, in pixels of the picture.
    """
    shown = picture.copy()
    draw = ImageDraw.Draw(shown)
    for thing in found:
        draw.rectangle([round(side) for side in thing.box], outline="red")
    return shown


def masks_of(
    found: Sequence[Found], tab: Tab, size: tuple[int, int], sorted_by: Any, inpaint: Any
) -> list[Image.Image]:
    """The masks that a tab repaints, one a pass.

    Args:
        found: what its detector found.
        tab: filters, order and shape.
        size: of the picture, width and height in pixels.
        sorted_by: the option ad_bbox_sortby.
        inpaint: the request's mask; what lies outside it is left alone; None for none.

    Raises:
        ServerError: ValueError: an order that there is not.
    """
    low, high = tab.get("ad_mask_min_ratio"), tab.get("ad_mask_max_ratio")
    kept = [f for f in found if low <= f.area / (size[0] * size[1]) <= high]
    kept = _most(kept, tab)
    kept = _sorted(kept, sorted_by, size)
    masks = [_shaped(f.mask, tab) for f in kept]
    if tab.get("ad_dilate_erode"):
        masks = [mask for mask in masks if mask.getbbox() is not None]
    if isinstance(inpaint, Image.Image):
        own = inpaint.convert("L").resize(size)
        masks = [m for m in masks if ImageChops.darker(m, own).getbbox() is not None]
    return _merged(masks, tab.get("ad_mask_merge_invert"))


def _most(found: list[Found], tab: Tab) -> list[Found]:
    count = tab.get("ad_mask_k")
    if not count:
        return found
    by_area = tab.get("ad_mask_filter_method") == "Area"
    order = sorted(found, key=lambda f: f.area if by_area else f.confidence, reverse=True)
    return order[:count]


def _sorted(found: list[Found], sorted_by: Any, size: tuple[int, int]) -> list[Found]:
    if sorted_by not in SORTED_BY:
        raise ServerError("ValueError", f"{sorted_by!r} is not in list")
    centre = size[0] / 2, size[1] / 2

    def key(thing: Found) -> float:
        left, top, right, bottom = thing.box
        if sorted_by == SORTED_BY[1]:
            return left
        if sorted_by == SORTED_BY[2]:
            return math.dist(centre, ((left + right) / 2, (top + bottom) / 2))
        return -thing.area

    return found if sorted_by == SORTED_BY[0] else sorted(found, key=key)


def _shaped(mask: Image.Image, tab: Tab) -> Image.Image:
    """A mask moved, and made wider or narrower."""
    x, y, kernel = tab.get("ad_x_offset"), tab.get("ad_y_offset"), tab.get("ad_dilate_erode")
    if x or y:
        mask = ImageChops.offset(mask, x, -y)
    size = abs(kernel) | 1
    if not kernel or size == 1:
        return mask
    widen = ImageFilter.MaxFilter(size) if kernel > 0 else ImageFilter.MinFilter(size)
    return mask.filter(widen)


def _merged(masks: list[Image.Image], how: str) -> list[Image.Image]:
    if how == "None" or not masks:
        return masks
    whole = masks[0]
    for mask in masks[1:]:
        whole = ImageChops.lighter(whole, mask)
    return [ImageChops.invert(whole)] if how == "Merge and Invert" else [whole]
