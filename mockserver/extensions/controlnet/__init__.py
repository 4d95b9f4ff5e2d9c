"""Mikubill/sd-webui-controlnet: generations follow a picture."""

from mockserver.extensions.controlnet.extension import ControlNet
from mockserver.extensions.controlnet.forge import ForgeControlNet

__all__ = ["EXTENSION", "ForgeControlNet"]

#: Forge's own is found among its subclasses.
EXTENSION = ControlNet
