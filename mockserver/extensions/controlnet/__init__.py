"""Mikubill/sd-webui-controlnet: generations follow a picture."""

from mockserver.extensions.controlnet.extension import EXTENSION

__all__ = ["EXTENSION"]
