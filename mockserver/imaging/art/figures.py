"""Creatures, people, flowers, bubbles, marble and posters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.imaging.art.canvas import Canvas, ellipse
from mockserver.imaging.art.landscapes import ridge
from mockserver.imaging.art.noise import ONE, TURN, cos, sin
from mockserver.imaging.art.palette import Colour, mix

if TYPE_CHECKING:
    from mockserver.imaging.art.canvas import Point
    from mockserver.imaging.art.noise import Dice
    from mockserver.imaging.art.palette import Palette


_WHITE = (250, 248, 242)


def _backdrop(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    canvas.gradient((colours.high, colours.low))
    at = (dice.between(-160, 160), dice.between(-220, -80))
    halo = mix(colours.low, colours.accent, 42)
    canvas.glow(at, 640, colours.light, 120)
    canvas.disc(at, dice.between(250, 340), halo)


def creature(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """The head of an animal that never was, on a hill."""
    _backdrop(canvas, dice, colours)
    canvas.shape(
        ridge(canvas, dice.fork("hill"), 330, 60, 16), mix(colours.dark, colours.accent, 28)
    )
    x = dice.between(-70, 70)
    coat, shade = colours.main, mix(colours.main, colours.dark, 40)
    canvas.shape(ellipse((x, 440), (250, 330)), shade)
    canvas.shape(ellipse((x, 500), (130, 260)), mix(coat, _WHITE, 55))
    _ears(canvas, dice, x, coat, mix(coat, colours.accent, 50))
    wide = dice.between(200, 245)
    canvas.shape(ellipse((x, 40), (wide, 205)), coat)
    muzzle = mix(coat, _WHITE, 72)
    for side in (-1, 1):
        canvas.shape(ellipse((x + side * 105, 120), (110, 92), side * 22), muzzle)
    canvas.shape(ellipse((x, 160), (100, 84)), muzzle)
    _face(canvas, dice, x, colours)


def _ears(canvas: Canvas, dice: Dice, x: int, coat: Colour, inside: Colour) -> None:
    pointed = dice.chance(65)
    tall, lean = dice.between(190, 300), dice.between(10, 70)
    for side in (-1, 1):
        root = (x + side * 140, -70)
        for size, colour in ((100, coat), (60, inside)):
            if pointed:
                tip = (root[0] + side * lean, root[1] - tall * size // 100)
                wide = 88 * size // 100
                ear = [(root[0] - wide, root[1] + 20), tip, (root[0] + wide, root[1] + 40)]
            else:
                at = (root[0] + side * lean // 2, root[1] - tall // 3)
                ear = ellipse(at, (84 * size // 100, tall * size // 220), side * lean // 6)
            canvas.shape(ear, colour)


def _face(canvas: Canvas, dice: Dice, x: int, colours: Palette) -> None:
    apart, high = dice.between(82, 112), dice.between(8, 36)
    dark = mix(colours.dark, (10, 8, 12), 60)
    for side in (-1, 1):
        eye = (x + side * apart, high)
        canvas.disc(eye, 38, mix(colours.accent, _WHITE, 40))
        canvas.shape(ellipse(eye, (dice.between(16, 30), 32)), dark)
        canvas.disc((eye[0] - 10, eye[1] - 12), 9, _WHITE)
    canvas.shape([(x - 40, 112), (x + 40, 112), (x, 158)], dark)
    canvas.shape(ellipse((x, 188), (7, 30)), dark)


def portrait(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Head and shoulders, without a face."""
    _backdrop(canvas, dice, colours)
    x, skin = dice.between(-50, 50), _skin(dice)
    hair = mix(colours.dark, colours.accent, dice.between(0, 70))
    long = dice.chance(55)
    if long:
        canvas.shape(ellipse((x, 60), (232, 330)), hair)
    canvas.shape(ellipse((x, 610), (400, 320)), colours.main)
    canvas.bar((x - 80, 120, x + 80, 340), mix(skin, colours.dark, 22))
    canvas.shape(ellipse((x, 330), (150, 70)), mix(colours.main, _WHITE, 30))
    canvas.shape(ellipse((x, 20), (165, 215)), skin)
    for side in (-1, 1):
        canvas.shape(ellipse((x + side * 66, 30), (22, 9)), mix(skin, colours.dark, 78))
    canvas.shape(ellipse((x, 140), (46, 12)), mix(skin, colours.accent, 60))
    parting = dice.between(-60, 60)
    for side in (-1, 1):
        lock = ellipse((x + side * 92 + parting // 2, -95), (140, 112), side * dice.between(14, 34))
        canvas.shape(lock, hair)


def _skin(dice: Dice) -> Colour:
    return dice.pick(
        ((244, 214, 190), (228, 182, 150), (198, 142, 106), (148, 98, 70), (98, 64, 48))
    )


_IVORY = (252, 250, 246)
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
        shade = mix(mix(colour, (60, 10, 50), 28), mix(colour, _IVORY, 55), 50 * ring)
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
        canvas.sphere(at, size, (mix(tint, _IVORY, 70), tint, mix(tint, colours.dark, 60)))
        canvas.disc((at[0] - size * 4 // 10, at[1] - size * 4 // 10), size // 9, _IVORY, 220)


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
