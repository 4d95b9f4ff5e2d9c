"""Tiled Diffusion, DemoFusion and Tiled VAE: large pictures in little memory.

DemoFusion takes its arguments only; Tiled VAE decodes the same picture in less memory.

Source: scripts/tilediffusion.py, scripts/tilevae.py and tile_utils/utils.py at 22798f68; recorded:
x-tiled/*.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mockserver.core.errors import ServerError, raises_upstream
from mockserver.extensions.base import Extension, Run, Script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.generation.processing import Processing


#: Pixels of a latent's side.
_FACTOR = 8
#: Tiles overlap by this much less than their side at most.
_LEAST_STEP = 4
_DIGITS = 4
_REGION_FIELDS = (
    *("enable", "x", "y", "w", "h", "prompt", "neg_prompt"),
    *("blend_mode", "feather_ratio", "seed"),
)


@dataclass(frozen=True)
class TileSettings:
    """The first slots; ten for each region follow. Any JSON value can be in any of them.

    Sizes and overlap of tiles are in latent points.
    """

    enabled: Any
    method: Any
    overwrite_size: Any
    keep_input_size: Any
    image_width: Any
    image_height: Any
    tile_width: Any
    tile_height: Any
    overlap: Any
    tile_batch_size: Any
    upscaler: Any
    scale_factor: Any
    noise_inverse: Any
    noise_inverse_steps: Any
    noise_inverse_retouch: Any
    noise_inverse_strength: Any
    noise_inverse_kernel: Any
    control_tensor_cpu: Any
    region_control: Any
    draw_background: Any
    causal_layers: Any
    regions: tuple[Any, ...]

    @classmethod
    def of(cls, args: Sequence[Any]) -> TileSettings:
        """The settings in the slots of a request.

        Args:
            args: the script's arguments in a request.
        """
        names = [field.name for field in fields(cls)][:-1]
        named = dict(zip(names, args, strict=False))
        return cls(**named, regions=tuple(args[len(names) :]))


@raises_upstream
def has_several_tiles(settings: TileSettings, width: Any, height: Any) -> bool:
    """Whether a picture of that size, in pixels, is more than one tile.

    Args:
        settings: what the request asks of the extension.
        width: in pixels.
        height: in pixels.
    """
    wide, high = width // _FACTOR, height // _FACTOR
    least = min(settings.tile_width, settings.tile_height)
    overlap = settings.overlap
    if overlap >= least:
        overlap = least - _LEAST_STEP
    columns = math.ceil((wide - overlap) / (settings.tile_width - overlap))
    rows = math.ceil((high - overlap) / (settings.tile_height - overlap))
    return bool(columns > 1 or rows > 1)


@raises_upstream
def check_grid(settings: TileSettings, width: Any, height: Any) -> None:
    """Lay the tiles out; a latent just as high or wide as the overlap divides by nought.

    Args:
        settings: what the request asks of the extension.
        width: in pixels.
        height: in pixels.
    """
    wide, high = width // _FACTOR, height // _FACTOR
    tile_width, tile_height = min(settings.tile_width, wide), min(settings.tile_height, high)
    most = min(settings.tile_width, settings.tile_height) - _LEAST_STEP
    overlap = max(0, min(settings.overlap, most))
    math.ceil((wide - overlap) / (tile_width - overlap))
    math.ceil((high - overlap) / (tile_height - overlap))


@raises_upstream
def regions_shown(settings: TileSettings) -> dict[str, dict[str, Any]]:
    """The regions that are switched on and inside the picture, as the infotext shows them.

    Args:
        settings: what the request asks of the extension.
    """
    found = {}
    step = len(_REGION_FIELDS)
    for number, start in enumerate(range(0, len(settings.regions), step)):
        region = dict(zip(_REGION_FIELDS, settings.regions[start : start + step], strict=True))
        for name in ("x", "y", "w", "h", "feather_ratio"):
            region[name] = round(region[name], _DIGITS)
        region["seed"] = int(region["seed"])
        outside = region["x"] > 1.0 or region["y"] > 1.0 or region["w"] <= 0 or region["h"] <= 0
        if not region["enable"] or outside:
            continue
        region["w"] = min(region["w"], 1.0 - region["x"])
        region["h"] = min(region["h"], 1.0 - region["y"])
        found[f"Region {number + 1}"] = region
    return found


_KEY = "Tiled Diffusion"
_METHODS = ("MultiDiffusion", "Mixture of Diffusers", "DemoFusion")
_NONE = "None"
_INVERSION_SAMPLER = "Euler"


class TiledDiffusion(Script):
    """Sets the picture's size, writes its settings, and samples tile by tile."""

    title = "tiled diffusion"

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Processing, tuple[Any, Any]] = WeakKeyDictionary()

    def process(self, run: Run) -> None:
        """Choose the canvas; with one tile and nothing else to do it does nothing more.

        Args:
            run: the generation, and the script's arguments.
        """
        settings, p = TileSettings.of(run.args), run.p
        if not settings.enabled:
            return
        self._kept[p] = (p.width, p.height)
        if p.is_img2img:
            _start_from_picture(run, settings)
        elif settings.overwrite_size:
            p.width, p.height = settings.image_width, settings.image_height
        inverse = p.is_img2img and settings.noise_inverse
        several = has_several_tiles(settings, p.width, p.height)
        if several or settings.region_control or inverse:
            p.note(_KEY, _parameters(settings, p))

    def sample(self, run: Run) -> None:
        """Put itself into the sampler: what it fails on there answers the request.

        Args:
            run: the generation, and the script's arguments.
        """
        if _KEY not in run.p.effects:
            return
        settings, p = TileSettings.of(run.args), run.p
        if settings.method not in _METHODS:
            raise ServerError("ValueError", f"{settings.method!r} is not a valid Method")
        if not settings.region_control or settings.draw_background:
            check_grid(settings, p.width, p.height)
        if p.is_img2img and settings.noise_inverse:
            p.sampler_name = _INVERSION_SAMPLER

    def postprocess(self, run: Run, processed: Processed) -> None:
        """Give the generation its size back, for whoever uses it further.

        Args:
            run: the generation, and the script's arguments.
            processed: all pictures so far, with their infotexts.
        """
        del processed
        run.p.width, run.p.height = self._kept.pop(run.p, (run.p.width, run.p.height))


def _start_from_picture(run: Run, settings: TileSettings) -> None:
    """In img2img the first picture is enlarged, and the canvas may get its size."""
    from mockserver.imaging.resize import flatten, upscale  # noqa: PLC0415

    p = run.p
    _known_upscaler(run.server.upscalers, settings.upscaler)
    image = flatten(p.init_images[0], run.server.options["img2img_background_color"])
    scale = settings.scale_factor
    if settings.upscaler != _NONE:
        image = _enlarged(upscale, image, scale, settings.upscaler)
        p.extra_generation_params["Tiled Diffusion upscaler"] = settings.upscaler
        p.extra_generation_params["Tiled Diffusion scale factor"] = scale
        p.init_images = [image] * len(p.init_images)
    if settings.keep_input_size:
        p.width, p.height = image.size
    elif settings.upscaler != _NONE:
        p.width, p.height = _scaled(scale, p.width), _scaled(scale, p.height)


@raises_upstream
def _known_upscaler(names: Sequence[str], name: Any) -> None:
    list(names).index(name)


@raises_upstream
def _enlarged(upscale: Any, image: Image.Image, scale: Any, name: str) -> Image.Image:
    found: Image.Image = upscale(image, scale, name)
    return found


@raises_upstream
def _scaled(scale: Any, side: Any) -> Any:
    return scale * side


def _parameters(settings: TileSettings, p: Processing) -> dict[str, Any]:
    """What the infotext says, which is the text of a JSON object."""
    found = {
        "Method": settings.method,
        "Tile tile width": settings.tile_width,
        "Tile tile height": settings.tile_height,
        "Tile Overlap": settings.overlap,
        "Tile batch size": settings.tile_batch_size,
    }
    if p.is_img2img:
        if settings.upscaler != _NONE:
            found["Upscaler"] = settings.upscaler
            found["Upscale factor"] = settings.scale_factor
        if settings.keep_input_size:
            found["Keep input size"] = settings.keep_input_size
        if settings.noise_inverse:
            found["NoiseInv"] = settings.noise_inverse
            found["NoiseInv Steps"] = settings.noise_inverse_steps
            found["NoiseInv Retouch"] = settings.noise_inverse_retouch
            found["NoiseInv Renoise strength"] = settings.noise_inverse_strength
            found["NoiseInv Kernel size"] = settings.noise_inverse_kernel
    if settings.region_control:
        found["Region control"] = regions_shown(settings)
    return found


class TiledDiffusionExtension(Extension):
    """The extension multidiffusion-upscaler-for-automatic1111.

    Tiled VAE decodes the same picture in less memory, so that nothing of it shows.
    """

    name = "tiled-diffusion"
    folder = "multidiffusion-upscaler-for-automatic1111"
    versions = ("22798f68",)
    summary = "large pictures in little memory, diffused and decoded tile by tile"

    def make_scripts(self) -> Sequence[Script]:
        """The one script whose work shows."""
        return (TiledDiffusion(),)


EXTENSION = TiledDiffusionExtension
