"""Scenes: which there are, where they take place, and who paints them."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mockserver.imaging.art.canvas import Canvas
from mockserver.imaging.art.fields import Dice, waves
from mockserver.imaging.art.figures import creature, portrait
from mockserver.imaging.art.landscapes import heaven, landscape, sea, woods
from mockserver.imaging.art.ornaments import bubbles, flowers, marble, poster
from mockserver.imaging.art.outlines import ellipse
from mockserver.imaging.art.palette import Colour, mix, palette, words
from mockserver.imaging.raster import Raster

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.imaging.art.palette import Palette
    from mockserver.imaging.picture_spec import PictureSpec


_BLACK, _WHITE = (6, 6, 14), (255, 252, 244)


def city(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Rows of towers, windows lit in the nearest.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
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
    for floor in range(top + 24, min(canvas.bottom, top + 420), 54):
        bits = dice.below(1 << 8)
        first = canvas.place((0, floor))[1]
        rows = range(first, first + max(canvas.pixels(24), 1))
        numbers = b"".join([lit if bits >> column & 1 else dark for column in range(columns)])
        canvas.stripes(left, rows, numbers)


def cosmos(canvas: Canvas, dice: Dice, colours: Palette) -> None:
    """Nebulae, stars and a planet.

    Args:
        canvas: is drawn upon.
        dice: decides what the seed leaves open.
        colours: of the scene.
    """
    deep = mix(colours.dark, _BLACK, 72)
    canvas.gradient((deep, mix(deep, colours.main, 22), deep))
    mists = [(colours.main, share) for share in (150, 110, 70, 36)]
    clear = [(deep, 0)] * 3
    glows = [(colours.accent, share) for share in (30, 62, 104, 150)]
    canvas.contours(waves(dice.fork("mist"), canvas.size), (*mists, *clear, *glows))
    bright = mix(colours.light, _WHITE, 60)
    for _ in range(70):
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


if TYPE_CHECKING:
    Scene = Callable[[Canvas, Dice, Palette], None]

#: Words that name each scene.
_SAID: tuple[tuple[Scene, str], ...] = (
    (
        landscape,
        """landscape mountain mountains hill hills valley desert canyon dunes field meadow
        volcano lava snow winter sunset sunrise dawn castle dragon""",
    ),
    (woods, "forest wood woods jungle tree trees fir pine autumn park garden mist"),
    (
        sea,
        """sea ocean beach lake river water island ship boat harbor harbour coast waves
        fish""",
    ),
    (
        city,
        """city street town skyline building buildings tower tokyo london paris house car
        cyberpunk neon architecture bridge robot""",
    ),
    (
        cosmos,
        """space galaxy nebula stars starry planet cosmos universe astronaut moon alien
        night sky""",
    ),
    (
        creature,
        """fox cat dog wolf bear animal rabbit bunny mouse lion tiger bird owl kitten puppy
        horse panda squirrel deer""",
    ),
    (
        portrait,
        """portrait woman man girl boy person face people king queen warrior witch elf
        knight princess wizard samurai lady child selfie photographer""",
    ),
    (flowers, "flower flowers rose roses tulip sunflower bouquet blossom lotus spring cherry"),
    (bubbles, "bubble bubbles glass balls fruit apple food cake candy marbles toy toys"),
    (marble, "abstract marble fluid texture pattern smoke fractal psychedelic painting ink"),
    (poster, "poster logo geometric bauhaus minimal minimalist vector icon shapes design"),
)
_WORDS = {word: scene for scene, said in _SAID for word in said.split()}
_ANY: tuple[Scene, ...] = (
    landscape, woods, sea, city, cosmos, creature, flowers, bubbles, marble, poster,
)  # fmt: skip
_TILES: tuple[Scene, ...] = (flowers, bubbles, marble, poster, cosmos)


def choose(prompt: str, dice: Dice, *, tiling: bool) -> Scene:
    """The scene of the first word that names one; else one by chance.

    Args:
        prompt: the whole prompt.
        dice: choose where nothing is named.
        tiling: only scenes whose sides can meet.
    """
    named = [_WORDS[word] for word in words(prompt) if word in _WORDS]
    fit = [scene for scene in named if not tiling or scene in _TILES]
    return fit[0] if fit else dice.pick(_TILES if tiling else _ANY)


#: Names of a recipe that are no part of its finish's tint.
_COMPOSING = ("prompt", "negative_prompt", "seed", "subseed", "subseed_strength", "tiling")
_MIDDLE, _HIGHEST = 128, 255
_USUAL_CFG = 7


def share(value: Any) -> float:
    """A number as one from 0 to 1; what is none as 0.

    Args:
        value: as the request has it, of whatever type.
    """
    if not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(0.0, min(1.0, float(value)))


def _whole(value: Any, low: int, high: int) -> int:
    """A number as one from `low` to `high`; what is no finite number as `low`."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return low
    return int(max(low, min(high, value)))


def _tone(spec: PictureSpec) -> Callable[[Colour], Colour]:
    """Contrast by CFG scale (7 leaves colours as they are), and a slight tint by all the rest."""
    values = spec.values
    others = sorted((k, v) for k, v in values.items() if k not in _COMPOSING)
    dice = Dice("tint", tuple(others))
    contrast = 100 + (10 * _whole(values.get("cfg_scale", 7), 0, 40) - 10 * _USUAL_CFG) // 2
    red, green, blue = (_levels(contrast, dice.between(-4, 4)) for _ in "RGB")
    return lambda colour: (red[colour[0]], green[colour[1]], blue[colour[2]])


@lru_cache(maxsize=64)
def _levels(contrast: int, tint: int) -> bytes:
    """What becomes of each level of a channel: contrast in percent, and a little more or less."""
    return bytes(
        [
            max(0, min(_HIGHEST, _MIDDLE + (level - _MIDDLE) * contrast // 100 + tint))
            for level in range(_HIGHEST + 1)
        ]
    )


def _layout(spec: PictureSpec) -> Dice:
    """What lays the scene out: the seed, gone over to the subseed by its strength."""
    values = spec.values
    prompt = str(values.get("prompt", ""))
    strength = share(values.get("subseed_strength"))
    if strength >= 1:
        return Dice("layout", prompt, values.get("subseed"))
    main = Dice("layout", prompt, values.get("seed"))
    if strength <= 0:
        return main
    return main.towards(Dice("layout", prompt, values.get("subseed")), round(strength * 1000))


def draw(spec: PictureSpec) -> Raster:
    """The picture that sampling from pure noise gives; the same spec gives the same pixels.

    Args:
        spec: all that the pixels depend on.
    """
    values = spec.values
    prompt, negative = str(values.get("prompt", "")), str(values.get("negative_prompt", ""))
    tiling = bool(values.get("tiling"))
    size = spec.width, spec.height
    canvas = Canvas(size, tiling=tiling, tone=_tone(spec))
    shift = Dice("model", values.get("model")).between(-24, 24)
    colours = palette(prompt, Dice("palette", prompt, negative), shift)
    scene = choose(prompt, Dice("scene", prompt), tiling=tiling)
    scene(canvas, _layout(spec), colours)
    whole = Dice("finish", tuple(sorted(values.items())))
    canvas.unfinish(whole, _whole(values.get("steps", 50), 0, 1000))
    return Raster(size, bands=list(canvas.bands(whole)))
