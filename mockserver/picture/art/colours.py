"""Colours in whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Colour = tuple[int, int, int]

_CIRCLE = 360
_SIXTH = 60


def hsv(hue: int, saturation: int, value: int) -> Colour:
    """A colour from hue in degrees and two percentages."""
    hue %= _CIRCLE
    high = value * 255 // 100
    low = high * (100 - saturation) // 100
    rise = low + (high - low) * (hue % _SIXTH) // _SIXTH
    fall = high - (high - low) * (hue % _SIXTH) // _SIXTH
    return (
        (high, rise, low),
        (fall, high, low),
        (low, high, rise),
        (low, fall, high),
        (rise, low, high),
        (high, low, fall),
    )[hue // _SIXTH]


def mix(one: Colour, other: Colour, share: int) -> Colour:
    """`share` percent of the other colour in the one."""
    red, green, blue = (a + (b - a) * share // 100 for a, b in zip(one, other, strict=True))
    return red, green, blue


def ramp(stops: Sequence[Colour], steps: int = 256) -> list[Colour]:
    """So many colours from the first stop to the last, through all of them evenly."""
    last = len(stops) - 1
    colours = []
    for step in range(steps):
        place = step * last * 256 // max(steps - 1, 1)
        at = min(place // 256, last - 1) if last else 0
        share = (place - at * 256) * 100 // 256
        colours.append(mix(stops[at], stops[min(at + 1, last)], share))
    return colours


def flat(colours: Sequence[Colour]) -> bytes:
    """Colours as bytes, three each."""
    return bytes(part for colour in colours for part in colour)
