"""Paint the picture of a spec.

The prompt chooses what is shown and in which colours, the seed how it is laid out. Everything
else of a recipe changes the finish: contrast, noise left over, tint, grain.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver.picture.art.canvas import Canvas
from mockserver.picture.art.dice import Dice
from mockserver.picture.art.finish import converged, grained, latent_noise, toned
from mockserver.picture.art.palette import palette
from mockserver.picture.art.scenes.choice import choose
from mockserver.picture.masking import apply_overlay, fill

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mockserver.picture.spec import PictureSpec, Start

#: Names of a recipe that are no part of its finish's tint.
_COMPOSING = ("prompt", "negative_prompt", "seed", "subseed", "subseed_strength", "tiling")
#: What a latent of zeroes decodes to.
_NOTHING = (128, 122, 114)
_LATENT_NOISE, _LATENT_NOTHING, _ORIGINAL = 2, 3, 1


def _composition(spec: PictureSpec, seed: Hashable) -> Image.Image:
    """The scene of the prompt, laid out by a seed."""
    values = spec.values
    prompt, negative = str(values.get("prompt", "")), str(values.get("negative_prompt", ""))
    tiling = bool(values.get("tiling"))
    canvas = Canvas((spec.width, spec.height), tiling=tiling)
    shift = Dice("model", values.get("model")).between(-24, 24)
    colours = palette(prompt, Dice("palette", prompt, negative), shift)
    scene = choose(prompt, Dice("scene", prompt), tiling=tiling)
    scene(canvas, Dice("layout", prompt, seed), colours)
    return canvas.image


def _share(value: Any) -> float:
    """A number as one from 0 to 1; what is none as 0."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(0.0, min(1.0, float(value)))


def _varied(spec: PictureSpec) -> Image.Image:
    """The composition of the seed, gone over to the subseed's by its strength."""
    values = spec.values
    strength = _share(values.get("subseed_strength"))
    if strength >= 1:
        return _composition(spec, values.get("subseed"))
    main = _composition(spec, values.get("seed"))
    if strength <= 0:
        return main
    return Image.blend(main, _composition(spec, values.get("subseed")), strength)


def _sampled(spec: PictureSpec) -> Image.Image:
    """The picture that sampling from pure noise gives."""
    values = spec.values
    others = sorted((k, v) for k, v in values.items() if k not in _COMPOSING)
    image = toned(_varied(spec), Dice("tint", tuple(others)), values.get("cfg_scale", 7))
    whole = Dice("finish", tuple(sorted(values.items())))
    image = converged(image, whole.fork("left over"), values.get("steps", 50))
    return grained(image, whole.fork("grain"))


def _beginning(start: Start, size: tuple[int, int], dice: Dice) -> Image.Image:
    """The image that img2img starts from, with what stands under its mask."""
    image = start.image.image.convert("RGB")
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS)
    if start.mask is None or start.fill == _ORIGINAL:
        return image
    mask = start.mask.image
    if start.fill == _LATENT_NOISE:
        return Image.composite(latent_noise(dice, size), image, mask)
    if start.fill == _LATENT_NOTHING:
        return Image.composite(Image.new("RGB", size, _NOTHING), image, mask)
    return fill(image, mask)


def _from_start(spec: PictureSpec, start: Start) -> Image.Image:
    """The start image, as much repainted as the denoising strength says."""
    size = spec.width, spec.height
    begun = _beginning(start, size, Dice("under", spec.values.get("seed")))
    strength = _share(start.denoising)
    image = begun
    if strength > 0:
        image = Image.blend(begun, _sampled(spec), min(strength * strength, 0.97))
    if start.mask is not None:
        kept = start.image.image.convert("RGB")
        kept = kept if kept.size == size else begun
        image = Image.composite(image, kept, start.mask.image)
    if start.overlay is not None:
        image = apply_overlay(image, start.paste_to, start.overlay.image)
    return image


def paint(spec: PictureSpec) -> Image.Image:
    """The picture of a spec, RGB; the same spec always gives the same pixels."""
    return _sampled(spec) if spec.start is None else _from_start(spec, spec.start)
