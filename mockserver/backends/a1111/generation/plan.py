"""The plan of one iteration: its prompts and seeds, its size, and what the text encoder is asked.

Source: modules/processing.py ``process_images_inner`` and ``setup_conds``, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation import networks
from mockserver.backends.a1111.generation.denoise import ENCODING, step_seconds
from mockserver.backends.a1111.generation.networks import ExtraNetworks
from mockserver.backends.a1111.generation.noise import batch_shape
from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.conds import TextEncoder
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.source import Source


def _total_steps(server: GenerationContext, sampler_name: str | None, steps: Any) -> Any:
    """How often the model is asked in so many steps of a sampler."""
    sampler = server.samplers.find(sampler_name)
    if server.rules.second_order_multiplies_steps:
        return steps * (2 if sampler and sampler.second_order else 1)
    return sampler.total_steps(steps) if sampler else steps


@raises_upstream
def _first_steps(server: GenerationContext, p: Processing) -> Any:
    """Steps of the first pass; the webui divides them by those of the request."""
    total = _total_steps(server, p.sampler_name, p.steps)
    if not server.rules.second_order_multiplies_steps:
        int(total // p.steps)
    return total


@raises_upstream
def _hires_steps(server: GenerationContext, sampler_name: str | None, steps: Any) -> Any:
    return _total_steps(server, sampler_name, steps)


class Batch:
    """One iteration, planned: what its pictures are sampled from.

    Args:
        server: the server.
        p: the generation; its `iteration` is set.
        encoder: asks the text encoder.
        source: what img2img starts from.

    Attributes:
        server: the server.
        p: the generation; `prompts`, `seeds` and their kin are those of the iteration.
        source: what img2img starts from; None in txt2img.
        networks: what the tags of its prompts ask for.
        hires_networks: the same of the prompts of the hires pass.
        shape: channels, height and width of the latents of the first pass.

    Raises:
        ServerError: sizes and seeds that torch refuses.
    """

    def __init__(
        self,
        server: GenerationContext,
        p: Processing,
        encoder: TextEncoder,
        source: Source | None = None,
    ) -> None:
        self.server, self.p, self.source = server, p, source
        self._encoder = encoder
        self.networks = self.hires_networks = ExtraNetworks()
        self._place = slice(p.iteration * p.batch_size, (p.iteration + 1) * p.batch_size)
        p.prompts = p.all_prompts[self._place]
        p.negative_prompts = p.all_negative_prompts[self._place]
        p.seeds = p.all_seeds[self._place]
        p.subseeds = p.all_subseeds[self._place]
        self.shape = batch_shape(p, server.rules.side_multiple)

    def prepare(self) -> None:
        """Take the tags out of the prompts, ask the text encoder, and take its time.

        Raises:
            ServerError: prompts, steps or options that cannot be used.
        """
        server, p = self.server, self.p
        p.prompts, self.networks = networks.without_tags(p.prompts)
        if p.enable_hr:
            p.hr_negative_prompts = p.all_hr_negative_prompts[self._place]
            p.hr_prompts, self.hires_networks = networks.without_tags(p.all_hr_prompts[self._place])
        if not p.disable_extra_networks:
            networks.activate(server, p, self.networks)
        if server.callbacks:
            server.callbacks.process_batch(p)
        self._ask()
        p.extra_generation_params.update(self._encoder.added)
        if self._encoder.ran:
            self.wait(ENCODING)
        self._encoder.ran = False

    def _ask(self) -> None:
        """The conditioning of the first pass (``setup_conds``)."""
        p = self.p
        total = p.firstpass_steps = _first_steps(self.server, p)
        ask = self._encoder.ask
        if not (self.server.rules.unguided_unread and p.cfg_scale == 1):
            ask(("uc",), p.negative_prompts, total, self.networks)
        ask(("c",), p.prompts, total, self.networks, composable=True)
        p.hr_conds_ready = False
        early = self.server.options["hires_fix_use_firstpass_conds"]
        if p.enable_hr and p.hr_checkpoint is None and early:
            self.ask_hires()

    def ask_hires(self) -> None:
        """The conditioning of the hires pass (``calculate_hr_conds``)."""
        p = self.p
        if p.hr_conds_ready:
            return
        p.hr_conds_ready = True
        name = p.hr_sampler_name or p.sampler_name
        steps = _hires_steps(self.server, name, p.hr_second_pass_steps or p.steps)
        first, found, ask = p.firstpass_steps, self.hires_networks, self._encoder.ask
        if not (self.server.rules.unguided_unread and p.hr_cfg == 1):
            ask(("hr_uc", "uc"), p.hr_negative_prompts, first, found, steps)
        ask(("hr_c", "c"), p.hr_prompts, first, found, steps, composable=True)

    def ask_again(self) -> None:
        """The refiner has taken over: the prompts are encoded anew, by its text encoder."""
        if self.p.is_hr_pass:
            self.p.hr_conds_ready = False
            self.ask_hires()
        else:
            self._ask()

    def wait(self, steps: float) -> None:
        """Let the time of so many steps of the first pass go by.

        Args:
            steps: may be a part of one.
        """
        seconds = step_seconds(self.server, self.shape, len(self.p.seeds))
        if seconds:
            self.server.clock.sleep(steps * seconds)
