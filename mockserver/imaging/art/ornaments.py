"""Flowers, bubbles, marble and posters: scenes that can also be tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.imaging.art.fields import ONE, TURN, cos, sin, waves
from mockserver.imaging.art.outlines import ellipse
from mockserver.imaging.art.palette import Colour, mix, ramp

if TYPE_CHECKING:
    from mockserver.imaging.art.canvas import Canvas
    from mockserver.imaging.art.fields import Dice
    from mockserver.imaging.art.outlines import Point
    from mockserver.imaging.art.palette import Palette


_WHITE = (252, 250, 246)
_LARGE_FLOWER = 200


def _anywhere(canvas: Canvas, dice: Dice) -> Point:
    return (
        dice.between(-canvas.right, canvas.right),
        dice.between(-canvas.bottom, canvas.bottom),
    )


def flowers(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """One large flower and some small ones.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
    deep = mix(colours.dark, colours.high, 26)
    canvas.gradient((deep, mix(colours.dark, colours.high, 60), deep))
    for _ in range(8):
        canvas.disc(_anywhere(canvas, dice), dice.between(30, 130), colours.low, 40)
    for _ in range(dice.between(2, 3)):
        _flower(canvas, dice, _anywhere(canvas, dice), dice.between(90, 170), colours.accent)
    at = (dice.between(-90, 90), dice.between(-90, 90))
    _flower(canvas, dice, at, dice.between(330, 430), colours.main)


def _flower(canvas: Canvas, dice: Dice, at: Point, radius: int, colour: Colour) -> None:
    petals, turn = dice.between(5, 8), dice.below(TURN)
    rings = (100, 74, 48) if radius > _LARGE_FLOWER else (100, 60)
    for ring, share in enumerate(rings):
        shade = mix(mix(colour, (60, 10, 50), 28), mix(colour, _WHITE, 55), 50 * ring)
        for petal in range(petals):
            angle = turn + petal * TURN // petals + ring * TURN // (2 * petals)
            length = radius * share // 200
            middle = (at[0] + length * cos(angle) // ONE, at[1] + length * sin(angle) // ONE)
            canvas.oval(middle, (length, length * 7 // petals), shade, angle=angle)
    canvas.sphere(at, radius // 6, ((255, 226, 130), (214, 150, 40), (120, 70, 20)))


def bubbles(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Balls of glass on soft ground.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
    canvas.gradient((colours.low, colours.high, colours.low))
    sizes = sorted((dice.between(50, 215) for _ in range(9)), reverse=True)
    balls = [(size, _anywhere(canvas, dice)) for size in sizes]
    for size, at in balls:
        canvas.disc((at[0] + size // 6, at[1] + size // 5), size, colours.dark, 60)
    for size, at in balls:
        tint = dice.pick((colours.main, colours.accent, mix(colours.main, colours.high, 50)))
        canvas.sphere(at, size, (mix(tint, _WHITE, 70), tint, mix(tint, colours.dark, 60)))
        canvas.disc((at[0] - size * 4 // 10, at[1] - size * 4 // 10), size // 9, _WHITE)


def marble(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Veins that wander through layers of colour.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
    bands = dice.between(1, 2)
    stops = (colours.dark, colours.main, colours.low, colours.accent, colours.light)
    shades = ramp(stops, 12)
    veins = [shades[6 + sin(level * bands * 4) * 5 // ONE] for level in range(64)]
    canvas.contours(waves(dice.fork("veins"), canvas.size), [(one, 255) for one in veins])


def poster(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Circles, rings and bars over each other, see-through.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
    paper = mix(colours.low, colours.light, 60)
    canvas.gradient((paper, mix(colours.low, paper, 40), paper))
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
