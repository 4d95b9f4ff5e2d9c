"""What users ask for and when: sizes and steps in a mix, pauses, and what options give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from conformance.errors import ConfigurationError

if TYPE_CHECKING:
    from random import Random


# A picture of 512x512 at 20 steps is the unit of every budget of sdapi-check.
_UNIT = 512 * 512 * 20
# The webui makes pictures of multiples of 8 pixels, and rounds other sizes.
_MULTIPLE = 8
_LARGEST, _MOST_STEPS, _MOST_AT_ONCE = 4096, 150, 64
_JOB = re.compile(r"(\d+)x(\d+)x(\d+)(?:x(\d+))?(?::(\d+(?:\.\d+)?))?")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?")
_SECONDS = {"ms": 0.001, "s": 1.0, None: 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")


@dataclass(frozen=True)
class Job:
    """One kind of picture.

    Args:
        width: in pixels.
        height: in pixels.
        steps: of the sampler.
        weight: how often it is asked for, compared with the other kinds.
        batch: how many of them a request asks for at once.
    """

    width: int
    height: int
    steps: int
    weight: float = 1.0
    batch: int = 1

    @property
    def cost(self) -> float:
        """Of a request, in pictures of 512x512 at 20 steps."""
        return self.width * self.height * self.steps * self.batch / _UNIT

    @property
    def name(self) -> str:
        """As on the command line, without the weight."""
        several = f"x{self.batch}" if self.batch > 1 else ""
        return f"{self.width}x{self.height}x{self.steps}{several}"


@dataclass(frozen=True)
class Mix:
    """The kinds of pictures that users ask for.

    Args:
        jobs: at least one.
    """

    jobs: tuple[Job, ...]

    @classmethod
    def parse(cls, text: str) -> Mix:
        """Read a mix such as ``512x512x20:3,768x768x30x4:1``.

        Args:
            text: kinds with commas between them: width, height, steps, pictures at once, weight;
                the last two are 1 where they are not given.

        Raises:
            ConfigurationError: it has another form, or a size that no server makes.
        """
        return cls(tuple(_job(part.strip()) for part in text.split(",")))

    @property
    def text(self) -> str:
        """As on the command line."""
        return ",".join(f"{job.name}:{job.weight:g}" for job in self.jobs)

    @property
    def mean_cost(self) -> float:
        """Of one request, on average, in pictures of 512x512 at 20 steps."""
        weights = sum(job.weight for job in self.jobs)
        return sum(job.cost * job.weight for job in self.jobs) / weights

    @property
    def mean_batch(self) -> float:
        """Pictures that a request asks for, on average."""
        weights = sum(job.weight for job in self.jobs)
        return sum(job.batch * job.weight for job in self.jobs) / weights

    def pick(self, random: Random) -> Job:
        """One of the kinds, by their weights.

        Args:
            random: where the choice comes from.
        """
        return random.choices(self.jobs, [job.weight for job in self.jobs])[0]


def _job(text: str) -> Job:
    match = _JOB.fullmatch(text)
    if match is None:
        raise ConfigurationError(
            f"{text!r} is no kind of picture; write width x height x steps, and a weight, "
            "as in 512x512x20:3, or 512x512x20x4:3 for four pictures at once",
        )
    width, height, steps = (int(match[number]) for number in (1, 2, 3))
    for side in (width, height):
        if side % _MULTIPLE or not _MULTIPLE <= side <= _LARGEST:
            allowed = f"a multiple of {_MULTIPLE} up to {_LARGEST}"
            raise ConfigurationError(f"{text}: a side is {allowed}, not {side}")
    if not 1 <= steps <= _MOST_STEPS:
        raise ConfigurationError(f"{text}: steps are 1 to {_MOST_STEPS}, not {steps}")
    batch = int(match[4] or 1)
    if not 1 <= batch <= _MOST_AT_ONCE:
        raise ConfigurationError(f"{text}: 1 to {_MOST_AT_ONCE} pictures at once, not {batch}")
    weight = float(match[5] or 1)
    if not weight:
        raise ConfigurationError(f"{text}: a weight of 0 asks for nothing; leave the kind out")
    return Job(width, height, steps, weight, batch)


def parse_duration(text: str) -> float:
    """Seconds, from ``30s``, ``500ms``, ``2m``, ``1h`` or a plain number of seconds.

    Args:
        text: as on the command line.

    Raises:
        ConfigurationError: it has another form.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ConfigurationError(f"{text!r} is no duration; write 30s, 500ms or 2m")
    return float(match[1]) * _SECONDS[match[2]]


def parse_share(text: str) -> float:
    """A share from 0 to 1, from ``1%`` or ``0.01``.

    Args:
        text: as on the command line.

    Raises:
        ConfigurationError: it has another form, or is above 100 %.
    """
    match = _SHARE.fullmatch(text.strip())
    share = float(match[1]) / (100 if match[2] else 1) if match else 2.0
    if share > 1:
        raise ConfigurationError(f"{text!r} is no share; write 1% or 0.01")
    return share


def parse_stages(text: str) -> tuple[float, ...]:
    """The stages of a ramp, from ``1,2,4,8``: numbers that rise.

    Args:
        text: as on the command line.

    Raises:
        ConfigurationError: one is no number above 0, or they do not rise.
    """
    try:
        stages = tuple(float(part) for part in text.split(","))
    except ValueError:
        stages = ()
    rising = all(low < high for low, high in pairwise(stages))
    # The comparison also refuses NaN, and infinity would never be there.
    if not stages or not all(0 < stage < _MANY for stage in stages) or not rising:
        raise ConfigurationError(f"{text!r} is no ramp; write numbers that rise, as in 1,2,4,8")
    return stages


_MANY = 10_000_000


_MINUTE = 60.0


def thinking(random: Random, mean: float) -> float:
    """Seconds until a user asks again: exponential, so that users do not march in step.

    Args:
        random: where the number comes from.
        mean: in seconds; 0 asks again at once.
    """
    return random.expovariate(1 / mean) if mean else 0.0


def gap(random: Random, rate: float) -> float:
    """Seconds until the next user comes, of those who come independently of each other (Poisson).

    Args:
        random: where the number comes from.
        rate: users a minute, on average, above 0.
    """
    return random.expovariate(rate / _MINUTE)
