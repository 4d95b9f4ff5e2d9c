"""How alike two pictures are, and what a server's own noise allows to conclude from it.

On a GPU the same request gives nearly, not exactly, the same picture. So two bounds: pictures
that should be equal may differ by ``near``; pictures that should differ count as equal only
within what two answers to the very same request differ by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import ImageChops, ImageStat

from conformance.verdict import Failed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL import Image

    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


# Mean differences of a channel, of 255. Recorded servers show 26 or more between two seeds, and
# none between equal requests; a GPU's rounding shows below 2.
_FARTHEST = 8.0
_NEAR = 3.0
_NOISY = 3.0
# Two differences that are both nothing but noise differ by less than a third.
_MORE_THAN_NOISE = 4 / 3


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of a channel, 0 to 255; of two sizes, more than any.

    Args:
        one: a picture.
        other: a picture.
    """
    if one.size != other.size:
        return 256.0
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    means = ImageStat.Stat(difference).mean
    return sum(means) / len(means)


def apart(one: Generation, other: Generation) -> float:
    """The distance of two answers' first pictures.

    Args:
        one: an answer with a picture.
        other: an answer with a picture.
    """
    return distance(one.picture.image, other.picture.image)


def noise(context: CheckContext) -> float:
    """The distance of two answers to the very same request.

    Args:
        context: of the check, which needs ``one_image`` and ``one_image_again``.
    """
    return min(apart(context.one_image, context.one_image_again), _FARTHEST)


def is_alike(context: CheckContext, gap: float) -> bool:
    """Whether a distance may be that of two pictures that should be equal.

    Args:
        context: of the check.
        gap: a distance, 0 to 255.
    """
    return gap <= min(max(_NEAR, _NOISY * noise(context)), _FARTHEST)


def is_unmoved(context: CheckContext, gap: float) -> bool:
    """Whether a distance is no more than two answers to the same request show.

    Args:
        context: of the check.
        gap: a distance, 0 to 255.
    """
    return gap <= noise(context) * _MORE_THAN_NOISE


def same(context: CheckContext, one: Generation, other: Generation, what: str) -> None:
    """Two answers show the same picture; ``what`` says of the second why it should.

    Args:
        context: of the check.
        one: an answer with a picture.
        other: an answer with a picture.
        what: why the second should be equal, for the report.
    """
    __tracebackhide__ = True
    gap = apart(one, other)
    if not is_alike(context, gap):
        actual = f"the pictures differ by {gap:.1f} of 255 on average"
        raise Failed(f"the same picture for {what}", actual, other.exchange)


def moved(context: CheckContext, base: Generation, others: Iterable[Generation], what: str) -> None:
    """At least one of the answers shows another picture; ``what`` says why it should.

    Args:
        context: of the check.
        base: an answer with a picture.
        others: answers, of which one has to differ.
        what: why one should differ, for the report.
    """
    __tracebackhide__ = True
    some = list(others)
    if all(is_unmoved(context, apart(base, other)) for other in some):
        count = "the picture stays" if len(some) == 1 else f"all {len(some)} pictures stay"
        raise Failed(f"another picture for {what}", f"{count} the same", some[-1].exchange)
