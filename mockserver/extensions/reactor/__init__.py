"""ReActor: the face of one picture in another."""

from mockserver.extensions.reactor.extension import EXTENSION

__all__ = ["EXTENSION"]
