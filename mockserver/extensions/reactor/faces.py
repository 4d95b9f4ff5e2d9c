"""A plain stand-in for finding and swapping faces.

Any picture that is not of one colour has one face, in its middle; a swapped face shows its
colours inverted, as on the server that was recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from mockserver.core.upstream_errors import raises_upstream
from mockserver.imaging.resize import upscale

if TYPE_CHECKING:
    from collections.abc import Sequence


_NONE = "None"
#: The face's box, as shares of the picture's sides.
_FACE = (0.375, 0.375, 0.625, 0.625)
_FEW = 256


@dataclass(frozen=True)
class Enhancement:
    """What is done to a picture after a swap.

    Attributes:
        upscaler: name of an upscaler, "None" for none.
        scale: how much larger the picture gets.
        forced: also where nothing was swapped.
    """

    upscaler: Any = _NONE
    scale: Any = 1
    forced: Any = False

    @raises_upstream
    def applied(self, image: Image.Image) -> Image.Image:
        """The picture, enlarged where an upscaler is named."""
        if self.upscaler in {None, "", _NONE}:
            return image
        return upscale(image, self.scale, self.upscaler)


def has_face(image: Image.Image) -> bool:
    """Whether a picture has more than one colour."""
    plain = image.convert("RGB")
    colours = plain.getcolors(_FEW)
    return colours is None or len(colours) > 1


def swapped(
    source: Image.Image,
    target: Image.Image,
    source_faces: Sequence[int] = (0,),
    target_faces: Sequence[int] = (0,),
    after: Enhancement | None = None,
) -> tuple[Image.Image, int]:
    """A picture with the face of another.

    Args:
        source: whose face it is.
        target: which picture it is put into.
        source_faces: numbers of faces in `source`: one, or one for each of `target_faces`.
        target_faces: numbers of faces in `target`.
        after: what is done to the result.

    Returns:
        The picture and how many faces were swapped; `target` itself where the source has no
        face of that number.

    Raises:
        ServerError: an upscaler's factor that is no number.

    Source: scripts/reactor_swapper.py ``swap_face`` at 2c6a6e63; recorded: x-reactor/*.
    """
    matched = len(source_faces) in {1, len(target_faces)}
    if not has_face(source) or source_faces[0] != 0 or not matched:
        return target, 0
    mode = "RGBA" if target.mode == "RGBA" else "RGB"
    made, count = target.convert(mode), 0
    if has_face(target):
        pairs = zip(target_faces, _each(source_faces, len(target_faces)), strict=True)
        count = sum(1 for wanted, face in pairs if wanted == face == 0)
    if count:
        made = _with_other_face(made)
    after = after or Enhancement()
    if count or after.forced:
        made = after.applied(made)
    return made, count


def _each(faces: Sequence[int], count: int) -> Sequence[int]:
    return [faces[0]] * count if len(faces) == 1 else faces


def _with_other_face(image: Image.Image) -> Image.Image:
    sides = (image.width, image.height, image.width, image.height)
    left, top, right, bottom = (
        round(share * side) for share, side in zip(_FACE, sides, strict=True)
    )
    box = (left, top, max(right, left + 1), max(bottom, top + 1))
    found = image.copy()
    face = ImageOps.invert(image.crop(box).convert("RGB")).convert(image.mode)
    found.paste(face, box[:2])
    return found
