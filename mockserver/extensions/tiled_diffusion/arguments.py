"""The arguments of Tiled Diffusion, and what its tiles come to.

Source: scripts/tilediffusion.py and tile_utils/utils.py at 22798f68; recorded: x-tiled/*.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from mockserver.core.upstream_errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence


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
        """The settings in the slots of a request."""
        names = [field.name for field in fields(cls)][:-1]
        named = dict(zip(names, args, strict=False))
        return cls(**named, regions=tuple(args[len(names) :]))


@raises_upstream
def has_several_tiles(settings: TileSettings, width: Any, height: Any) -> bool:
    """Whether a picture of that size, in pixels, is more than one tile."""
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
    """Lay the tiles out; a latent just as high or wide as the overlap divides by nought."""
    wide, high = width // _FACTOR, height // _FACTOR
    tile_width, tile_height = min(settings.tile_width, wide), min(settings.tile_height, high)
    most = min(settings.tile_width, settings.tile_height) - _LEAST_STEP
    overlap = max(0, min(settings.overlap, most))
    math.ceil((wide - overlap) / (tile_width - overlap))
    math.ceil((high - overlap) / (tile_height - overlap))


@raises_upstream
def regions_told(settings: TileSettings) -> dict[str, dict[str, Any]]:
    """The regions that are switched on and inside the picture, as the infotext tells them."""
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
