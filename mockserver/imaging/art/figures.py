"""Creatures and portraits, the figures of a scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.imaging.art.landscapes import ridge
from mockserver.imaging.art.palette import Colour, mix

if TYPE_CHECKING:
    from mockserver.imaging.art.canvas import Canvas
    from mockserver.imaging.art.fields import Dice
    from mockserver.imaging.art.palette import Palette


_WHITE = (250, 248, 242)


def _backdrop(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    canvas.gradient((colours.high, colours.low))
    at = (dice.between(-160, 160), dice.between(-220, -80))
    halo = mix(colours.low, colours.accent, 42)
    canvas.glow(at, 640, colours.light, 120)
    canvas.disc(at, dice.between(250, 340), halo)


def creature(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """The head of an animal that never was, on a hill.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
    _backdrop(canvas, dice, colours)
    canvas.ground(
        ridge(canvas, dice.fork("hill"), 330, 60, 16), mix(colours.dark, colours.accent, 28)
    )
    x = dice.between(-70, 70)
    coat, shade = colours.main, mix(colours.main, colours.dark, 40)
    canvas.oval((x, 440), (250, 330), shade)
    canvas.oval((x, 500), (130, 260), mix(coat, _WHITE, 55))
    _ears(canvas, dice, x, coat, mix(coat, colours.accent, 50))
    wide = dice.between(200, 245)
    canvas.oval((x, 40), (wide, 205), coat)
    muzzle = mix(coat, _WHITE, 72)
    for side in (-1, 1):
        canvas.oval((x + side * 105, 120), (110, 92), muzzle, angle=side * 22)
    canvas.oval((x, 160), (100, 84), muzzle)
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
                canvas.shape(ear, colour)
            else:
                at = (root[0] + side * lean // 2, root[1] - tall // 3)
                radii = 84 * size // 100, tall * size // 220
                canvas.oval(at, radii, colour, angle=side * lean // 6)


def _face(canvas: Canvas, dice: Dice, x: int, colours: Palette) -> None:
    apart, high = dice.between(82, 112), dice.between(8, 36)
    dark = mix(colours.dark, (10, 8, 12), 60)
    for side in (-1, 1):
        eye = (x + side * apart, high)
        canvas.disc(eye, 38, mix(colours.accent, _WHITE, 40))
        canvas.oval(eye, (dice.between(16, 30), 32), dark)
        canvas.disc((eye[0] - 10, eye[1] - 12), 9, _WHITE)
    canvas.shape([(x - 40, 112), (x + 40, 112), (x, 158)], dark)
    canvas.oval((x, 188), (7, 30), dark)


def portrait(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Head and shoulders, without a face.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
    _backdrop(canvas, dice, colours)
    x, skin = dice.between(-50, 50), _skin(dice)
    hair = mix(colours.dark, colours.accent, dice.between(0, 70))
    long = dice.chance(55)
    if long:
        canvas.oval((x, 60), (232, 330), hair)
    canvas.oval((x, 610), (400, 320), colours.main)
    canvas.bar((x - 80, 120, x + 80, 340), mix(skin, colours.dark, 22))
    canvas.oval((x, 330), (150, 70), mix(colours.main, _WHITE, 30))
    canvas.oval((x, 20), (165, 215), skin)
    for side in (-1, 1):
        canvas.oval((x + side * 66, 30), (22, 9), mix(skin, colours.dark, 78))
    canvas.oval((x, 140), (46, 12), mix(skin, colours.accent, 60))
    parting = dice.between(-60, 60)
    for side in (-1, 1):
        at = x + side * 92 + parting // 2, -95
        canvas.oval(at, (140, 112), hair, angle=side * dice.between(14, 34))


def _skin(dice: Dice) -> Colour:
    return dice.pick(
        ((244, 214, 190), (228, 182, 150), (198, 142, 106), (148, 98, 70), (98, 64, 48))
    )
