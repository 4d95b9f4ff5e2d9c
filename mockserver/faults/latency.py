"""Latency: how long generations take, while progress, previews and interrupt go on.

None, a fixed time, a log-normal one, or one that follows steps and pixels as on a named GPU.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.faults.fault import FaultError, closest, seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping


_AREA = 512 * 512
#: What a generation takes beside its steps, in steps: preparing, the text encoder, the decoder.
_BESIDE = 1.75
#: Seconds that a latency may be; a day.
_LONGEST = 86_400


@dataclass(frozen=True)
class Gpu:
    """How fast a machine is.

    Attributes:
        speed: steps a second of a 512x512 picture with Stable Diffusion 1.5.
        source: where that was said.
    """

    speed: float
    source: str

    @property
    def step_time(self) -> float:
        """Seconds of a step."""
        return round(1 / self.speed, 5)


#: Machines by name.
GPUS: dict[str, Gpu] = {
    "a100": Gpu(31.19, "fal-ai/stable-diffusion-benchmarks: diffusers, torch 2.1, SDPA, A100 80G"),
    "rtx-4090": Gpu(25.6, "AUTOMATIC1111/stable-diffusion-webui issue 2449: xformers, 150 steps"),
    "a10": Gpu(16.9, "Deci/DeciDiffusion-v1-0: SD 1.5 with PyTorch, 50 steps in 2.95 s"),
    "rtx-3090": Gpu(16.5, "stabilityai/stable-diffusion-2-base discussion 10: SD 1.5, xformers"),
    "rtx-3060": Gpu(6.3, "estimated: the 3090's times the ratio of bandwidths, 360 to 936 GB/s"),
    "t4": Gpu(5.5, "AUTOMATIC1111/stable-diffusion-webui issue 1078: Colab, xformers"),
    "cpu": Gpu(0.38, "stabilityai/stable-diffusion-2-base discussion 10: SD 1.5, 2.63 s a step"),
}


@dataclass
class Latency:
    """How long generations take.

    Attributes:
        step_time: seconds of a step of a 512x512 picture, which steps and pixels scale; None
            for the time that the mock was started with.
        seconds: of a whole generation, whatever it asks for; the median of a log-normal one.
        sigma: how much a log-normal one varies; 0 for a fixed one.
        seed: makes that repeatable.
    """

    step_time: float | None = None
    seconds: float | None = None
    sigma: float = 0.0
    seed: int | None = None
    _dice: random.Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - how long something takes

    def step_time_of(self, body: Any) -> float | None:
        """Seconds of a step for one generation; None for the server's own.

        Args:
            body: the request's JSON value.
        """
        if self.seconds is None:
            return self.step_time
        seconds = self.seconds
        if self.sigma:
            seconds *= math.exp(self._dice.gauss(0.0, self.sigma))
        return seconds / max(work_of(body), 1e-6)


def work_of(body: Any) -> float:
    """About how many steps of a 512x512 picture a generation takes.

    Args:
        body: the request's JSON value; what it leaves out has the webui's default.
    """
    given: Mapping[str, Any] = body if isinstance(body, dict) else {}
    area = _number(given, "width", 512) * _number(given, "height", 512) / _AREA
    steps = _number(given, "steps", 50)
    many = _number(given, "batch_size", 1) * _number(given, "n_iter", 1)
    work = (steps + _BESIDE) * area
    if given.get("enable_hr") is True:
        second = _number(given, "hr_second_pass_steps", 0) or steps
        work += second * area * _number(given, "hr_scale", 2) ** 2
    return float(work * many)


def _number(given: Mapping[str, Any], name: str, default: float) -> float:
    value = given.get(name)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return float(value) if fits and value is not None else default


def gpu_named(name: str) -> Gpu:
    """A machine by its name, in any case.

    Args:
        name: as ``rtx-3060``.

    Raises:
        FaultError: there is none of that name.
    """
    plain = str(name).strip().lower().replace(" ", "-").replace("_", "-")
    if plain not in GPUS:
        message = f"no GPU {name!r}{closest(plain, GPUS)}"
        raise FaultError(f"{message}; there are {', '.join(GPUS)}")
    return GPUS[plain]


def parse_latency(text: str) -> Latency:
    """A latency out of ``none``, ``2s``, ``lognormal 2s 0.5`` or a GPU's name.

    Args:
        text: as the command line has it.

    Raises:
        FaultError: it is none of these.
    """
    words = text.replace(",", " ").split()
    if words == ["none"]:
        return Latency(step_time=0.0)
    if words[:1] == ["lognormal"] and len(words) in {2, 3}:
        sigma = float(words[2]) if len(words) == 3 else 0.5  # noqa: PLR2004 - name, median, sigma
        return Latency(seconds=seconds_of(words[1]), sigma=sigma)
    if len(words) == 1 and words[0][0].isdigit():
        return Latency(seconds=seconds_of(words[0]))
    if len(words) == 1:
        return Latency(step_time=gpu_named(words[0]).step_time)
    raise FaultError(f"{text!r} is no latency; write none, 2s, 'lognormal 2s 0.5' or a GPU's name")


def latency_of(given: Mapping[str, Any]) -> Latency:
    """A latency out of JSON: ``{"latency": "2s"}``, ``{"gpu": ...}``, ``{"step_time": 0.05}``.

    Args:
        given: the object.

    Raises:
        FaultError: an unknown name, or a value that cannot be.
    """
    known = ("latency", "gpu", "step_time", "seconds", "sigma", "seed")
    for name in given:
        if name not in known:
            raise FaultError(f"latency has no {name!r}{closest(name, known)}")
    if "gpu" in given:
        return Latency(step_time=gpu_named(given["gpu"]).step_time)
    if "latency" in given:
        return parse_latency(str(given["latency"]))
    numbers = {name: given[name] for name in known[2:] if given.get(name) is not None}
    if not all(isinstance(v, int | float) and 0 <= v <= _LONGEST for v in numbers.values()):
        raise FaultError(f"latency takes numbers from 0 to {_LONGEST}")
    return Latency(**numbers)
