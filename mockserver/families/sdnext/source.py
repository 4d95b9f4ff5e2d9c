"""Source: the picture and the mask that img2img starts from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.webui.hazards import hazard

if TYPE_CHECKING:
    from PIL import Image

_HASH = 8
#: Names of the resize modes, by number. Recorded: i2i/resize1 (Fixed).
RESIZE_MODES = ["None", "Fixed", "Crop", "Fill", "Outpaint", "Context aware"]


@dataclass(frozen=True)
class Source:
    """What img2img starts from.

    Attributes:
        picture: the first of the request's init images, as it was sent.
        mask: white where it is repainted; None repaints everything.
    """

    picture: Image.Image
    mask: Image.Image | None = None

    @property
    def hash(self) -> str:
        """The first 8 hex digits of the SHA-256 of its pixels. Recorded: i2i/data-uri."""
        return hashlib.sha256(self.picture.tobytes()).hexdigest()[:_HASH]


@hazard
def resize_mode(values: dict[str, Any]) -> str | None:
    """Name of the request's resize mode; None for none."""
    name = RESIZE_MODES[values["resize_mode"] or 0]
    return None if name == "None" else name
