"""The plan of one iteration: its prompts and seeds, its size, and what the text encoder is asked.

Source: modules/processing.py ``process_images_inner`` and ``setup_conds``, at v1.10.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation import networks
from mockserver.backends.a1111.generation.conds import (
    check_hidden_state,
    clip_skip,
    embeddings_in,
    encoded_texts,
    iterated,
    timelines_differ,
)
from mockserver.backends.a1111.generation.denoise import ENCODING, step_seconds
from mockserver.backends.a1111.generation.networks import ExtraNetworks
from mockserver.backends.a1111.generation.noise import batch_shape
from mockserver.backends.a1111.prompt_syntax import Timeline, parse_prompt_attention
from mockserver.core.errors import OPERATIONS, server_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.source import Source


_MAIN_OPTIONS = (
    "CLIP_stop_at_last_layers",
    "sdxl_crop_left",
    "sdxl_crop_top",
    "fp8_storage",
    "cache_fp16_weight",
    "emphasis",
)
#: Signs left out of an embedding's name in ``TI hashes``.
_FORBIDDEN = str.maketrans("", "", ":,")


def _total_steps(server: GenerationContext, sampler_name: str | None, steps: Any) -> Any:
    """How often the model is asked in so many steps of a sampler."""
    sampler = server.samplers.by_name.get(sampler_name)
    twice = sampler is not None and sampler.second_order
    try:
        if server.rules.second_order_multiplies_steps:
            return steps * (2 if twice else 1)
        return steps * 2 if twice else steps
    except OPERATIONS as error:
        raise server_error(error) from error


def _first_steps(server: GenerationContext, p: Processing) -> Any:
    """Steps of the first pass; the webui divides them by those of the request."""
    total = _total_steps(server, p.sampler_name, p.steps)
    if not server.rules.second_order_multiplies_steps:
        try:
            int(total // p.steps)
        except OPERATIONS as error:
            raise server_error(error) from error
    return total


@dataclass
class TextEncoder:
    """Asks the text encoder for one generation, and gathers what it adds to the infotext.

    Attributes:
        server: the server.
        p: the generation.
        added: what it adds to the infotext.
        ran: it had to run; whoever takes the time for that sets it back.
    """

    server: GenerationContext
    p: Processing
    added: dict[str, Any] = field(default_factory=dict)
    ran: bool = False

    def ask(  # noqa: PLR0913 - the webui's own question has this many parts
        self,
        kinds: Sequence[str],
        prompts: Sequence[Any],
        steps: Any,
        networks: ExtraNetworks | None,
        hires_steps: Any = None,
        *,
        composable: bool = False,
    ) -> None:
        """Ask for the conditioning of `prompts`, unless it was asked last time.

        Asked the same again the encoder is not run, so what it would add to the infotext is not
        added and what it would fail with does not happen (``get_conds_with_caching``).

        Args:
            kinds: where the answer may be known from; it is kept under the first.
            prompts: prompts of the batch, without their tags.
            steps: steps of the first pass.
            networks: the networks in use.
            hires_steps: steps of the hires pass, None in the first.
            composable: prompts are split at AND.

        Raises:
            ServerError: a prompt or an option that the encoder cannot take.
        """
        options = self.server.options
        if options["use_old_scheduling"] and any(map(timelines_differ, iterated(prompts))):
            self.p.extra_generation_params["Old prompt editing timelines"] = True
        question = (
            list(prompts),
            steps,
            hires_steps,
            networks.tags if networks else None,
            self.server.checkpoints.current,
            self.p.width,
            self.p.height,
            options["use_old_scheduling"],
            *[options[name] for name in _MAIN_OPTIONS],
        )
        asked = self.server.asked_conds
        if all(asked.get(kind) != question for kind in kinds):
            timeline = Timeline(steps, hires_steps, bool(options["use_old_scheduling"]))
            self.encode(prompts, timeline, composable=composable)
            asked[kinds[0]] = question

    def encode(
        self, prompts: Sequence[Any], timeline: Timeline | None = None, *, composable: bool = False
    ) -> None:
        """Run the encoder, whatever it was asked before.

        Args:
            prompts: prompts of the batch, without their tags.
            timeline: the steps by which the numbers of prompt editing count, default one step.
            composable: prompts are split at AND.

        Raises:
            ServerError: as `ask`.
        """
        self.ran = True
        for texts in encoded_texts(iterated(prompts), timeline or Timeline(1), composable):
            self._encode_together(texts)

    def _encode_together(self, texts: Sequence[str]) -> None:
        """Encode the texts that one prompt becomes."""
        emphasis = self.server.options["emphasis"]
        for text in texts:
            if emphasis != "None" and "(" in text:
                parse_prompt_attention(text)
        check_hidden_state(clip_skip(self.server))
        if not self.server.options["use_old_emphasis_implementation"]:
            self._note_embeddings(texts)
        if emphasis != "Original" and any("(" in text or "[" in text for text in texts):
            self.added["Emphasis"] = emphasis

    def _note_embeddings(self, texts: Sequence[str]) -> None:
        if not self.server.options["textual_inversion_add_hashes_to_infotext"]:
            return
        names = embeddings_in(self.server, texts)
        if not names:
            return
        embeddings = self.server.networks.embeddings
        hashes = [f"{name.translate(_FORBIDDEN)}: {embeddings.short_hash(name)}" for name in names]
        before = self.added.get("TI hashes")
        self.added["TI hashes"] = ", ".join([*hashes, before] if before else hashes)


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
        previews: whether a preview is made of each finished pass and only then.

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
        options = server.options
        shown = bool(options["live_previews_enable"])
        self.previews = shown and options["show_progress_every_n_steps"] == -1

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
        if self._encoder.ran and p.step_time:
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
        steps = _total_steps(self.server, name, p.hr_second_pass_steps or p.steps)
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
