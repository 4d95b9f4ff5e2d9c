"""What the always-on scripts Hypertile and Soft inpainting add."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


_VALUES = (("max depth", "max_depth"), ("max tile size", "max_tile"), ("swap size", "swap_size"))


def note_hypertile(server: GenerationContext, p: Processing, *, unet: bool = False) -> None:
    """Add what is enabled to the extra parameters; values that are the default are null.

    Args:
        server: its options say.
        p: the generation.
        unet: add the values of the U-Net in any case (a hires pass that alone uses it).
    """
    options = server.options
    if options["hypertile_enable_unet"]:
        p.note("Hypertile U-Net", True)
        unet = True
    if unet:
        _note_hypertile_values(server, p, "U-Net", "unet")
    if options["hypertile_enable_vae"]:
        p.note("Hypertile VAE", True)
        _note_hypertile_values(server, p, "VAE", "vae")


def _note_hypertile_values(server: GenerationContext, p: Processing, title: str, name: str) -> None:
    options = server.options
    for label, option in _VALUES:
        full = f"hypertile_{option}_{name}"
        value = options[full]
        shown = None if value == options.default(full) else value
        p.note(f"Hypertile {title} {label}", shown)


def note_hypertile_before_hires(server: GenerationContext, p: Processing) -> None:
    """Before the hires pass: it may use Hypertile where the first one did not.

    Args:
        server: its options.
        p: the generation.
    """
    options = server.options
    second = options["hypertile_enable_unet_secondpass"]
    if second and not options["hypertile_enable_unet"]:
        p.note("Hypertile U-Net second pass", True)
        note_hypertile(server, p, unet=True)


SOFT_INPAINTING = "soft inpainting"
_SOFT_INPAINTING_LABELS = (
    "Soft inpainting schedule bias",
    "Soft inpainting preservation strength",
    "Soft inpainting transition contrast boost",
    "Soft inpainting mask influence",
    "Soft inpainting difference threshold",
    "Soft inpainting difference contrast",
)


def note_soft_inpainting(p: Processing) -> None:
    """Add its settings to the extra parameters, if it is on and there is a mask.

    The mask is not rounded to black and white then.

    Args:
        p: the generation; its mask is not rounded then.
    """
    arguments = p.scripts.alwayson.get(SOFT_INPAINTING) if p.scripts else None
    if not arguments or not arguments[0] or p.image_mask is None:
        return
    p.mask_round = False
    p.note("Soft inpainting enabled", True)
    for label, value in zip(_SOFT_INPAINTING_LABELS, arguments[1:], strict=True):
        p.note(label, value)
