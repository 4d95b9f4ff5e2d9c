"""The server that comes with stable-diffusion.cpp."""

from mockserver.families.sdcpp.family import FAMILY

__all__ = ["FAMILY"]
