"""The steps of a sampling run as they pass: flags, refiner, guidance, and the state shown.

Source: modules/sd_samplers_cfg_denoiser.py ``forward``, sd_samplers_common.py
``launch_sampling`` and ``apply_refiner``, at v1.10.1; recorded: the progress traces.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.hires import short_title
from mockserver.backends.a1111.generation.noise import check_latent, check_one_point, sizes_differ
from mockserver.backends.a1111.generation.schedule import MOST_LEVELS, TRAINED_STEPS, timestep_of
from mockserver.core.errors import ServerError, raises_upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.sampling import Course


#: The area whose step takes `Server.step_time`.
_AREA = 512 * 512
_LATENT_AREA = _AREA // 64
#: Share of a step's time that turning the latent into pixels takes.
DECODING = 0.5
#: Steps' time that the text encoder takes.
ENCODING = 1.0
#: Steps' time before the jobs are counted.
PREPARING_STEPS = 0.25
#: The guidance as the forks take it: they look at whether it is 1, and do not look for NaN.
COMPARED = "compared"
_NANS = (
    "A tensor with NaNs was produced in {where}. "
    "Use --disable-nan-check commandline argument to disable this check."
)


def step_seconds(server: GenerationContext, shape: tuple[int, int, int], pictures: int) -> float:
    """Seconds that one pass through the model takes for a batch of that latent.

    Args:
        server: its pace.
        shape: channels, height and width of the latent.
        pictures: how many pictures the batch has.
    """
    if not server.pace.step_time:
        return 0.0
    return server.pace.step_time * max(shape[1] * shape[2], 1) / _LATENT_AREA * max(pictures, 1)


@raises_upstream
def _guided(cfg_scale: Any, how: str) -> float:
    """The guidance as the denoiser multiplies it with a prompt's weight, or compares it with 1."""
    if how == COMPARED:
        math.isclose(cfg_scale, 1.0)
        return float(cfg_scale)
    return float(1.0 * cfg_scale if how == "weight first" else cfg_scale * 1.0)


@raises_upstream
def _skips_early(done: float, share: Any) -> bool:
    return share != 0.0 and bool(done <= share)


@raises_upstream
def _skips_small(p: Processing, number: int, level: float, *, every: Any) -> bool:
    return bool((number % 2 or every) and p.s_min_uncond > 0 and level < p.s_min_uncond)


class Denoiser:
    """One sampling run in progress.

    Args:
        server: the server.
        p: the generation.
        course: its steps.
        shape: of the latent.
        refined: called when the refiner has taken over.
    """

    def __init__(
        self,
        server: GenerationContext,
        p: Processing,
        course: Course,
        shape: tuple[int, int, int],
        refined: Callable[[], None],
    ) -> None:
        self._server, self._p, self._course = server, p, course
        self._shape = shape
        self._pictures = len(p.seeds)
        self._refined = refined
        self._asked = course.asked if course.levels else []
        self._skips = False

    def run(self, preview: Callable[[], Any], seconds: float = 0.0) -> int:
        """Make the steps; gives how many were made before somebody ended it.

        Args:
            preview: makes a picture of what there is, for progress.
            seconds: that a step takes.

        Raises:
            ServerError: what the model fails on.
        """
        state = self._server.state
        state.start_sampling(self._course.shown, self._p.n_iter)
        steps = self._course.steps
        if steps < 1 or state.ends_sampling:
            return 0
        check_latent(self._shape, self._pictures)
        if self._p.refiner is None or self._refiner_step() != 0:
            self._check_conditioning()
        if self._server.rules.one_point:
            check_one_point(self._shape, self._pictures * (1 if self._unguided() else 2))
        self._guidance()
        state.latent = preview
        if not seconds:
            if self._p.refiner is not None:
                self._switch_at_once()
            state.sampling_step = steps - 1
            return steps
        return self._pass(steps, seconds)

    def _check_conditioning(self) -> None:
        """An inpainting model puts latent and masked picture together, which have to fit.

        Raises:
            ServerError: they do not: a model without that conditioning made an empty one, or the
                hires pass has another size than the first one.
        """
        if not self._server.checkpoints.current.inpainting:
            return
        for wanted, found in zip(self._shape[1:], self._p.conditioning, strict=True):
            if wanted != found:
                raise sizes_differ(wanted, found)

    def _pass(self, steps: int, seconds: float) -> int:
        """Let the steps take their time."""
        server, state = self._server, self._server.state
        switch = self._refiner_step()
        seconds *= self._course.sampler.total_steps(1)
        for step in range(steps):
            if state.ends_sampling:
                return step
            if step == switch:
                self._switch()
            server.clock.sleep(seconds)
            state.sampling_step = step
        return steps

    def _scale(self) -> Any:
        """The guidance of this pass: the forks have one of its own for the second."""
        p = self._p
        second = p.is_hr_pass and self._server.rules.guidance == COMPARED
        return p.hr_cfg if second else p.cfg_scale

    def _unguided(self) -> bool:
        """Whether the model is asked for the prompt alone."""
        scale = self._scale()
        return isinstance(scale, int | float) and math.isclose(scale, 1.0)

    def _guidance(self) -> None:
        """Where the negative prompt is left out, and what guidance makes of the rest."""
        options, p = self._server.options, self._p
        early = options["skip_early_cond"]
        every = options["s_min_uncond_all"]
        if early != 0.0 and _skips_early(0.0, early):
            p.note("Skip Early CFG", early)
        if options["refiner_switch_by_sample_steps"]:
            p.extra_generation_params["Refiner switch by sampling steps"] = True
        small = self._first_small(early, every) if self._asked else None
        rules = self._server.rules
        noted = rules.infotext_has_skipped_steps and "NGMS" not in rules.infotext_keys
        if small is not None and not noted:
            p.effects["NGMS"] = p.s_min_uncond
        elif small is not None:
            self._skips = True
            refined = self._refiner_step()
            if refined is None or small < refined:
                self._note_skips()
        if self._anything_guided(early, every):
            how = self._server.rules.guidance
            scale = self._scale() if p.is_hr_pass else p.cfg_scale
            plain = type(scale) is float and how != COMPARED
            guidance = scale if plain else _guided(scale, how)
            if how == COMPARED:
                return
            if math.isnan(guidance):
                raise ServerError("NansException", _NANS.format(where="Unet"))
            if math.isinf(guidance):
                raise ServerError("NansException", _NANS.format(where="VAE"))

    def _done(self, number: int) -> float:
        total = self._course.sampler.total_steps(self._course.shown)
        return number / total if total else 0.0

    def _first_small(self, early: Any, every: Any) -> int | None:
        """The step at which the negative prompt is first left out as there is little noise."""
        for number, level in enumerate(self._asked):
            if not _skips_early(self._done(number), early) and _skips_small(
                self._p, number, level, every=every
            ):
                return number // self._course.sampler.total_steps(1)
        return None

    def _note_skips(self) -> None:
        """Note in the infotext steps without negative prompt, once they are reached."""
        if not self._skips:
            return
        every = self._server.options["s_min_uncond_all"]
        self._p.note("NGMS", self._p.s_min_uncond)
        if every:
            self._p.note("NGMS all steps", every)

    def _anything_guided(self, early: Any, every: Any) -> bool:
        """Whether guidance is used at all: the levels are known only where it matters."""
        early_from_start = early != 0.0 and _skips_early(0.0, early)
        if not early_from_start and not (every and self._p.s_min_uncond):
            return True
        total = self._course.sampler.total_steps(self._course.steps)
        asked = self._asked or [math.inf] * min(total, MOST_LEVELS)
        return any(
            not _skips_early(self._done(number), early)
            and not _skips_small(self._p, number, level, every=every)
            for number, level in enumerate(asked)
        )

    def _refiner_step(self) -> int | None:
        """The step at which the refiner takes over; None for never."""
        p = self._p
        if p.refiner is None or self._server.checkpoints.is_loaded(p.refiner):
            return None
        if not self._pass_refined():
            return None
        for number, level in enumerate(self._asked):
            if p.refiner_switch_at is None or self._ratio(number, level) >= p.refiner_switch_at:
                return number // self._course.sampler.total_steps(1)
        return None

    def _pass_refined(self) -> bool:
        """Whether the refiner is for this pass of hires fix."""
        if not self._p.enable_hr:
            return True
        wanted = self._server.options["hires_fix_refiner_pass"]
        return bool(wanted != ("first pass" if self._p.is_hr_pass else "second pass"))

    def _ratio(self, number: int, level: float) -> float:
        """Share of the way from noise to picture that is done."""
        if self._server.options["refiner_switch_by_sample_steps"]:
            return self._done(number)
        by_timesteps = self._course.sampler.by_timesteps
        timestep = int(level) if by_timesteps else timestep_of(level)
        return (TRAINED_STEPS - 1 - timestep) / TRAINED_STEPS

    def _switch_at_once(self) -> None:
        if self._refiner_step() is not None:
            self._switch()

    def _switch(self) -> None:
        """Let the refiner take over (``apply_refiner``)."""
        p = self._p
        wanted = self._server.options["hires_fix_refiner_pass"]
        if p.enable_hr and wanted != "second pass":
            p.extra_generation_params["Hires refiner"] = wanted
        p.note("Refiner", short_title(p.refiner))
        p.note("Refiner switch at", p.refiner_switch_at)
        self._server.checkpoints.switch(p.refiner)
        self._refined()
        self._check_conditioning()
        self._note_skips()
