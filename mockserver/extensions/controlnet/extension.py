"""ControlNet as an extension: its lists, its script, its routes."""

from __future__ import annotations

from mockserver.extensions.base import Extension


class ControlNet(Extension):
    """Mikubill/sd-webui-controlnet. Source: 56cec5b2 (1.1.455) and 3d75bd08 (1.1.447)."""

    name = "controlnet"
    folder = "sd-webui-controlnet"
    versions = ("1.1.455", "1.1.447")
    summary = "generations follow a control picture"
    imports_api = True


EXTENSION = ControlNet
