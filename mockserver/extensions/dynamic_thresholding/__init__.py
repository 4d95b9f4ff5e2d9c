"""Dynamic Thresholding (CFG Scale Fix): high CFG scales without burnt colours."""

from mockserver.extensions.dynamic_thresholding.extension import EXTENSION

__all__ = ["EXTENSION"]
