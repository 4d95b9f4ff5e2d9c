"""Landscapes, seas, cities and space."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from mockserver.imaging.art.canvas import UNIT, Canvas, ellipse
from mockserver.imaging.art.noise import lattice, stretch
from mockserver.imaging.art.palette import Colour, mix

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.imaging.art.canvas import Point
    from mockserver.imaging.art.noise import Dice
    from mockserver.imaging.art.palette import Palette


_RIDGES = 4


def _heights(dice: Dice, steps: int, relief: int) -> list[int]:
    """Heights along a ridge: midpoints displaced by ever less."""
    heights = [dice.between(-relief, relief), dice.between(-relief, relief)]
    while len(heights) <= steps:
        relief = relief * 11 // 20
        middles = [(a + b) // 2 + dice.between(-relief, relief) for a, b in pairwise(heights)]
        heights = [h for pair in zip(heights, middles, strict=False) for h in pair] + heights[-1:]
    return heights


def ridge(canvas: Canvas, dice: Dice, base: int, relief: int, steps: int = 64) -> list[Point]:
    """A polygon from a ridge line down to the bottom."""
    heights = _heights(dice, steps, relief)
    width = 2 * canvas.right + 40
    last = len(heights) - 1
    line = [(n * width // last - canvas.right - 20, base + h) for n, h in enumerate(heights)]
    bottom = canvas.bottom + 20
    return [*line, (canvas.right + 20, bottom), (-canvas.right - 20, bottom)]


def heaven(canvas: Canvas, dice: Dice, colours: Palette, horizon: int) -> Point:
    """Sky, clouds and a sun or moon; gives the place of the light."""
    canvas.gradient((colours.high, mix(colours.high, colours.low, 60), colours.low))
    at = (
        dice.between(-canvas.right * 6 // 10, canvas.right * 6 // 10),
        horizon - dice.between(180, 430),
    )
    light = colours.light if colours.night else mix(colours.light, colours.accent, 25)
    canvas.glow(at, dice.between(420, 620), light, 150)
    canvas.disc(at, dice.between(58, 110), light)
    clouds = canvas.field(dice.fork("clouds"), 3).point(
        [max(0, min(150, (level - 132) * 4)) for level in range(256)]
    )
    canvas.veil(mix(colours.low, colours.light, 70), clouds)
    return at


def landscape(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Hills or mountains, hazy far away and dark near."""
    horizon = dice.between(-60, 160)
    heaven(canvas, dice, colours, horizon)
    steep = dice.between(70, 190)
    near = mix(colours.dark, colours.main, 35)
    for number in range(_RIDGES):
        depth = 100 * number // (_RIDGES - 1)
        base = horizon + number * (canvas.bottom - horizon) * 2 // (_RIDGES * 3)
        colour = mix(mix(colours.low, colours.main, 45), near, depth)
        relief = steep * (_RIDGES + 1 - number) // (_RIDGES + 1)
        canvas.shape(ridge(canvas, dice.fork(f"ridge {number}"), base, relief), colour)


def woods(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Rows of firs in mist."""
    horizon = dice.between(-160, 0)
    heaven(canvas, dice, colours, horizon)
    for row in range(_RIDGES):
        colour = mix(mix(colours.low, colours.main, 40), colours.dark, 30 * row)
        ground = horizon + 90 + row * (canvas.bottom - horizon) // _RIDGES
        tall = 190 + 90 * row
        canvas.shape(ridge(canvas, dice.fork(f"ground {row}"), ground, 20, 16), colour)
        place = -canvas.right
        while place < canvas.right:
            _fir(canvas, (place, ground + 40), dice.between(tall * 6 // 10, tall), colour)
            place += dice.between(tall // 4, tall // 2)


def _fir(canvas: Canvas, foot: Point, tall: int, colour: tuple[int, int, int]) -> None:
    x, y = foot
    side = [(0, 100), (12, 70), (7, 70), (20, 38), (11, 38), (28, 0)]
    right = [(x + w * tall // 100, y - h * tall // 100) for w, h in side]
    left = [(2 * x - px, py) for px, py in reversed(right)]
    canvas.shape([*right, *left], colour)


def sea(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Water below a sky, the light lying on it."""
    horizon = dice.between(-40, 180)
    at = heaven(canvas, dice, colours, horizon)
    far = ridge(canvas, dice.fork("coast"), horizon - 10, dice.between(20, 70))
    canvas.shape(far, mix(colours.low, colours.dark, 45))
    water = (-canvas.right - 9, horizon, canvas.right + 9, canvas.bottom + 9)
    canvas.bar(water, mix(colours.main, colours.high, 35))
    waves = stretch(lattice(dice.fork("waves"), (7, 48)), canvas.size)
    _ripples(canvas, waves, colours, horizon)
    for step in range(9):
        y = horizon + 12 + step * step * 5
        wide = dice.between(40, 90) + step * 12
        canvas.bar((at[0] - wide, y, at[0] + wide, y + 7), mix(colours.main, colours.light, 75))


def _ripples(canvas: Canvas, waves: Image.Image, colours: Palette, horizon: int) -> None:
    """Light and dark streaks upon the water only."""
    top = canvas.size[1] // 2 + horizon * min(canvas.size) // UNIT
    for colour, levels in (
        (colours.dark, [max(0, min(90, (96 - level) * 2)) for level in range(256)]),
        (colours.light, [max(0, min(80, (level - 168) * 2)) for level in range(256)]),
    ):
        mask = waves.point(levels)
        mask.paste(0, (0, 0, canvas.size[0], max(top, 0)))
        canvas.veil(colour, mask)


_BLACK, _WHITE = (6, 6, 14), (255, 252, 244)


def city(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Rows of towers, windows lit in the nearest."""
    heaven(canvas, dice, colours, 60)
    for row in range(3):
        colour = mix(mix(colours.low, colours.main, 40), mix(colours.dark, _BLACK, 30), 45 * row)
        x = -canvas.right - 20
        while x < canvas.right:
            wide = dice.between(70, 150) + 20 * row
            top = dice.between(-260, 150) + 110 * row
            canvas.bar((x, top, x + wide, canvas.bottom + 9), colour)
            if row > 0:
                _windows(canvas, dice, (x, top, wide), mix(colours.accent, _WHITE, 35))
            x += wide + dice.below(24)


def _windows(canvas: Canvas, dice: Dice, place: tuple[int, int, int], colour: Colour) -> None:
    x, top, wide = place
    for floor in range(top + 24, min(canvas.bottom, top + 420), 46):
        for left in range(x + 14, x + wide - 26, 32):
            if dice.chance(42):
                canvas.bar((left, floor, left + 16, floor + 24), colour)


def cosmos(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Nebulae, stars and a planet."""
    deep = mix(colours.dark, _BLACK, 72)
    canvas.colour(canvas.field(dice.fork("deep"), 2), (deep, mix(deep, colours.main, 22)))
    for name, colour in (("far", colours.main), ("near", colours.accent)):
        levels = [max(0, min(215, (level - 120) * 2)) for level in range(256)]
        canvas.veil(colour, canvas.field(dice.fork(name), 3, 4).point(levels))
    for _ in range(110):
        at = (
            dice.between(-canvas.right, canvas.right),
            dice.between(-canvas.bottom, canvas.bottom),
        )
        canvas.disc(at, dice.pick((2, 2, 3, 3, 4, 6)), _WHITE, dice.between(120, 255))
    _planet(canvas, dice, colours)


def _planet(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    at, radius = (dice.between(-260, 260), dice.between(-220, 220)), dice.between(110, 240)
    canvas.glow(at, radius * 2, colours.light, 90)
    canvas.sphere(at, radius, (mix(colours.light, _WHITE, 40), colours.main, colours.dark))
    if dice.chance(60):
        tilt = dice.between(-28, 28)
        outer = ellipse(at, (radius * 19 // 10, radius * 5 // 12), tilt)
        inner = ellipse(at, (radius * 15 // 10, radius * 7 // 24), tilt)
        half = len(outer) // 2 + 1
        canvas.shape([*outer[:half], *reversed(inner[:half])], mix(colours.accent, _WHITE, 45), 225)
