"""Loopback: each picture is what the next one starts from.

Source: scripts/loopback.py, at v1.10.1; recorded: t2i-script/i2i-loopback.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.finish import Processed, grid
from mockserver.backends.a1111.generation.resolve import fix_seeds
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.input_images import NO_TAGS, NO_WEIGHTS
from mockserver.core.errors import ServerError, raises_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.pictures import Picture
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.scripts.catalogue import ScriptEntry


_ORIGINAL = 1


@dataclass
class _Loops:
    """What the loops have in common.

    Attributes:
        loops: how many pictures lead to each other.
        final: denoising strength of the last one.
        curve: how the strength goes there.
        interrogation: what adds to the prompt what it sees.
        strength: denoising strength of the first one.
        prompt: what the request says.
        seed: of the first picture, None before it is made.
        info: infotext of the first picture.
        pictures: those that are answered.
    """

    loops: Any
    final: Any
    curve: Any
    interrogation: Any
    strength: Any
    prompt: Any
    seed: int | None = None
    info: str | None = None
    pictures: list[Picture] = field(default_factory=list)

    @raises_upstream
    def strength_of(self, loop: int) -> Any:
        """Denoising strength of a loop, counted from 0."""
        if self.loops == 1:
            return self.strength
        progress = loop / (self.loops - 1)
        if self.curve == "Aggressive":
            progress = math.sin(progress * math.pi * 0.5)
        elif self.curve == "Lazy":
            progress = 1 - math.cos(progress * math.pi * 0.5)
        return self.strength + (self.final - self.strength) * progress

    def prompt_with_words(self, server: GenerationContext) -> str:
        """The prompt and what interrogation says of the picture."""
        prompt = f"{self.prompt}, " if self.prompt else ""
        if self.interrogation == "CLIP":
            server.state.begin("interrogate")
            server.state.end()
            return prompt + NO_WEIGHTS
        return prompt + NO_TAGS if self.interrogation == "DeepBooru" else prompt


@raises_upstream
def _check_first(p: Processing) -> Any:
    return p.init_images[0]


@raises_upstream
def _range(count: Any) -> range:
    return range(count)


@raises_upstream
def _product(loops: Any, batches: Any) -> Any:
    return loops * batches


def run(
    server: GenerationContext, p: Processing, _: ScriptEntry, given: Sequence[Any]
) -> Processed:
    """The pictures of all loops, or the last one of each batch; before them their grid.

    Args:
        server: the server.
        p: the generation.
        given: the script's arguments, in the order of its interface.
    """
    state, options = server.state, server.options
    fix_seeds(p, server.random)
    batches = p.n_iter
    loops, final, curve, interrogation = given[:4]
    p.extra_generation_params = {"Final denoising strength": final, "Denoising curve": curve}
    p.batch_size = p.n_iter = 1
    job = _Loops(loops, final, curve, interrogation, p.denoising_strength, p.prompt)
    state.count(_product(job.loops, batches))
    _check_first(p)
    original, fill = p.init_images, p.inpainting_fill
    for batch in _range(batches):
        p.init_images, p.denoising_strength = original, job.strength
        last = _loop(server, p, job, f"batch {batch + 1}/{batches}", keep=batches == 1)
        if batches > 1 and not (state.skipped or state.interrupted):
            if last is not None:
                job.pictures.append(last)
            elif batch:
                raise ServerError("AttributeError", "'NoneType' object has no attribute 'size'")
        p.inpainting_fill = fill
        if state.ends_job:
            break
    images = job.pictures
    if len(images) > 1 and options["return_grid"]:
        images = [grid(server, images, rows=1), *images]
    return Processed(server, p, images, job.seed, job.info)


def _loop(
    server: GenerationContext, p: Processing, job: _Loops, batch: str, *, keep: bool
) -> Picture | None:
    """The loops of one batch; gives the last picture, None where nothing came of it."""
    state, last = server.state, None
    for number in _range(job.loops):
        p.n_iter = p.batch_size = 1
        p.do_not_save_grid = True
        if job.interrogation != "None":
            p.prompt = job.prompt_with_words(server)
        state.job = f"Iteration {number + 1}/{job.loops}, {batch}"
        processed = process_images(server, p)
        if state.ends_job:
            break
        if job.seed is None:
            job.seed, job.info = processed.seed, processed.info
        p.seed = processed.seed + 1
        p.denoising_strength = job.strength_of(number + 1)
        if state.skipped:
            break
        last = processed.images[0]
        p.init_images = [last.image]
        p.inpainting_fill = _ORIGINAL
        if keep:
            job.pictures.append(last)
    return last
