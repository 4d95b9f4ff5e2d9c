"""Flowers, bubbles, marble and posters: scenes that can also be tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.picture.art.canvas import Canvas, ellipse
from mockserver.picture.art.colours import Colour, mix
from mockserver.picture.art.waves import ONE, TURN, cos, sin

if TYPE_CHECKING:
    from mockserver.picture.art.dice import Dice
    from mockserver.picture.art.palette import Palette
    from mockserver.picture.art.polygon import Point

_WHITE = (252, 250, 246)
_LARGE_FLOWER = 200


def _ground(canvas: Canvas, dice: Dice, stops: tuple[Colour, ...]) -> None:
    """Soft clouds of colour, which tile."""
    canvas.colour(canvas.field(dice.fork("ground"), 2, 2), stops)


def _anywhere(canvas: Canvas, dice: Dice) -> Point:
    return (
        dice.between(-canvas.right, canvas.right),
        dice.between(-canvas.bottom, canvas.bottom),
    )


def flowers(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """One large flower and some small ones."""
    _ground(canvas, dice, (colours.dark, mix(colours.dark, colours.high, 55), colours.high))
    for _ in range(14):
        canvas.disc(_anywhere(canvas, dice), dice.between(30, 90), colours.low, 70)
    for _ in range(dice.between(3, 6)):
        _flower(canvas, dice, _anywhere(canvas, dice), dice.between(90, 170), colours.accent)
    at = (dice.between(-90, 90), dice.between(-90, 90))
    _flower(canvas, dice, at, dice.between(330, 430), colours.main)


def _flower(canvas: Canvas, dice: Dice, at: Point, radius: int, colour: Colour) -> None:
    petals, turn = dice.between(5, 11), dice.below(TURN)
    rings = (100, 74, 48) if radius > _LARGE_FLOWER else (100, 60)
    for ring, share in enumerate(rings):
        shade = mix(mix(colour, (60, 10, 50), 28), mix(colour, _WHITE, 55), 50 * ring)
        for petal in range(petals):
            angle = turn + petal * TURN // petals + ring * TURN // (2 * petals)
            length = radius * share // 200
            middle = (at[0] + length * cos(angle) // ONE, at[1] + length * sin(angle) // ONE)
            canvas.shape(ellipse(middle, (length, length * 7 // petals), angle, 24), shade)
    canvas.sphere(at, radius // 6, ((255, 226, 130), (214, 150, 40), (120, 70, 20)))


def bubbles(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Balls of glass on soft ground."""
    _ground(canvas, dice, (colours.low, mix(colours.low, colours.high, 60), colours.high))
    for size in sorted((dice.between(40, 210) for _ in range(13)), reverse=True):
        at = _anywhere(canvas, dice)
        tint = dice.pick((colours.main, colours.accent, mix(colours.main, colours.high, 50)))
        canvas.disc((at[0] + size // 6, at[1] + size // 5), size, colours.dark, 60)
        canvas.sphere(at, size, (mix(tint, _WHITE, 70), tint, mix(tint, colours.dark, 60)))
        canvas.disc((at[0] - size * 4 // 10, at[1] - size * 4 // 10), size // 9, _WHITE, 220)


def marble(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Veins that wander through layers of colour."""
    field = canvas.field(dice.fork("veins"), dice.between(2, 4), 5)
    bands = dice.between(3, 6)
    levels = [128 + sin(level * bands) * 127 // ONE for level in range(256)]
    stops = (colours.dark, colours.main, colours.low, colours.accent, colours.light)
    canvas.colour(field.point(levels), stops)


def poster(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Circles, rings and bars over each other, see-through."""
    _ground(canvas, dice, (colours.low, mix(colours.low, colours.light, 60)))
    inks = (colours.main, colours.accent, colours.dark, colours.high)
    for number in range(dice.between(6, 9)):
        at, size, ink = _anywhere(canvas, dice), dice.between(90, 330), inks[number % len(inks)]
        kind = dice.below(4)
        if kind == 0:
            canvas.disc(at, size, ink, 205)
        elif kind == 1:
            hole = ellipse(at, (size * 7 // 10, size * 7 // 10))
            canvas.shape(ellipse(at, (size, size)), ink, 220, hole)
        elif kind == 2:  # noqa: PLR2004 - a side of the dice
            canvas.shape(ellipse(at, (size * 2, size // 5), dice.below(TURN), 4), ink, 200)
        else:
            canvas.shape(ellipse(at, (size, size), dice.below(TURN), 3), ink, 205)
