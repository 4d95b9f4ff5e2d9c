"""KoboldCpp: a program for language models that also draws, behind Python's own web server."""

from mockserver.families.koboldcpp.family import FAMILY

__all__ = ["FAMILY"]
