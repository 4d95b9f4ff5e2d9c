"""Draw the picture of a recipe.

The prompt chooses what is shown and in which colours, the seed how it is laid out. Everything
else of a recipe changes the finish: contrast, tint, and what few steps leave coarse.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mockserver.imaging.art.canvas import Canvas
from mockserver.imaging.art.dice import Dice
from mockserver.imaging.art.palette import palette
from mockserver.imaging.art.scenes import choose
from mockserver.imaging.raster import Raster

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.imaging.art.palette import Colour
    from mockserver.imaging.spec import PictureSpec


#: Names of a recipe that are no part of its finish's tint.
_COMPOSING = ("prompt", "negative_prompt", "seed", "subseed", "subseed_strength", "tiling")
_MIDDLE, _HIGHEST = 128, 255
_USUAL_CFG = 7


def share(value: Any) -> float:
    """A number as one from 0 to 1; what is none as 0."""
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
    tables = []
    for _ in "RGB":
        tint = dice.between(-4, 4)
        tables.append(
            [
                max(0, min(_HIGHEST, _MIDDLE + (level - _MIDDLE) * contrast // 100 + tint))
                for level in range(_HIGHEST + 1)
            ]
        )
    red, green, blue = tables
    return lambda colour: (red[colour[0]], green[colour[1]], blue[colour[2]])


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
    """The picture that sampling from pure noise gives; the same spec gives the same pixels."""
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
    return Raster.of_bands(size, canvas.bands(whole))
