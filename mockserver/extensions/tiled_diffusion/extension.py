"""Tiled Diffusion and Tiled VAE as an extension; DemoFusion takes its arguments only.

Source: scripts/tilediffusion.py and scripts/tilevae.py at 22798f68; recorded: x-tiled/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mockserver.core.errors import ServerError
from mockserver.core.upstream_errors import raises_upstream
from mockserver.extensions.base import Extension, Run, Script
from mockserver.extensions.tiled_diffusion.arguments import (
    TileSettings,
    check_grid,
    has_several_tiles,
    regions_told,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from mockserver.backends.a1111.generation.processed import Processed
    from mockserver.backends.a1111.generation.processing import Processing


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
        """Choose the canvas; with one tile and nothing else to do it does nothing more."""
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
            p.tell(_KEY, _told(settings, p))

    def sample(self, run: Run) -> None:
        """Put itself into the sampler: what it trips over there answers the request."""
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
        """Give the generation its size back, for whoever uses it further."""
        del processed
        run.p.width, run.p.height = self._kept.pop(run.p, (run.p.width, run.p.height))


def _start_from_picture(run: Run, settings: TileSettings) -> None:
    """In img2img the first picture is enlarged, and the canvas may get its size."""
    from mockserver.imaging.resize import (  # noqa: PLC0415
        flatten,
        upscale,
    )

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


def _told(settings: TileSettings, p: Processing) -> dict[str, Any]:
    """What the infotext tells, which is the text of a JSON object."""
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
        found["Region control"] = regions_told(settings)
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
