"""The mode and settings of a run; its plan: which checks run, in which order; the time left."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from conformance.detection.readiness import Patience
from conformance.requirements.requirement import Effect
from conformance.runner.budget import PICTURE
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from conformance.detection.profile import ServerProfile
    from conformance.requirements.requirement import Requirement
    from conformance.runner.registry import Check

    Amend = Callable[[Result, ServerProfile], Result]


@dataclass(frozen=True)
class Sampled:
    """What a check samples.

    Args:
        own: steps x pictures of the small size that it asks for alone.
        shares: names of what it shares with others.
    """

    own: float
    shares: frozenset[str]


class Samples:
    """What is known of all checks.

    Args:
        shared: name of a shared picture -> its steps.
        checks: id -> what the check samples; those that are not there are counted as they say.
    """

    def __init__(self, shared: Mapping[str, float], checks: Mapping[str, Sampled]) -> None:
        self._shared = dict(shared)
        self._checks = dict(checks)

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the checks that were measured."""
        return frozenset(self._checks)

    def pixel_steps(
        self,
        check: Check,
        size: int,
        made: Collection[str],
        long_jobs: Mapping[str, int],
    ) -> float:
        """What a check will sample.

        Args:
            check: that is planned.
            size: edge of the small pictures.
            made: names of what earlier checks made.
            long_jobs: name of a long job -> pixel-steps, where they were measured.
        """
        known = self._checks.get(check.id)
        if known is None:
            return check.pixel_steps(size, frozenset(made), long_jobs)
        new = sum(self._shared[name] for name in known.shares if name not in made)
        return (known.own + new) * size**2 + check.long_pixel_steps(size, made, long_jobs)

    def names(self, check: Check) -> frozenset[str]:
        """What a check makes that others share.

        Args:
            check: that is planned.
        """
        known = self._checks.get(check.id)
        return check.needs | (known.shares if known is not None else frozenset())


@cache
def load_samples() -> Samples:
    """What was measured on the reference; ``tests/bench/sampled.py`` measures it anew."""
    file = files("conformance.runner") / "data" / "samples.toml"
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    checks = {
        name: Sampled(entry["own"], frozenset(entry["shares"]))
        for name, entry in found["checks"].items()
    }
    return Samples(found["shared"], checks)


class Mode(StrEnum):
    """How far a run may go, mildest first; each goes as far as the one before, and further."""

    SMOKE = "smoke"  # a readiness probe: some reads, one picture
    SAFE = "safe"  # all reads, small pictures; no setting is written
    RESTORE = "restore"  # options are written too, and put back
    FULL = "full"  # jobs are interrupted, models unloaded, things created; no server is stopped

    @property
    def writes(self) -> bool:
        """Whether options are written on purpose."""
        return _FURTHEST[self].rank >= Effect.WRITES.rank

    def allows(self, requirement: Requirement) -> bool:
        """Whether a requirement may be checked.

        Args:
            requirement: to be checked.
        """
        if self is Mode.SMOKE and not requirement.smoke:
            return False
        return requirement.effect.rank <= _FURTHEST[self].rank

    def refusal(self, requirement: Requirement) -> str:
        """Why a requirement that is not allowed is left out, and what would allow it.

        Args:
            requirement: one that ``allows`` denies.

        Returns:
            A sentence that names the mode which allows it.
        """
        if self is Mode.SMOKE:
            return "mode smoke looks at few requirements; --mode safe looks at more"
        least = next(mode for mode in Mode if requirement.effect.rank <= _FURTHEST[mode].rank)
        return f"its effect is '{requirement.effect}'; --mode {least} allows that"


_FURTHEST = {
    Mode.SMOKE: Effect.GENERATES,
    Mode.SAFE: Effect.GENERATES,
    Mode.RESTORE: Effect.WRITES,
    Mode.FULL: Effect.DESTRUCTIVE,
}


@dataclass(frozen=True)
class PlannedCheck:
    """A requirement that will be looked at.

    Args:
        requirement: which.
        check: what decides about it.
        cost: what it will sample beyond those before it, in pictures.
    """

    requirement: Requirement
    check: Check
    cost: float


@dataclass(frozen=True)
class Plan:
    """What a run will look at.

    Args:
        checks: in the order in which they run.
        left_out: those that are not run, each with its reason.
    """

    checks: tuple[PlannedCheck, ...]
    left_out: tuple[Result, ...]

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What will be looked at, in order."""
        return tuple(planned.requirement for planned in self.checks)

    @property
    def demand(self) -> tuple[float, frozenset[str]]:
        """What the run will sample, and the names of the shared pictures that it needs."""
        return self.cost, frozenset().union(*(planned.check.needs for planned in self.checks))

    @property
    def cost(self) -> float:
        """What the run will sample, in pictures of 512x512 at 20 steps."""
        return sum(planned.cost for planned in self.checks)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What bounds a plan.

    Args:
        profile: what kind of server it is.
        mode: how far the run may go.
        size: edge of the small pictures.
        budget: pictures that may be sampled; None for no limit.
        generate: whether any picture may be sampled at all.
        long_jobs: name of a long job -> pixel-steps, as measured on the server; those of a slow
            one where nothing is known.
    """

    profile: ServerProfile
    mode: Mode
    size: int = 64
    budget: float | None = None
    generate: bool = True
    long_jobs: Mapping[str, int] = field(default_factory=dict)


def as_it_is(result: Result, _profile: ServerProfile) -> Result:
    """A result without a waiver.

    Args:
        result: of a check.
    """
    return result


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """How a run goes.

    Args:
        mode: how far it may go; safe by default.
        seed: of the random examples.
        check_limit: seconds one check may take, 600 by default.
        patience: how long to wait for a server that works for others; None not to look.
        generate: whether any picture may be sampled.
        certify: whether the run is to leave nothing out.
        amend: has the last word on every result, as waivers do.
        at_once: how many checks are looked at at the same time, where they can wait for each other.
    """

    mode: Mode = Mode.SAFE
    seed: int = 0
    check_limit: float = 600.0
    patience: Patience | None = field(default_factory=Patience)
    generate: bool = True
    certify: bool = False
    amend: Amend = as_it_is
    at_once: int = 1


def make_plan(
    requirements: Iterable[Requirement],
    checks: Mapping[str, Check],
    limits: Limits,
) -> Plan:
    """Decide what to run: mild effects first, what looks back on the run last.

    Shared pictures are counted with the first check that needs them. Where the budget is spent
    the checks that cost nothing more are still run.

    Args:
        requirements: chosen by the user.
        checks: id of a requirement -> its check.
        limits: of the run.

    Returns:
        The checks in the order in which they run, and a result for each that is left out.
    """
    left_out, wanted = [], []
    kind = limits.profile
    for each in requirements:
        requirement = each.binding(kind.family, kind.version)
        refusal = _refusal(requirement, checks, limits)
        if refusal is None:
            wanted.append((requirement, checks[requirement.id]))
        else:
            left_out.append(refusal)
    wanted.sort(key=lambda pair: (pair[1].last, pair[0].effect.rank))
    planned, too_dear = _within_budget(wanted, limits)
    return Plan(tuple(planned), (*left_out, *too_dear))


def _refusal(
    requirement: Requirement,
    checks: Mapping[str, Check],
    limits: Limits,
) -> Result | None:
    if not limits.profile.promises(requirement):
        reason = f"it applies to {requirement.applies}, and this is {limits.profile}"
        return _left_out(requirement, Verdict.NOT_APPLICABLE, reason)
    if not limits.mode.allows(requirement):
        return _left_out(requirement, Verdict.NOT_RUN, limits.mode.refusal(requirement))
    if not limits.generate and requirement.samples:
        reason = "it asks for a picture, and --no-generate forbids that"
        return _left_out(requirement, Verdict.NOT_RUN, reason)
    if requirement.id not in checks:
        return _left_out(requirement, Verdict.NOT_RUN, "it has no check")
    return None


def _within_budget(
    wanted: list[tuple[Requirement, Check]],
    limits: Limits,
) -> tuple[list[PlannedCheck], list[Result]]:
    planned: list[PlannedCheck] = []
    too_dear: list[Result] = []
    made: frozenset[str] = frozenset()
    samples = load_samples()
    spent = 0.0
    for requirement, check in wanted:
        cost = samples.pixel_steps(check, limits.size, made, limits.long_jobs) / PICTURE
        if cost and limits.budget is not None and spent + cost > limits.budget:
            reason = (
                f"it costs {cost:.3f} pictures, and {spent:.3f} of the budget of "
                f"{limits.budget:g} are planned before it"
            )
            too_dear.append(_left_out(requirement, Verdict.NOT_RUN, reason))
            continue
        spent += cost
        made |= samples.names(check)
        planned.append(PlannedCheck(requirement, check, cost))
    return planned, too_dear


def _left_out(requirement: Requirement, verdict: Verdict, reason: str) -> Result:
    return Result(requirement=requirement, verdict=verdict, reason=reason)


# What asking for a picture takes besides sampling it, as if so many pictures had been sampled.
_ASKING = 0.004
# So many checks have to be over before an estimate is possible.
_ENOUGH = 3


class TimeLeft:
    """Learns from every check how fast the server is, pictures and reads apart.

    Args:
        plan: what will be looked at.
    """

    def __init__(self, plan: Plan) -> None:
        self._reads = _Pace(sum(_weight(p) for p in plan.checks if not p.cost))
        self._pictures = _Pace(sum(_weight(p) for p in plan.checks if p.cost))
        self._over = 0

    def finished(self, planned: PlannedCheck, result: Result) -> None:
        """Take a check into account that is over.

        Args:
            planned: the check.
            result: its result, with the seconds it took.
        """
        pace = self._pictures if planned.cost else self._reads
        pace.add(_weight(planned), result.seconds)
        self._over += 1

    @property
    def seconds(self) -> float | None:
        """Seconds that the rest will take, as far as is known; None while it is unknown."""
        if self._over < _ENOUGH:
            return None
        reads, pictures = self._reads.left, self._pictures.left
        return None if reads is None or pictures is None else reads + pictures


class _Pace:
    """Seconds for a weight.

    Args:
        weight: of everything to be done.
    """

    def __init__(self, weight: float) -> None:
        self._to_do = weight
        self._done = 0.0
        self._seconds = 0.0

    def add(self, weight: float, seconds: float) -> None:
        self._done += weight
        self._seconds += seconds

    @property
    def left(self) -> float | None:
        """Seconds for what is not done; None where nothing was done yet."""
        rest = max(self._to_do - self._done, 0.0)
        if not rest:
            return 0.0
        return self._seconds / self._done * rest if self._done else None


def _weight(planned: PlannedCheck) -> float:
    return planned.cost + _ASKING if planned.cost else 1.0
