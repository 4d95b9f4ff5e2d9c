"""One iteration: its prompts and seeds, its sampling runs, and the pictures that come of it.

Source: modules/processing.py ``process_images_inner`` and the two ``sample``, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation import networks, noise, sampling
from mockserver.backends.a1111.generation.conds import longest
from mockserver.backends.a1111.generation.denoise import DECODING, ENCODING, Denoiser, step_seconds
from mockserver.backends.a1111.generation.networks import ExtraNetworks
from mockserver.backends.a1111.generation.pictures import Picture, Preview
from mockserver.backends.a1111.generation.processing import ActiveSampler
from mockserver.backends.a1111.generation.recipe import Recipes
from mockserver.backends.a1111.prompt_schedule import Timeline
from mockserver.core.errors import ServerError
from mockserver.core.upstream_errors import raises_upstream
from mockserver.imaging.spec import PictureSpec

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.conds import TextEncoder
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.sampling import Course
    from mockserver.backends.a1111.generation.source import Source


@raises_upstream
def _step_multiplier(total: Any, steps: Any) -> int:
    return int(total // steps)


@raises_upstream
def _total_steps(server: GenerationContext, sampler_name: str | None, steps: Any) -> Any:
    sampler = server.samplers.find(sampler_name)
    if server.rules.second_order_multiplies_steps:
        return steps * (2 if sampler and sampler.second_order else 1)
    return sampler.total_steps(steps) if sampler else steps


@raises_upstream
def _check_sides(p: Processing, multiple: int) -> None:
    """The model halves the latent and doubles it again, and insists on the size it had."""
    fit = p.width % multiple == 0 and p.height % multiple == 0
    if not fit:
        raise ServerError("RuntimeError", "Sizes of tensors must match except in dimension 1.")


@raises_upstream
def _positive(value: Any) -> bool:
    return bool(value > 0)


class Batch:
    """The pictures of one iteration in the making.

    Args:
        server: the server.
        p: the generation; its `iteration` is set.
        encoder: asks the text encoder.
        source: what img2img starts from.

    Attributes:
        networks: what the tags of its prompts ask for.
        hires_networks: the same of the prompts of the hires pass.
        shape: channels, height and width of the latents, those of the last pass.
        second_pass: what a hires pass changes in the pixels.

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
        self._server, self._p, self._encoder = server, p, encoder
        self._source = source
        self.networks = self.hires_networks = ExtraNetworks()
        self._place = slice(p.iteration * p.batch_size, (p.iteration + 1) * p.batch_size)
        p.prompts = p.all_prompts[self._place]
        p.negative_prompts = p.all_negative_prompts[self._place]
        p.seeds = p.all_seeds[self._place]
        p.subseeds = p.all_subseeds[self._place]
        self.shape = noise.latent_shape(p.width, p.height)
        _check_sides(p, server.rules.side_multiple)
        for seed in p.seeds:
            noise.check_seed(seed)
        self._recipes: Recipes | None = None
        self.second_pass: dict[str, Any] = {}

    def prepare(self) -> None:
        """Take the tags out of the prompts and ask the text encoder.

        Raises:
            ServerError: prompts, steps or options that cannot be used.
        """
        p = self._p
        p.prompts, self.networks = networks.without_tags(p.prompts)
        if p.enable_hr:
            p.hr_negative_prompts = p.all_hr_negative_prompts[self._place]
            p.hr_prompts, self.hires_networks = networks.without_tags(p.all_hr_prompts[self._place])
        if not p.disable_extra_networks:
            networks.activate(self._server, p, self.networks)
        self._server.callbacks.process_batch(p)
        self._ask()
        p.extra_generation_params.update(self._encoder.added)

    def _ask(self) -> None:
        """The conditioning of the first pass (``setup_conds``)."""
        p = self._p
        total = _total_steps(self._server, p.sampler_name, p.steps)
        if not self._server.rules.second_order_multiplies_steps:
            _step_multiplier(total, p.steps)
        p.firstpass_steps = total
        ask = self._encoder.ask
        if not (self._server.rules.unguided_unread and p.cfg_scale == 1):
            ask(("uc",), p.negative_prompts, total, self.networks)
        ask(("c",), p.prompts, total, self.networks, composable=True)
        p.hr_conds_ready = False
        early = self._server.options["hires_fix_use_firstpass_conds"]
        if p.enable_hr and p.hr_checkpoint is None and early:
            self.ask_hires()

    def ask_hires(self) -> None:
        """The conditioning of the hires pass (``calculate_hr_conds``)."""
        p = self._p
        if p.hr_conds_ready:
            return
        p.hr_conds_ready = True
        name = p.hr_sampler_name or p.sampler_name
        steps = _total_steps(self._server, name, p.hr_second_pass_steps or p.steps)
        first, found, ask = p.firstpass_steps, self.hires_networks, self._encoder.ask
        if not (self._server.rules.unguided_unread and p.hr_cfg == 1):
            ask(("hr_uc", "uc"), p.hr_negative_prompts, first, found, steps)
        ask(("hr_c", "c"), p.hr_prompts, first, found, steps, composable=True)

    def _refined(self) -> None:
        """The refiner has taken over: the prompts are encoded anew, by its text encoder."""
        if self._p.is_hr_pass:
            self._p.hr_conds_ready = False
            self.ask_hires()
        else:
            self._ask()

    def wait(self, steps: float) -> None:
        """Let the time of so many steps pass."""
        seconds = step_seconds(self._server, self.shape, len(self._p.seeds))
        if seconds:
            self._server.clock.sleep(steps * seconds)

    def encode(self) -> None:
        """Let the time pass that the text encoder takes, if it had to run."""
        if self._encoder.ran:
            self.wait(ENCODING)
        self._encoder.ran = False

    def decode(self) -> None:
        """Let the time pass that turning latents into pixels takes.

        Raises:
            ServerError: latents without a size.
        """
        noise.check_decodable(self.shape)
        self.wait(DECODING)

    def draw(self) -> None:
        """Draw the noise.

        Raises:
            ServerError: what torch refuses.
        """
        delta = self._server.options["eta_noise_seed_delta"]
        noise.draw(self._p, self.shape, self._p.seeds, delta)

    def sample_from_noise(self) -> None:
        """The sampling run of txt2img, the first of two with hires fix.

        Raises:
            ServerError: what sampling trips over.
        """
        server, p = self._server, self._p
        sampler = server.samplers.create(p.sampler_name)
        p.sampler = ActiveSampler(sampler)
        self.draw()
        if server.checkpoints.current.inpainting:
            p.conditioning = self.shape[1:]
        course = sampling.course(server, p, sampler, p.steps)
        if server.options["sgm_noise_multiplier"] and not sampler.by_timesteps:
            p.tell("SGM noise multiplier", True)
        self._denoise(course)

    def sample_from_picture(self, steps: Any = None) -> None:
        """The sampling run of img2img, or the second one of hires fix, which has `steps`.

        Raises:
            ServerError: what sampling trips over.
        """
        server, p = self._server, self._p
        sampler = p.sampler.sampler if p.sampler else server.samplers.create(p.sampler_name)
        course = sampling.image_course(server, p, sampler, steps)
        extra = server.options["img2img_extra_noise"]
        if _positive(extra):
            p.tell("Extra noise", extra)
        self._denoise(course)

    def _denoise(self, course: Course) -> None:
        server, p = self._server, self._p
        server.callbacks.before_every_sampling(p)
        server.callbacks.sample(p)
        active = sampling.initialise(server, p, course.sampler)
        sampling.check_sampler(server, course, p.seeds, active.eta)
        preview = Preview(server, self.preview_spec, len(p.seeds))
        denoiser = Denoiser(server, p, course, self.shape, len(p.seeds), self._refined)
        made = denoiser.run(preview.make)
        if made == course.steps:
            sampling.check_history(course)
        self._note_padding()
        if not p.is_hr_pass:
            self._recipes = Recipes(server, p, course, made, self.networks)
        elif made < course.steps:
            self.second_pass["hires_ended_after"] = made

    def _note_padding(self) -> None:
        """Prompts of different length are padded to the same, if an option says so."""
        p, options = self._p, self._server.options
        old = options["pad_cond_uncond_v0"]
        if not old and not options["pad_cond_uncond"]:
            return
        prompts, negative, hires_steps = p.prompts, p.negative_prompts, None
        if p.is_hr_pass:
            prompts, negative = p.hr_prompts, p.hr_negative_prompts
            hires_steps = p.hr_second_pass_steps or p.steps
        timeline = Timeline(p.firstpass_steps, hires_steps, bool(options["use_old_scheduling"]))
        if longest(prompts, timeline, composable=True) != longest(negative, timeline):
            p.tell("Pad conds v0" if old else "Pad conds", True)

    def spec(self, number: int) -> PictureSpec:
        """What picture `number` of the batch is painted from."""
        recipe = self._recipes.picture(number) if self._recipes else {}
        source = self._source
        return PictureSpec.of(
            self.shape[2] * noise.FACTOR,
            self.shape[1] * noise.FACTOR,
            start=source.start(number) if source else None,
            **recipe,
            **self.second_pass,
        )

    def preview_spec(self, number: int, scale: int, step: int) -> PictureSpec:
        """What a preview of it is painted from: a smaller picture, after fewer steps."""
        p = self._p
        return PictureSpec.of(
            self.shape[2] * scale,
            self.shape[1] * scale,
            prompt=p.prompts[number],
            negative_prompt=p.negative_prompts[number],
            seed=p.seeds[number],
            cfg_scale=p.cfg_scale,
            steps=step,
        )

    def pictures(self) -> list[Picture]:
        """The pictures, in order; they are painted when somebody looks."""
        specs = [self.spec(number) for number in range(len(self._p.prompts))]
        return [Picture(self._server.gallery.get(spec), key=spec) for spec in specs]
