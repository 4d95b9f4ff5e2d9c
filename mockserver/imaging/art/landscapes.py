"""Landscapes, woods and seas: ridges behind each other under a sky with a sun or moon."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import isqrt
from typing import TYPE_CHECKING

from mockserver.imaging.art.palette import mix

if TYPE_CHECKING:
    from mockserver.imaging.art.canvas import Canvas
    from mockserver.imaging.art.fields import Dice
    from mockserver.imaging.art.outlines import Point
    from mockserver.imaging.art.palette import Colour, Palette


_RIDGES = 4
#: Half widths of a fir at heights above its foot, both in hundredths of its height.
_FIR = ((0, 1), (30, 21), (30, 9), (62, 15), (62, 7), (100, 0))


def _heights(dice: Dice, steps: int, relief: int) -> list[int]:
    """Heights along a ridge: midpoints displaced by ever less."""
    heights = [dice.between(-relief, relief), dice.between(-relief, relief)]
    while len(heights) <= steps:
        relief = relief * 11 // 20
        middles = [(a + b) // 2 + dice.between(-relief, relief) for a, b in pairwise(heights)]
        heights = [h for pair in zip(heights, middles, strict=False) for h in pair] + heights[-1:]
    return heights


def ridge(canvas: Canvas, dice: Dice, base: int, relief: int, steps: int = 32) -> list[Point]:
    """A line of heights from beyond the left side to beyond the right one.

    Args:
        canvas: its width counts.
        dice: choose the heights.
        base: their mean.
        relief: how far they go from it.
        steps: parts of the line.
    """
    heights = _heights(dice, steps, relief)
    width = 2 * canvas.right + 40
    last = len(heights) - 1
    return [(n * width // last - canvas.right - 20, base + h) for n, h in enumerate(heights)]


def cloud(canvas: Canvas, dice: Dice, at: Point, wide: int, colour: Colour) -> None:
    """A cloud with a flat bottom.

    Args:
        canvas: what it is drawn on.
        dice: choose its puffs.
        at: the middle of its bottom.
        wide: half of its width.
        colour: of its filling.
    """
    puffs = [
        (dice.between(-wide * 6 // 10, wide * 6 // 10), dice.between(wide // 4, wide * 4 // 10))
        for _ in range(5)
    ]
    line = []
    for x in range(-wide, wide + 1, max(wide // 14, 1)):
        inside = [r * r - (x - middle) ** 2 for middle, r in puffs]
        slope = (wide - abs(x)) // 5
        line.append((at[0] + x, at[1] - max(isqrt(max(*inside, 0)), slope)))
    canvas.shape([*line, (at[0] + wide, at[1]), (at[0] - wide, at[1])], colour, 110)


def heaven(canvas: Canvas, dice: Dice, colours: Palette, horizon: int) -> Point:
    """Sky, clouds and a sun or moon; gives the place of the light.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
        horizon: its y in canvas units.
    """
    canvas.gradient((colours.high, mix(colours.high, colours.low, 60), colours.low))
    at = (
        dice.between(-canvas.right * 6 // 10, canvas.right * 6 // 10),
        horizon - dice.between(180, 430),
    )
    light = colours.light if colours.night else mix(colours.light, colours.accent, 25)
    canvas.glow(at, dice.between(420, 620), light, 130)
    canvas.disc(at, dice.between(58, 110), light)
    fleece = mix(colours.low, colours.light, 70)
    for number in range(dice.between(2, 4)):
        place = (
            dice.between(-canvas.right, canvas.right),
            dice.between(-canvas.bottom + 120, horizon - 60),
        )
        cloud(canvas, dice.fork(f"cloud {number}"), place, dice.between(110, 280), fleece)
    return at


def landscape(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Hills or mountains, hazy far away and dark near.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
    horizon = dice.between(-60, 160)
    heaven(canvas, dice, colours, horizon)
    steep = dice.between(70, 190)
    near = mix(colours.dark, colours.main, 35)
    for number in range(_RIDGES):
        depth = 100 * number // (_RIDGES - 1)
        base = horizon + number * (canvas.bottom - horizon) * 2 // (_RIDGES * 3)
        colour = mix(mix(colours.low, colours.main, 45), near, depth)
        relief = steep * (_RIDGES + 1 - number) // (_RIDGES + 1)
        canvas.ground(ridge(canvas, dice.fork(f"ridge {number}"), base, relief), colour)


@lru_cache(maxsize=256)
def _fir(tall: int) -> tuple[int, ...]:
    """Half widths of the rows of a fir, from its top to its foot."""
    halves: list[int] = []
    for (low, wide), (high, narrow) in reversed(list(pairwise(_FIR))):
        first, last = tall - tall * high // 100, tall - tall * low // 100
        rows = max(last - first, 1)
        halves += [
            (narrow + (wide - narrow) * row // rows) * tall // 100 for row in range(last - first)
        ]
    return tuple(halves)


def woods(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Rows of firs in mist.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
    horizon = dice.between(-160, 0)
    heaven(canvas, dice, colours, horizon)
    for row in range(_RIDGES):
        colour = mix(mix(colours.low, colours.main, 40), colours.dark, 30 * row)
        ground = horizon + 90 + row * (canvas.bottom - horizon) // _RIDGES
        tall = 190 + 90 * row
        place = -canvas.right
        while place < canvas.right:
            height = dice.between(tall * 6 // 10, tall)
            canvas.profile((place, ground + 40), _fir(canvas.pixels(height)), colour)
            place += dice.between(tall * 3 // 10, tall * 6 // 10)
        canvas.ground(ridge(canvas, dice.fork(f"ground {row}"), ground, 20, 16), colour)


def sea(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Water below a sky, the light lying on it.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
    horizon = dice.between(-40, 180)
    at = heaven(canvas, dice, colours, horizon)
    far = ridge(canvas, dice.fork("coast"), horizon - 10, dice.between(20, 70))
    canvas.ground(far, mix(colours.low, colours.dark, 45))
    _water(canvas, colours, horizon)
    _ripples(canvas, dice, colours, horizon)
    for step in range(9):
        y = horizon + 12 + step * step * 5
        wide = dice.between(40, 90) + step * 12
        canvas.bar((at[0] - wide, y, at[0] + wide, y + 7), mix(colours.main, colours.light, 75))


def _water(canvas: Canvas, colours: Palette, horizon: int) -> None:
    """Bands that darken towards the viewer."""
    far, near = mix(colours.main, colours.high, 50), mix(colours.main, colours.dark, 18)
    deep = canvas.bottom - horizon
    for step in range(8):
        top = horizon + deep * step * step // 64
        side = canvas.right + 9
        canvas.bar((-side, top, side, canvas.bottom + 9), mix(far, near, step * 100 // 7))


def _ripples(canvas: Canvas, dice: Dice, colours: Palette, horizon: int) -> None:
    """Light and dark streaks upon the water, wider near the viewer."""
    deep = max(canvas.bottom - horizon - 10, 1)
    shades = (mix(colours.main, colours.dark, 34), mix(colours.main, colours.light, 42))
    for number in range(64):
        share = dice.between(4, 100)
        y = horizon + 8 + deep * share * share // 10000
        x = dice.between(-canvas.right, canvas.right)
        wide = (24 + share) * dice.between(50, 130) // 100
        canvas.oval((x, y), (wide, 3 + share // 12), shades[number % 2])
