"""What sampling does to a composition: contrast, convergence and grain."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops

from mockserver.picture.art.noise import lattice, stretch

if TYPE_CHECKING:
    from mockserver.picture.art.dice import Dice

#: Pixels to a cell of a latent.
LATENT = 8
_USUAL_CFG = 7
_MIDDLE = 128
_HIGHEST = 255
#: Steps from which a picture is as sharp as it gets, and from which no noise is left to see.
_SHARP, _CLEAN = 12, 60
#: Grain has these many levels, the middle one changing nothing.
_GRAIN = 3


def _whole(value: Any, low: int, high: int) -> int:
    """A number as one from `low` to `high`; what is no finite number as `low`."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return low
    return int(max(low, min(high, value)))


def latent_noise(dice: Dice, size: tuple[int, int]) -> Image.Image:
    """Coloured blotches, as a latent of pure noise decodes."""
    cells = max(1, size[0] // LATENT), max(1, size[1] // LATENT)
    bands = [stretch(lattice(dice.fork(band), cells), size) for band in "RGB"]
    return Image.merge("RGB", bands)


def toned(image: Image.Image, dice: Dice, cfg_scale: Any) -> Image.Image:
    """Contrast by CFG scale (7 leaves it as it is), and a slight tint by the dice."""
    contrast = 100 + (_whole(float(_whole(cfg_scale, 0, 40)) * 10, 0, 400) - _USUAL_CFG * 10) // 2
    table: list[int] = []
    for _ in "RGB":
        tint = dice.between(-4, 4)
        for level in range(_HIGHEST + 1):
            shifted = _MIDDLE + (level - _MIDDLE) * contrast // 100 + tint
            table.append(max(0, min(_HIGHEST, shifted)))
    return image.point(table)


def converged(image: Image.Image, dice: Dice, steps: Any) -> Image.Image:
    """Soft and noisy after few steps, clean after many."""
    done = _whole(steps, 0, 1000)
    if done < _SHARP:
        coarse = 1 + (_SHARP - done) // 3
        small = max(1, image.width // coarse), max(1, image.height // coarse)
        soft = image.resize(small, Image.Resampling.BILINEAR)
        image = soft.resize(image.size, Image.Resampling.BICUBIC)
    if done >= _CLEAN:
        return image
    share = 230 // (done + 1)
    return Image.blend(image, latent_noise(dice, image.size), share / _HIGHEST)


def grained(image: Image.Image, dice: Dice) -> Image.Image:
    """Film grain: the last thing that any change of the recipe shows in."""
    grain = Image.frombytes("L", image.size, dice.noise(image.width * image.height))
    grain = grain.point([level * _GRAIN >> 8 for level in range(_HIGHEST + 1)])
    return ImageChops.add(image, Image.merge("RGB", (grain,) * 3), 1, -(_GRAIN // 2))
