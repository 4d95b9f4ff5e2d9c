"""Segment Anything: masks of what stands at a point, in a box, or is of a category."""

from mockserver.extensions.segment_anything.extension import EXTENSION

__all__ = ["EXTENSION"]
