"""One sampling run: its schedule, its steps, and what it adds to the infotext.

Source: modules/sd_samplers_common.py, sd_samplers_kdiffusion.py, sd_samplers_timesteps.py and
sd_samplers_cfg_denoiser.py, at v1.10.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.processing import ActiveSampler
from mockserver.backends.a1111.generation.samplers import SPAN_SAMPLERS
from mockserver.backends.a1111.generation.schedule import TRAINED_STEPS, Schedule, model_sigmas
from mockserver.core.errors import ServerError, raises_upstream, require

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.samplers import Sampler, Scheduler


#: Defaults of the sigma options: infotexts show only other values.
_SIGMA_DEFAULTS = {"s_churn": 0.0, "s_tmin": 0.0, "s_tmax": math.inf, "s_noise": 1.0}
_SIGMA_LABELS = {
    "s_churn": "Sigma churn",
    "s_tmin": "Sigma tmin",
    "s_tmax": "Sigma tmax",
    "s_noise": "Sigma noise",
}
_OLD_KARRAS = (0.1, 10.0)


@dataclass
class Course:
    """The steps of one sampling run.

    Attributes:
        sampler: which sampler.
        shown: steps as the state shows them.
        steps: steps that are made.
        levels: noise level of each step, largest first, made when somebody asks; for
            timestep samplers the timesteps.
        schedule: label of the schedule in use, None for the model's own.
        from_picture: sampling starts from a picture.
    """

    sampler: Sampler
    shown: int
    steps: int
    schedule: str | None = None
    levels: list[float] = field(default_factory=list)
    from_picture: bool = False

    @property
    def asked(self) -> list[float]:
        """The noise level each time the model is asked."""
        if not self.sampler.second_order:
            return self.levels
        found: list[float] = []
        for level, after in pairwise([*self.levels, 0.0]):
            found.append(level)
            if after > 0:
                found.append(after if self.sampler.name in _HEUN else math.sqrt(level * after))
        return found


_HEUN = frozenset({"Heun", "Restart"})


@raises_upstream
def image_steps(p: Processing, steps: Any, *, fix: Any) -> tuple[int, int]:
    """Steps to schedule and the one to begin before, when sampling starts from a picture.

    Args:
        p: the generation.
        steps: steps of a hires pass; None in img2img.
        fix: option img2img_fix_steps.

    Source: ``setup_img2img_steps``.
    """
    if fix or steps is not None:
        requested = steps or p.steps
        strength = p.denoising_strength
        scheduled = int(requested / min(strength, 0.999)) if strength > 0 else 0
        return scheduled, requested - 1
    return p.steps, int(min(p.denoising_strength, 0.999) * p.steps)


def _scheduler(server: GenerationContext, p: Processing, sampler: Sampler) -> Scheduler | None:
    if not server.rules.infotext_has_schedule:
        return _scheduler_by_option(server, p, sampler)
    name = (p.hr_scheduler if p.is_hr_pass else p.scheduler) or "Automatic"
    if name == "Automatic":
        name = sampler.scheduler or ""
    return server.samplers.scheduler_by_name.get(name)


def _scheduler_by_option(
    server: GenerationContext, p: Processing, sampler: Sampler
) -> Scheduler | None:
    """The sampler's own scheduler, unless the option k_sched_type has another (before 1.9)."""
    wanted = server.options["k_sched_type"]
    if wanted == "Automatic":
        return server.samplers.scheduler_by_name.get(sampler.scheduler)
    p.note("Schedule type", wanted)
    return server.samplers.scheduler_by_name.get(wanted)


def _discards(server: GenerationContext, p: Processing, sampler: Sampler) -> bool:
    if sampler.discards_penultimate:
        return True
    if server.options["always_discard_next_to_last_sigma"]:
        p.note("Discard penultimate sigma", True)
        return True
    return False


def _schedule(server: GenerationContext, p: Processing, sampler: Sampler, steps: int) -> Schedule:
    """The schedule of a k-diffusion sampler (``get_sigmas``), noted in the extra parameters."""
    discard = _discards(server, p, sampler)
    scheduler = _scheduler(server, p, sampler)
    if scheduler is None or scheduler.label == "Automatic":
        return Schedule(None, steps, discard=discard)
    params = p.extra_generation_params
    if not server.rules.infotext_has_schedule or sampler.normal:
        pass
    elif not p.is_hr_pass:
        params["Schedule type"] = scheduler.label
    elif scheduler.label != params.get("Schedule type"):
        params["Hires schedule type"] = scheduler.label
    bounds = _bounds(server, p, scheduler)
    if scheduler.label == "Beta":
        p.note("Beta schedule alpha", server.options["beta_dist_alpha"])
        p.note("Beta schedule beta", server.options["beta_dist_beta"])
    return Schedule(scheduler.label, steps, discard=discard, **bounds)


def _bounds(server: GenerationContext, p: Processing, scheduler: Scheduler) -> dict[str, Any]:
    """Smallest and largest sigma and rho where options change them."""
    options = server.options
    low, high = model_sigmas()[0], model_sigmas()[-1]
    found: dict[str, Any] = {}
    if options["use_old_karras_scheduler_sigmas"]:
        found["low"], found["high"] = _OLD_KARRAS
    least, most, rho = (options[name] for name in ("sigma_min", "sigma_max", "rho"))
    if least not in (0, low):
        found["low"] = p.note("Schedule min sigma", least)
    if most not in (0, high):
        found["high"] = p.note("Schedule max sigma", most)
    if scheduler.default_rho != -1 and rho not in (0, scheduler.default_rho):
        found["rho"] = p.note("Schedule rho", rho)
    return found


def _timesteps(
    server: GenerationContext, p: Processing, sampler: Sampler, steps: int
) -> list[float]:
    """Timesteps of DDIM and its kin, smallest first (``get_timesteps``)."""
    count = steps + 1 if _discards(server, p, sampler) else steps
    return [float(min(step + 1, TRAINED_STEPS - 1)) for step in _every(count)]


@raises_upstream
def _every(count: int) -> range:
    return range(0, TRAINED_STEPS, TRAINED_STEPS // count)


def course(server: GenerationContext, p: Processing, sampler: Sampler, steps: int) -> Course:
    """The steps of sampling from noise.

    Args:
        server: its options and schedulers.
        p: the generation.
        sampler: which sampler.
        steps: as the request has them.

    Raises:
        ServerError: a number of steps that cannot be scheduled.
    """
    if sampler.by_timesteps:
        return _timestep_course(sampler, _timesteps(server, p, sampler, steps), steps)
    schedule = _schedule(server, p, sampler, steps)
    length = schedule.length()
    if length == 0:
        raise _out_of_bounds(0, 0)
    found = Course(sampler, steps, length - 1, schedule.label)
    if p.refiner is not None or p.s_min_uncond or found.steps == 1:
        found.levels = schedule.sigmas()[:-1]
    return found


def _timestep_course(sampler: Sampler, steps: list[float], shown: int) -> Course:
    if shown < 0 and sampler.name != "UniPC":
        raise ServerError(
            "IndexError", "tensors used as indices must be long, int, byte or bool tensors"
        )
    levels = steps[::-1] if sampler.name == "UniPC" else steps[:0:-1]
    return Course(sampler, shown, len(levels), levels=levels)


def _out_of_bounds(index: int, size: int) -> ServerError:
    return ServerError(
        "IndexError", f"index {index} is out of bounds for dimension 0 with size {size}"
    )


def image_course(
    server: GenerationContext, p: Processing, sampler: Sampler, steps: Any = None
) -> Course:
    """The steps of sampling that starts from a picture; `steps` are a hires pass's.

    Args:
        server: its options and schedulers.
        p: the generation.
        sampler: which sampler.
        steps: of a hires pass; None, the default, in img2img.

    Raises:
        ServerError: steps or a strength that cannot be scheduled.
    """
    scheduled, begin = image_steps(p, steps, fix=server.options["img2img_fix_steps"])
    if sampler.by_timesteps:
        every = _timesteps(server, p, sampler, scheduled)
        if not -len(every) <= begin < len(every):
            raise _out_of_bounds(begin, len(every))
        found = _timestep_course(sampler, every[:begin], begin + 1)
        found.from_picture = True
        return found
    schedule = _schedule(server, p, sampler, scheduled)
    first = scheduled - begin - 1
    left = len(range(schedule.length())[first:])
    if left == 0:
        raise _out_of_bounds(0, 0)
    found = Course(sampler, begin + 1, left - 1, schedule.label, from_picture=True)
    if p.refiner is not None or p.s_min_uncond or found.steps == 1:
        found.levels = schedule.sigmas()[first:][:-1]
    return found


def initialise(server: GenerationContext, p: Processing, sampler: Sampler) -> ActiveSampler:
    """Set eta and the sigma options, and show those that are not the default.

    Args:
        server: its options.
        p: the generation; its `sampler` becomes the one that is given back.
        sampler: which sampler.
    """
    active = p.sampler = ActiveSampler(sampler)
    options = server.options
    name, label, default = (
        ("eta_ddim", "Eta DDIM", 0.0) if sampler.by_timesteps else ("eta_ancestral", "Eta", 1.0)
    )
    active.eta = options[name] if p.eta is None else p.eta
    active.shown_eta = None if active.eta == default else active.eta
    if sampler.takes_eta and active.eta != default and server.samplers.eta_in_params:
        p.note(label, active.eta)
    for option in sampler.sigma_options:
        value = options[option]
        if option == "s_tmax":
            value = value or math.inf
        if value != _SIGMA_DEFAULTS[option]:
            p.note(_SIGMA_LABELS[option], value)
        elif getattr(p, option, None) is not None:
            _note_request(p, option)
    return active


def _note_request(p: Processing, option: str) -> None:
    """A sigma option of the request itself: never in an infotext, but it changes the picture.

    The range and strength of churn mean nothing without churn.
    """
    value = getattr(p, option, None)
    if value is None or value == _SIGMA_DEFAULTS[option]:
        return
    churns = "s_churn" in p.effects or _SIGMA_LABELS["s_churn"] in p.effects
    if option == "s_churn" or churns or p.sampler is None or not p.sampler.sampler.churns:
        p.effects[option] = value


def check_sampler(server: GenerationContext, found: Course, seeds: list[int], eta: Any) -> None:
    """What single samplers insist on before they ask the model.

    Args:
        server: the server.
        found: the steps.
        seeds: of the batch.
        eta: of the sampler; 0 adds no noise.

    Raises:
        ServerError: UniPC with fewer steps than its order; a Brownian tree with a negative seed or
            without any level; DPM fast and adaptive from a picture without two different levels.
    """
    sampler = found.sampler
    if sampler.name == "UniPC":
        if found.steps == 0:
            raise _out_of_bounds(-1, 0)
        _check_unipc(found.steps, server.options["uni_pc_order"])
    if sampler.name in SPAN_SAMPLERS and found.from_picture:
        _check_span(found.steps, eta)
    if sampler.brownian and not server.options["no_dpmpp_sde_batch_determinism"]:
        _check_brownian(found.steps, seeds)


def check_history(found: Course) -> None:
    """The multistep SDE samplers remember a step that their last one does not make.

    Args:
        found: the steps, all made.

    Raises:
        ServerError: the last step was the only one.

    Source: k_diffusion.sampling ``sample_dpmpp_2m_sde``, ``sample_dpmpp_3m_sde``; recorded.
    """
    if found.steps == 1 and found.sampler.name.startswith(_HISTORIES):
        raise ServerError(
            "UnboundLocalError",
            "cannot access local variable 'h' where it is not associated with a value",
        )


#: Samplers that keep the size of the step before.
_HISTORIES = ("DPM++ 2M SDE", "DPM++ 3M SDE")


def _check_span(steps: int, eta: Any) -> None:
    """Between one level and itself there is no way forward, and backward none with noise."""
    if steps < 1:
        raise _out_of_bounds(-2, steps + 1)
    if steps == 1 and eta:
        raise ServerError("ValueError", "eta must be 0 for reverse sampling")


@raises_upstream
def _check_unipc(steps: int, order: Any) -> None:
    require(steps >= order, "UniPC order must be < sampling steps")


def _check_brownian(steps: int, seeds: list[int]) -> None:
    if steps < 1:
        raise ServerError(
            "RuntimeError",
            "min(): Expected reduction dim to be specified for input.numel() == 0. "
            "Specify the reduction dim with the 'dim' argument.",
        )
    if any(seed < 0 for seed in seeds):
        raise ServerError("ValueError", "expected non-negative integer")
