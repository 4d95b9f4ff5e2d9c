"""A run: carries out the plan, puts options back, and emits every step as an event."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import TYPE_CHECKING

from conformance.detection.probe import API
from conformance.detection.profile import claims
from conformance.detection.readiness import Patience, wait_until_idle
from conformance.errors import (
    AnswerError,
    ConnectionFailed,
    JournalError,
    RestoreError,
    StillBusy,
)
from conformance.gateway import turned_away
from conformance.requirements.requirement import Effect
from conformance.runner.events import (
    CheckFinished,
    CheckStarted,
    Event,
    Note,
    OptionsNotRestored,
    RunFinished,
    RunStarted,
    Section,
    ServerLost,
)
from conformance.runner.judge import judge
from conformance.runner.obstacles import DEAD, Obstacles, how_it_went
from conformance.runner.option_guard import describe_differences
from conformance.runner.plan import Limits, Mode, Plan, PlannedCheck, make_plan
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.detection.profile import ServerProfile
    from conformance.requirements.requirement import Requirement
    from conformance.runner.check_context import CheckContext
    from conformance.runner.registry import Check


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


if TYPE_CHECKING:
    Amend = Callable[[Result, ServerProfile], Result]


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
    """

    mode: Mode = Mode.SAFE
    seed: int = 0
    check_limit: float = 600.0
    patience: Patience | None = field(default_factory=Patience)
    generate: bool = True
    certify: bool = False
    amend: Amend = as_it_is


class Run:
    """One run over one server.

    Args:
        context: of the server, its target recognised.
        settings: how the run goes.
        emit: gets every event.
        clock: seconds, rising.
    """

    def __init__(
        self,
        context: CheckContext,
        settings: RunSettings,
        emit: Callable[[Event], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.context = context
        self.settings = settings
        self._emit = emit
        self._clock = clock
        self._started = clock()
        self._cancelled = Flag()
        self._plan = Plan((), ())
        self._time_left = TimeLeft(self._plan)
        self._number = 0
        self._lost = ""
        self._unseen: list[str] = []
        self._was_idle = False
        self._obstacles = Obstacles()
        context.retries.say = self._note

    def prepare(self, requirements: Sequence[Requirement], checks: Mapping[str, Check]) -> Plan:
        """Wait for the server, look at it, and plan.

        Args:
            requirements: chosen by the user.
            checks: id of a requirement -> its check.

        Returns:
            The plan, which the first event shows too.

        Raises:
            StillBusy: it works for somebody else.
        """
        if self.settings.patience is not None:
            wait_until_idle(self.context.client, self.settings.patience, self._note)
            self._was_idle = True
        allowed = [r for r in requirements if self.settings.mode.allows(r)]
        self._remember_options(allowed)
        if self.settings.generate and any(r.samples for r in allowed):
            self.context.identify()
        return self.plan(requirements, checks)

    def plan(self, requirements: Sequence[Requirement], checks: Mapping[str, Check]) -> Plan:
        """Plan by what is known of the server, without asking it for anything.

        Args:
            requirements: chosen by the user.
            checks: id of a requirement -> its check.
        """
        plan = make_plan(requirements, checks, self._limits())
        self._plan, self._time_left, self._number = plan, TimeLeft(plan), 0
        self.context.meter.planned = plan.cost
        self._emit(
            RunStarted(
                self.context.client.address.base,
                self.context.profile,
                self.settings.mode,
                plan,
                self.settings.seed,
                self.settings.certify,
            ),
        )
        return plan

    def carry_out(self, plan: Plan) -> None:
        """Report what the plan leaves out, then run its checks one by one.

        Args:
            plan: what ``prepare`` or ``plan`` returned.
        """
        for result in plan.left_out:
            self.leave_out(result)
        for planned in plan.checks:
            self.step(planned)

    def leave_out(self, result: Result) -> Result:
        """Report a requirement that the plan leaves out.

        Args:
            result: as the plan has it.

        Returns:
            The result, with what the waivers make of it.
        """
        return self._finished(result)

    def step(self, planned: PlannedCheck) -> Result:
        """Run the next check of the plan, unless the server is lost or the run was cancelled.

        Args:
            planned: one of the plan.

        Returns:
            The result, with what the waivers make of it.
        """
        self._number += 1
        number, total = self._number, len(self._plan.checks)
        reason = self._lost or ("the run was ended early" if self._cancelled.is_set() else "")
        if reason:
            return self._finished(_not_run(planned.requirement, reason), number, total)
        self._emit(CheckStarted(planned.requirement, number, total, self._time_left.seconds))
        result = self.look(planned)
        self._time_left.finished(planned, result)
        if result.verdict is Verdict.SKIPPED and planned.check.needs & self.context.jobs.unseen:
            self._unseen.append(result.id)
        self._lost = self._reason_to_stop(result)
        return self._finished(result, number, total)

    @property
    def ended_early(self) -> bool:
        """Whether the server is lost, or the run was cancelled."""
        return bool(self._lost) or self._cancelled.is_set()

    def publish(self, event: Event) -> None:
        """Make something part of the run that was found out beside its checks.

        Args:
            event: such as a section of the report.
        """
        self._emit(event)

    def cancel(self) -> None:
        """End the run after the check that is under way; from any thread."""
        self._cancelled.set()

    def finish(self) -> None:
        """Put back every option and emit the end of the run; also after an interruption."""
        self._settle("the run", final=True)
        if self._unseen:
            self._emit(_too_fast(self._unseen))
        for section in self._obstacles.sections(self.context.retries):
            self._emit(section)
        seconds = self._clock() - self._started
        self._emit(RunFinished(seconds, self.context.meter.spent, self.context.profile))

    def look(self, planned: PlannedCheck) -> Result:
        """Run one planned check; options that it may have changed are put back before the next.

        Args:
            planned: one of the plan.

        Returns:
            The result, before any waiver.
        """
        requirement = planned.requirement
        if requirement.effect is Effect.INTERRUPTS and self._busy():
            reason = "the server works for somebody else, whose job it would disturb"
            return Result(requirement=requirement, verdict=Verdict.SKIPPED, reason=reason)
        function, limit = planned.check.function, self.settings.check_limit
        result = judge(requirement, function, self.context, limit, self._clock)
        if self.context.options.unsettled:
            self._settle(requirement.id, final=False)
        return result

    def _finished(self, result: Result, number: int = 0, total: int = 0) -> Result:
        self._obstacles.add(result)
        result = self.settings.amend(result, self.context.profile)
        self._emit(CheckFinished(result, number, total))
        return result

    def _busy(self) -> bool:
        if self.settings.patience is None:
            return False
        try:
            # The look before this one may have been at another check, so that one more will do.
            looks = 1 if self._was_idle else 2
            wait_until_idle(self.context.client, self.settings.patience, self._note, looks=looks)
        except StillBusy:
            self._was_idle = False
            return True
        self._was_idle = True
        return False

    def _reason_to_stop(self, result: Result) -> str:
        """Why nothing more can be run; empty while the server answers."""
        found = [(exchange, turned_away(exchange)) for exchange in result.exchanges]
        for sentence in self._obstacles.notes(result):
            self._note(sentence)
        if not any(e.status is None or (a and a.obstacle in DEAD) for e, a in found):
            return ""
        gone = how_it_went(self.context.client, self.context.settings.clock.sleep)
        if not gone:
            return ""
        reason = f"the server went away at {result.id}: {gone}"
        self._emit(ServerLost(reason))
        return reason

    def _settle(self, after: str, *, final: bool) -> None:
        """Put options back, and note what a check left behind."""
        guard = self.context.options
        if not guard.wrote:
            return
        self.context.sender.begin(None)
        try:
            left = guard.close() if final else guard.settle()
        except RestoreError as error:
            if final:
                remedy = f"; later, put them back with: {guard.remedy}" if guard.remedy else ""
                self._emit(OptionsNotRestored(f"{error}{remedy}"))
            return
        except JournalError as error:
            self._note(str(error))
            return
        if left:
            changed = describe_differences(left)
            self._note(f"{after} left options changed, and they were put back: {changed}")

    def _remember_options(self, allowed: list[Requirement]) -> None:
        if not any(r.effect.rank >= Effect.WRITES.rank for r in allowed):
            return
        if not claims(self.context.profile, "GET", f"{API}/options"):
            return
        try:
            _ = self.context.options.before
        except (AnswerError, ConnectionFailed):
            # The checks of options report it; without the old values none of them writes.
            return

    def _limits(self) -> Limits:
        settings = self.context.settings
        return Limits(
            profile=self.context.profile,
            mode=self.settings.mode,
            size=settings.size,
            budget=settings.budget,
            generate=self.settings.generate,
        )

    def _note(self, words: str) -> None:
        self._emit(Note(words))


def _not_run(requirement: Requirement, reason: str) -> Result:
    return Result(requirement=requirement, verdict=Verdict.NOT_RUN, reason=reason)


def _too_fast(names: Sequence[str]) -> Section:
    """What could not be watched, for the report and its verdict line."""
    count = len(names)
    return Section(
        key="too-fast",
        title="Too fast to be watched",
        lines=(
            "Jobs were over before all of this could be seen; a higher --budget makes them longer.",
            f"Not looked at: {', '.join(names)}.",
        ),
        tone="info",
        short=f"{count} not watched: the server is too fast",
    )
