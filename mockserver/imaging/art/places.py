"""Cities and space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.imaging.art.fields import waves
from mockserver.imaging.art.geometry import ellipse
from mockserver.imaging.art.landscapes import heaven
from mockserver.imaging.art.palette import Colour, mix

if TYPE_CHECKING:
    from mockserver.imaging.art.canvas import Canvas
    from mockserver.imaging.art.dice import Dice
    from mockserver.imaging.art.palette import Palette


_BLACK, _WHITE = (6, 6, 14), (255, 252, 244)


def city(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Rows of towers, windows lit in the nearest."""
    heaven(canvas, dice, colours, 60)
    for row in range(3):
        colour = mix(mix(colours.low, colours.main, 40), mix(colours.dark, _BLACK, 30), 45 * row)
        towers, x = [], -canvas.right - 20
        while x < canvas.right:
            wide = dice.between(70, 150) + 20 * row
            towers.append((x, dice.between(-260, 150) + 110 * row, wide))
            x += wide
        line = [(left + side, top) for left, top, wide in towers for side in (0, wide)]
        canvas.ground(line, colour)
        if row > 0:
            glass = mix(colours.accent, _WHITE, 35)
            for tower in towers:
                _windows(canvas, dice, tower, (colour, glass))


def _windows(
    canvas: Canvas, dice: Dice, tower: tuple[int, int, int], colours: tuple[Colour, Colour]
) -> None:
    """Lights of a tower.

    Args:
        canvas: what they are drawn on.
        dice: choose which are lit.
        tower: its left side, top and width.
        colours: of the wall and of lit windows.
    """
    x, top, wide = tower
    wall, glass = (bytes((canvas.ink(colour),)) for colour in colours)
    left = canvas.place((x + 14, 0))[0]
    pane, pitch = max(canvas.pixels(16), 1), max(canvas.pixels(32), 2)
    columns = max(wide - 40, 0) // 32 + 1
    dark, lit = wall * pitch, glass * pane + wall * (pitch - pane)
    for floor in range(top + 24, min(canvas.bottom, top + 420), 46):
        bits = dice.below(1 << 8)
        first = canvas.place((0, floor))[1]
        rows = range(first, first + max(canvas.pixels(24), 1))
        numbers = b"".join([lit if bits >> column & 1 else dark for column in range(columns)])
        canvas.stripes(left, rows, numbers)


def cosmos(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Nebulae, stars and a planet."""
    deep = mix(colours.dark, _BLACK, 72)
    canvas.gradient((deep, mix(deep, colours.main, 22), deep))
    mists = [(colours.main, share) for share in (150, 110, 70, 36)]
    clear = [(deep, 0)] * 3
    glows = [(colours.accent, share) for share in (30, 62, 104, 150)]
    canvas.contours(waves(dice.fork("mist"), canvas.size), (*mists, *clear, *glows))
    bright = mix(colours.light, _WHITE, 60)
    for _ in range(90):
        x = dice.between(-canvas.right, canvas.right)
        y = dice.between(-canvas.bottom, canvas.bottom)
        size = dice.pick((1, 1, 2, 2, 3, 5))
        canvas.bar((x - size, y - size, x + size, y + size), bright)
    _planet(canvas, dice, colours)


def _planet(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    at, radius = (dice.between(-260, 260), dice.between(-220, 220)), dice.between(110, 240)
    for ring in (15, 12):
        canvas.disc(at, radius * ring // 10, colours.light, 26)
    canvas.sphere(at, radius, (mix(colours.light, _WHITE, 40), colours.main, colours.dark))
    if dice.chance(60):
        tilt = dice.between(-28, 28)
        outer = ellipse(at, (radius * 19 // 10, radius * 5 // 12), tilt)
        inner = ellipse(at, (radius * 15 // 10, radius * 7 // 24), tilt)
        half = len(outer) // 2 + 1
        band = [*outer[:half], *reversed(inner[:half])]
        canvas.shape(band, mix(colours.accent, _WHITE, 45))
