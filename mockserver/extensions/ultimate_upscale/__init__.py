"""Ultimate SD upscale: a picture enlarged and redrawn tile by tile."""

from mockserver.extensions.ultimate_upscale.extension import EXTENSION

__all__ = ["EXTENSION"]
