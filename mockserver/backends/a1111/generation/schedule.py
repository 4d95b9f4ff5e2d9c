"""Noise schedules: how many levels a scheduler makes, which, and what it fails on.

Source: modules/sd_schedulers.py and k_diffusion.sampling, for SD1's noise levels; the texts of
their exceptions are torch's and numpy's own.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError, raises_upstream

if TYPE_CHECKING:
    from collections.abc import Callable


TRAINED_STEPS = 1000
_BETA_START, _BETA_END = 0.00085, 0.012
#: Sigmas of Align Your Steps for SD1, eleven steps.
_ALIGNED = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)


@cache
def model_sigmas() -> tuple[float, ...]:
    """The 1000 noise levels that SD1 was trained with, the smallest first."""
    start, end = math.sqrt(_BETA_START), math.sqrt(_BETA_END)
    kept = 1.0
    sigmas = []
    for step in range(TRAINED_STEPS):
        beta = (start + (end - start) * step / (TRAINED_STEPS - 1)) ** 2
        kept *= 1 - beta
        sigmas.append(math.sqrt((1 - kept) / kept))
    return tuple(sigmas)


def _tensor(value: float) -> float:
    """torch.tensor, which makes none of a text."""
    if isinstance(value, str):
        raise ServerError("TypeError", "new(): invalid data type 'str'")
    return value


def timestep_of(sigma: float) -> int:
    """The trained step whose noise level is nearest to `sigma`.

    Args:
        sigma: a noise level.
    """
    sigmas = model_sigmas()
    sigma = _tensor(sigma)
    return min(range(TRAINED_STEPS), key=lambda step: abs(sigmas[step] - sigma))


def _sigma_at(timestep: float) -> float:
    """Noise level between two trained steps, interpolated in its logarithm."""
    sigmas = model_sigmas()
    low = min(int(timestep), TRAINED_STEPS - 1)
    high = min(low + 1, TRAINED_STEPS - 1)
    share = timestep - low
    return math.exp((1 - share) * math.log(sigmas[low]) + share * math.log(sigmas[high]))


def _linspace(start: float, end: float, count: int) -> list[float]:
    """torch.linspace."""
    if count < 0:
        raise ServerError("RuntimeError", "number of steps must be non-negative")
    if count == 1:
        return [start]
    return [start + (end - start) * i / (count - 1) for i in range(count)]


def _numpy_linspace(count: int) -> list[float]:
    """numpy.linspace from 0 to 1."""
    if count < 0:
        raise ServerError("ValueError", f"Number of samples, {count}, must be non-negative.")
    return _linspace(0.0, 1.0, count)


def _uniform(count: int, _low: float, _high: float, _rho: float) -> list[float]:
    return [_sigma_at(t) for t in _linspace(TRAINED_STEPS - 1, 0, count)]


def _karras(count: int, low: float, high: float, rho: float) -> list[float]:
    least, most = low ** (1 / rho), high ** (1 / rho)
    return [(most + ramp * (least - most)) ** rho for ramp in _linspace(0, 1, count)]


def _exponential(count: int, low: float, high: float, _rho: float) -> list[float]:
    return [math.exp(x) for x in _linspace(math.log(high), math.log(low), count)]


def _polyexponential(count: int, low: float, high: float, rho: float) -> list[float]:
    span = math.log(high) - math.log(low)
    return [math.exp(ramp**rho * span + math.log(low)) for ramp in _linspace(1, 0, count)]


def _sgm_uniform(count: int, low: float, high: float, _rho: float) -> list[float]:
    return [_sigma_at(t) for t in _linspace(timestep_of(high), timestep_of(low), count + 1)[:-1]]


def _kl_optimal(count: int, low: float, high: float, _rho: float) -> list[float]:
    least, most = math.atan(_tensor(low)), math.atan(_tensor(high))
    if count < -1:
        raise ServerError("RuntimeError", "upper bound and lower bound inconsistent with step sign")
    if count == 0:
        return [math.nan]
    return [math.tan(i / count * least + (1 - i / count) * most) for i in range(count + 1)]


def _align_your_steps(count: int, _low: float, _high: float, _rho: float) -> list[float]:
    if count == len(_ALIGNED):
        return list(_ALIGNED)
    logs = [math.log(sigma) for sigma in reversed(_ALIGNED)]
    found = []
    for x in _numpy_linspace(count):
        place = x * (len(logs) - 1)
        low = min(int(place), len(logs) - 2)
        found.append(math.exp(logs[low] + (place - low) * (logs[low + 1] - logs[low])))
    return found[::-1]


def _simple(count: int, _low: float, _high: float, _rho: float) -> list[float]:
    if count == 0:
        raise ServerError("ZeroDivisionError", "division by zero")
    step = TRAINED_STEPS / count
    return [model_sigmas()[-(1 + int(x * step))] for x in range(count)]


def _normal(count: int, low: float, high: float, _rho: float) -> list[float]:
    return [_sigma_at(t) for t in _linspace(timestep_of(high), timestep_of(low), count)]


def _ddim(count: int, _low: float, _high: float, _rho: float) -> list[float]:
    if count == 0:
        raise ServerError("ZeroDivisionError", "integer division or modulo by zero")
    return list(model_sigmas()[1 :: max(TRAINED_STEPS // count, 1)])[::-1]


def _beta(count: int, low: float, high: float, _rho: float) -> list[float]:
    """Levels of a beta distribution; its quantiles are close to their rank at 0.6 and 0.6."""
    return [low + (1 - x) * (high - low) for x in _numpy_linspace(count)]


_LEVELS: dict[str, Callable[[int, float, float, float], list[float]]] = {
    "Uniform": _uniform,
    "Karras": _karras,
    "Exponential": _exponential,
    "Polyexponential": _polyexponential,
    "SGM Uniform": _sgm_uniform,
    "KL Optimal": _kl_optimal,
    "Align Your Steps": _align_your_steps,
    "Simple": _simple,
    "Normal": _normal,
    "DDIM": _ddim,
    "Beta": _beta,
}


@raises_upstream
def _levels(label: str, count: int, low: Any, high: Any, rho: Any) -> list[float]:
    """The levels of a scheduler, whose bounds options may give as anything."""
    found = _LEVELS[label](count, low, high, rho)
    if any(isinstance(level, complex) for level in found):
        raise ServerError("RuntimeError", "\"ge_cpu\" not implemented for 'ComplexFloat'")
    return found


#: Schedulers whose last level is not nought.
_WITHOUT_END = frozenset({"KL Optimal"})
#: Schedulers that make as many levels as steps, and fail on fewer than none in the same way.
_PLAIN = frozenset({"Uniform", "Karras", "Exponential", "Polyexponential", "Normal"})
#: More levels than these are not worked out.
MOST_LEVELS = 10_000
#: The scheduler that takes the model's own levels.
_OWN = "Uniform"


class Schedule:
    """The levels of one sampling run.

    Args:
        label: the scheduler; None and unknown ones mean the model's own levels.
        steps: steps asked for.
        discard: one more level is made and the last but one left out.
        low: smallest level, None for the model's.
        high: largest level, None for the model's.
        rho: bend of Karras and Polyexponential.
    """

    def __init__(  # noqa: PLR0913 - the scheduler's own parameters
        self,
        label: str | None,
        steps: int,
        *,
        discard: bool = False,
        low: Any = None,
        high: Any = None,
        rho: Any = None,
    ) -> None:
        self._label = label if label in _LEVELS else _OWN
        self._count = steps + 1 if discard else steps
        self._discard = discard
        self._low, self._high, self._rho = low, high, rho

    @property
    def label(self) -> str | None:
        """The scheduler; None for the model's own levels."""
        return None if self._label == _OWN else self._label

    def length(self) -> int:
        """How many levels there are, the closing nought counted.

        Raises:
            ServerError: the scheduler cannot make that many.
        """
        if self._odd:
            return len(self.sigmas())
        if self._label in _PLAIN or self._count > MOST_LEVELS:
            if self._count < 0:
                raise ServerError("RuntimeError", "number of steps must be non-negative")
            return self._discarded(self._count + 1)
        return len(self.sigmas())

    @property
    def _odd(self) -> bool:
        """Whether an option has a bound that is no number, or one below nought."""
        given = [bound for bound in (self._low, self._high, self._rho) if bound is not None]
        return any(not isinstance(bound, float | int) or bound < 0 for bound in given)

    def _discarded(self, length: int) -> int:
        return max(length - 1, 1) if self._discard else length

    def sigmas(self) -> list[float]:
        """The levels, largest first, with the closing nought.

        Raises:
            ServerError: the scheduler cannot make that many.
        """
        least = model_sigmas()[0] if self._low is None else self._low
        most = model_sigmas()[-1] if self._high is None else self._high
        rho = self._rho or (1.0 if self._label == "Polyexponential" else 7.0)
        found = _levels(self._label, min(self._count, MOST_LEVELS), least, most, rho)
        if self._label not in _WITHOUT_END:
            found.append(0.0)
        return [*found[:-2], *found[-1:]] if self._discard else found
