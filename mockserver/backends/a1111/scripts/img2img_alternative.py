"""img2img alternative test: the noise is worked out backwards from the picture.

Source: scripts/img2imgalt.py, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.noise import draw
from mockserver.backends.a1111.generation.plan import TextEncoder
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.generation.sample import from_picture
from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.generation.plan import Batch
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.sample import Latents
    from mockserver.backends.a1111.scripts.catalogue import ScriptEntry


_LABELS = (
    "Decode prompt",
    "Decode negative prompt",
    "Decode CFG scale",
    "Decode steps",
    "Randomness",
    "Sigma Adjustment",
)


def run(
    server: GenerationContext, p: Processing, _: ScriptEntry, given: Sequence[Any]
) -> Processed:
    """The pictures, sampled from noise that would have led to the init picture.

    Args:
        server: the server.
        p: the generation.
        given: the script's arguments, in the order of its interface.
    """
    _, use_euler, same_prompt, prompt, negative, same_steps, steps, full = given[:8]
    cfg, randomness, adjustment = given[8:11]
    if use_euler:
        p.sampler_name = "Euler"
    if same_prompt:
        p.prompt, p.negative_prompt = prompt, negative
    if same_steps:
        p.steps = steps
    if full:
        p.denoising_strength = 1.0
    values = (prompt, negative, cfg, steps, randomness, adjustment)
    labelled = dict(zip(_LABELS, values, strict=True))
    p.extra_generation_params.update(labelled)
    p.script_effects = labelled
    return process_images(server, p, _Backwards(server, p, prompt, negative, steps))


@raises_upstream
def _count(steps: Any) -> range:
    return range(steps)


@raises_upstream
def _next_seed(p: Processing) -> None:
    p.seed += 1


class _Backwards:
    """Finds the noise, then samples from it.

    Args:
        server: the server.
        p: the generation.
        prompt: what the init picture shows.
        negative: what it does not show.
        steps: in which the noise is found.
    """

    def __init__(
        self, server: GenerationContext, p: Processing, prompt: Any, negative: Any, steps: Any
    ) -> None:
        self._server, self._p = server, p
        self._prompts, self._steps = (prompt, negative), steps

    def __call__(self, batch: Batch) -> Latents:
        """Make the latents of a batch."""
        server, p = self._server, self._p
        server.state.count_first(p.n_iter)
        server.state.count(server.state.job_count + 1)
        encoder = TextEncoder(server, p)
        for prompt in self._prompts:
            encoder.encode([prompt])
        steps = _count(self._steps)
        server.state.sampling_steps = self._steps
        for _ in steps:
            server.state.sampling_step += 1
            batch.wait(1)
        server.state.next_job()
        draw(p, batch.shape, server.options["eta_noise_seed_delta"])
        _next_seed(p)
        return from_picture(batch)
