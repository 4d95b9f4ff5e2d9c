"""rembg: the background of a picture is cut away."""

from mockserver.extensions.rembg.extension import EXTENSION

__all__ = ["EXTENSION"]
