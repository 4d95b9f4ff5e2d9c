"""Cities and space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.picture.art.canvas import Canvas, ellipse
from mockserver.picture.art.colours import Colour, mix
from mockserver.picture.art.scenes.land import heaven

if TYPE_CHECKING:
    from mockserver.picture.art.dice import Dice
    from mockserver.picture.art.palette import Palette

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
