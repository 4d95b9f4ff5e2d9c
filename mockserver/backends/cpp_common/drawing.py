"""One generation of a server written in C++: its turn, its time, its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.imaging.spec import PictureSpec, Pixels, Start

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.core.simulated import SimulatedServer
    from mockserver.imaging.formats import EncodedPicture
    from mockserver.imaging.painted import Painted


#: The area whose step takes `Config.step_time`.
_AREA = 512 * 512


@dataclass(frozen=True)
class DrawingJob:
    """What a picture is made from.

    Attributes:
        size: width and height.
        prompt: as the sampler sees it.
        negative_prompt: likewise.
        seed: of the first picture; each further one has the next.
        steps: of the sampler.
        cfg_scale: of the sampler.
        sampler: its name and schedule, and whatever else changes pixels.
        start: the picture that img2img starts from, in that size; None for txt2img.
        denoising: how much of it is painted over.
        mask: likewise, white is repainted; None repaints everything.
    """

    size: tuple[int, int]
    prompt: str
    negative_prompt: str
    seed: int
    steps: int
    cfg_scale: float
    sampler: str
    start: Image.Image | None = None
    denoising: float = 1.0
    mask: Image.Image | None = None


def _spec(sitting: DrawingJob, number: int) -> PictureSpec:
    start = None
    if sitting.start is not None:
        mask = Pixels(sitting.mask) if sitting.mask is not None else None
        start = Start(Pixels(sitting.start), sitting.denoising, mask)
    return PictureSpec.of(
        *sitting.size,
        start=start,
        prompt=sitting.prompt,
        negative_prompt=sitting.negative_prompt,
        seed=sitting.seed + number,
        steps=sitting.steps,
        cfg_scale=sitting.cfg_scale,
        sampler=sitting.sampler,
    )


def draw(server: SimulatedServer, sitting: DrawingJob, count: int = 1) -> list[Painted]:
    """Wait for the turn, take the time of all steps, and paint `count` pictures."""
    with server.queue:
        seconds = server.pace.step_time * sitting.size[0] * sitting.size[1] / _AREA
        server.clock.sleep(seconds * sitting.steps * count)
        painted = [server.gallery.get(_spec(sitting, number)) for number in range(count)]
        for picture in painted:
            picture.prepare()
        return painted


def with_text(painted: Painted, text: str) -> EncodedPicture:
    """The PNG with a ``parameters`` text as C++ writes it: UTF-8, up to the first NUL."""
    shown = text.partition("\0")[0].encode().decode("latin-1")
    return painted.encoded("png", {"parameters": shown})
