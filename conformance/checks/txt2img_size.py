"""Checks of sizes: TXT2IMG-005, -038.

Source: modules/processing.py, create_random_tensors, at v1.10.1; recorded ``t2i-size/128x64``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.registry import check

if TYPE_CHECKING:
    from conformance.lab import Generation, Lab


@check("TXT2IMG-005", needs=("r1",), own_steps=2)
def size_is_obeyed(lab: Lab) -> None:
    """A square picture, and one that is wider than high."""
    for generation in (lab.r1, lab.varied(width=2 * lab.settings.size)):
        _has_size(generation, generation.payload["width"], generation.payload["height"])


@check("TXT2IMG-038", own_steps=1)
def odd_sizes_are_rounded_down(lab: Lab) -> None:
    """A picture one pixel wider and six higher than a multiple of eight."""
    size = lab.settings.size
    odd = lab.varied(width=size + 1, height=size + 6)
    _has_size(odd, size, size)
    told = odd.values.value("Size")
    expect.equal(told, f"{size + 1}x{size + 6}", "Size in the infotext", odd.exchange)


def _has_size(generation: Generation, width: int, height: int) -> None:
    __tracebackhide__ = True
    found = generation.picture.size
    expected, actual = f"a picture of {width}x{height}", f"it is {found[0]}x{found[1]}"
    expect.that(found == (width, height), expected, actual, generation.exchange)
