"""Ultimate SD upscale: a selectable script of img2img, a picture enlarged and redrawn tile by tile.

Source: scripts/ultimate-upscale.py at 2322caa4; recorded: x-usdu/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.resolve import fix_seeds
from mockserver.core.errors import raises_upstream
from mockserver.extensions.base import Extension, Run, Script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.finish import Processed


_PARAMETERS = (
    *("_", "tile_width", "tile_height", "mask_blur", "padding", "seams_fix_width"),
    *("seams_fix_denoise", "seams_fix_padding", "upscaler_index", "save_upscaled_image"),
    *("redraw_mode", "save_seams_fix_image", "seams_fix_mask_blur", "seams_fix_type"),
    *("target_size_type", "custom_width", "custom_height", "custom_scale"),
)
_ORIGINAL = 1
_CUSTOM, _SCALED = 1, 2


class UltimateUpscale(Script):
    """Enlarges the first init picture and redraws it tile by tile."""

    title = "ultimate sd upscale"
    parameters = _PARAMETERS

    def run(self, run: Run) -> Processed:
        """The picture, and once more with its seams redrawn where that was asked for.

        Args:
            run: the generation, and the script's arguments.

        Raises:
            ServerError: names where indexes are wanted, and whatever redrawing fails on.
        """
        from mockserver.extensions.ultimate_upscale.redraw import Upscaling, whole_multiple  # noqa: PLC0415
        from mockserver.imaging.resize import flatten  # noqa: PLC0415 - start-up time

        server, p = run.server, run.p
        given = dict(zip(_PARAMETERS, run.args, strict=False))
        fix_seeds(p, server.random)
        p.do_not_save_grid = p.do_not_save_samples = True
        p.inpaint_full_res, p.inpainting_fill = False, _ORIGINAL
        p.n_iter = p.batch_size = 1
        image = flatten(_first(p.init_images), server.options["img2img_background_color"])
        if given["target_size_type"] == _CUSTOM:
            p.width, p.height = given["custom_width"], given["custom_height"]
        if given["target_size_type"] == _SCALED:
            p.width = whole_multiple(image.width, given["custom_scale"])
            p.height = whole_multiple(image.height, given["custom_scale"])
        upscaler = _upscaler(server.upscalers, given["upscaler_index"])
        return Upscaling(server, p, given, upscaler).run(image)


@raises_upstream
def _first(images: Sequence[Any]) -> Any:
    return images[0]


@raises_upstream
def _upscaler(names: Sequence[str], index: Any) -> str:
    found: str = list(names)[index]
    return found


class UltimateUpscaleExtension(Extension):
    """The extension ultimate-upscale-for-automatic1111."""

    name = "ultimate-upscale"
    folder = "ultimate-upscale-for-automatic1111"
    versions = ("2322caa4",)
    summary = "a script of img2img: a picture enlarged and redrawn tile by tile"

    def make_scripts(self) -> Sequence[Script]:
        """Its one script."""
        return (UltimateUpscale(),)


EXTENSION = UltimateUpscaleExtension
