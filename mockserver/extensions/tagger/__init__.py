"""WD14 tagger (picobyte's): tags of a picture with their scores."""

from mockserver.extensions.tagger.extension import EXTENSION

__all__ = ["EXTENSION"]
