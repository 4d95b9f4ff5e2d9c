"""The second pass of txt2img, larger than the first.

Source: examples/server/routes_sdapi.cpp; recorded: t2i-field/enable_hr-* (refusals), and
t2i-field/hr_*: without ``enable_hr`` nothing of it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.errors import HTTPRefusal

if TYPE_CHECKING:
    from mockserver.families.sdcpp.nlohmann import Fields
    from mockserver.families.sdcpp.server import Sdcpp

_INVALID = 400


@dataclass(frozen=True)
class Hires:
    """What a request says of its second pass.

    Attributes:
        upscaler: its name, one of those listed.
        scale: factor, where width and height are 0.
        width: of the result; 0 for none asked for; height: likewise.
        steps: 0 for as many as the first pass has.
        denoising: how much is painted over.
    """

    upscaler: str
    scale: float
    width: int
    height: int
    steps: int
    denoising: float

    def enlarged(self, size: tuple[int, int]) -> tuple[int, int]:
        """The size of the result for a first pass of `size`."""
        if self.width > 0 and self.height > 0:
            return self.width, self.height
        return int(size[0] * self.scale), int(size[1] * self.scale)


def read_hires(server: Sdcpp, fields: Fields) -> Hires | None:
    """The second pass; None without ``enable_hr``.

    Raises:
        JsonError: a value of another type.
        HTTPRefusal: 400 for values out of range, or no such upscaler.
    """
    if not fields.flag("enable_hr", default=False):
        return None
    found = Hires(
        scale=fields.single("hr_scale", 2.0),
        width=fields.whole("hr_resize_x", 0),
        height=fields.whole("hr_resize_y", 0),
        steps=fields.whole("hr_steps", 0),
        denoising=fields.single("denoising_strength", 0.7),
        upscaler=fields.text("hr_upscaler", "Latent"),
    )
    known = server.names("upscalers") | server.names("latent-upscale-modes")
    sound = found.scale > 0 and found.steps >= 0 and 0 <= found.denoising <= 1
    if not sound or found.upscaler not in known or min(found.width, found.height) < 0:
        raise HTTPRefusal(_INVALID, "invalid params")
    return found
