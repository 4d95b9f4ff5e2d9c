"""The always-on script Soft inpainting: what it adds where a request enables it.

Source: extensions-builtin/soft-inpainting/scripts/soft_inpainting.py, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.webui.processing.processing import Processing

NAME = "soft inpainting"
_LABELS = (
    "Soft inpainting schedule bias",
    "Soft inpainting preservation strength",
    "Soft inpainting transition contrast boost",
    "Soft inpainting mask influence",
    "Soft inpainting difference threshold",
    "Soft inpainting difference contrast",
)


def note(p: Processing) -> None:
    """Add its settings to the extra parameters, if it is on and there is a mask.

    The mask is not rounded to black and white then.
    """
    arguments = p.scripts.alwayson.get(NAME) if p.scripts else None
    if not arguments or not arguments[0] or p.image_mask is None:
        return
    p.mask_round = False
    p.tell("Soft inpainting enabled", True)
    for label, value in zip(_LABELS, arguments[1:], strict=True):
        p.tell(label, value)
