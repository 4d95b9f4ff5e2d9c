"""The always-on script Hypertile: what it adds where options enable it.

Source: extensions-builtin/hypertile/scripts/hypertile_script.py, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.webui.processing.processing import Processing
    from mockserver.webui.processing.server import Server

_VALUES = (("max depth", "max_depth"), ("max tile size", "max_tile"), ("swap size", "swap_size"))


def note(server: Server, p: Processing, *, unet: bool = False) -> None:
    """Add what is enabled to the extra parameters; values that are the default are null.

    Args:
        server: its options tell.
        p: the generation.
        unet: add the values of the U-Net in any case (a hires pass that alone uses it).
    """
    options = server.options
    if options["hypertile_enable_unet"]:
        p.tell("Hypertile U-Net", True)
        unet = True
    if unet:
        _note_values(server, p, "U-Net", "unet")
    if options["hypertile_enable_vae"]:
        p.tell("Hypertile VAE", True)
        _note_values(server, p, "VAE", "vae")


def _note_values(server: Server, p: Processing, title: str, name: str) -> None:
    options = server.options
    for label, option in _VALUES:
        full = f"hypertile_{option}_{name}"
        value = options[full]
        shown = None if value == options.default(full) else value
        p.tell(f"Hypertile {title} {label}", shown)


def before_hires(server: Server, p: Processing) -> None:
    """Before the hires pass: it may use Hypertile where the first one did not."""
    options = server.options
    second = options["hypertile_enable_unet_secondpass"]
    if second and not options["hypertile_enable_unet"]:
        p.tell("Hypertile U-Net second pass", True)
        note(server, p, unet=True)
