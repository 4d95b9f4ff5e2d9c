"""A run: the plan carried out, everything put back, every step told."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import TYPE_CHECKING

from conformance.catalogue import Effect
from conformance.engine.events import (
    CheckFinished,
    CheckStarted,
    Event,
    Noted,
    RunFinished,
    RunStarted,
    StateNotPutBack,
    TargetLost,
)
from conformance.engine.gateway import cut_short
from conformance.engine.judge import judge
from conformance.engine.mode import Mode
from conformance.engine.plan import Limits, Plan, Planned, make_plan
from conformance.engine.time_left import TimeLeft
from conformance.errors import (
    AnswerError,
    ConnectionFailed,
    JournalError,
    NotPutBack,
    StillBusy,
    Unreachable,
)
from conformance.lab.keeper import told
from conformance.target import API, Patience, claims, wait_until_idle
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.catalogue import Requirement
    from conformance.checks.registry import Check
    from conformance.lab import Lab
    from conformance.target import ServerProfile

    Amend = Callable[[Result, ServerProfile], Result]


def as_it_is(result: Result, _profile: ServerProfile) -> Result:
    """A result without a waiver."""
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
        lab: the bench, its target recognised.
        settings: how the run goes.
        emit: told every event.
        clock: seconds, rising.
    """

    def __init__(
        self,
        lab: Lab,
        settings: RunSettings,
        emit: Callable[[Event], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lab = lab
        self.settings = settings
        self._emit = emit
        self._clock = clock
        self._started = clock()
        self._cancelled = Flag()

    def prepare(self, requirements: Sequence[Requirement], checks: Mapping[str, Check]) -> Plan:
        """Wait for the server, look at it, and plan.

        Raises:
            StillBusy: it works for somebody else.
        """
        if self.settings.patience is not None:
            wait_until_idle(self.lab.client, self.settings.patience, self._note)
        allowed = [r for r in requirements if self.settings.mode.allows(r)]
        self._remember_options(allowed)
        if self.settings.generate and any(r.samples for r in allowed):
            self.lab.identify()
        return self.plan(requirements, checks)

    def plan(self, requirements: Sequence[Requirement], checks: Mapping[str, Check]) -> Plan:
        """Plan by what is known of the server, without asking it for anything."""
        plan = make_plan(requirements, checks, self._limits())
        self._emit(
            RunStarted(
                self.lab.client.address.base,
                self.lab.profile,
                self.settings.mode,
                plan,
                self.settings.seed,
                self.settings.certify,
            ),
        )
        return plan

    def carry_out(self, plan: Plan) -> None:
        """Run the planned checks, those left out told first."""
        for result in plan.left_out:
            self._finished(result)
        self._checks(plan)

    def cancel(self) -> None:
        """End the run after the check that is under way; from any thread."""
        self._cancelled.set()

    def finish(self) -> None:
        """Put back every option, and tell that the run is over; also after an interruption."""
        self._settle("the run", final=True)
        seconds = self._clock() - self._started
        self._emit(RunFinished(seconds, self.lab.meter.spent, self.lab.profile))

    def look(self, planned: Planned) -> Result:
        """Run one planned check; options that it may have changed are put back before the next."""
        requirement = planned.requirement
        if requirement.effect is Effect.INTERRUPTS and self._busy():
            reason = "the server works for somebody else, whose job it would disturb"
            return Result(requirement=requirement, verdict=Verdict.SKIPPED, reason=reason)
        function, limit = planned.check.function, self.settings.check_limit
        result = judge(requirement, function, self.lab, limit, self._clock)
        if self.lab.options.unsettled:
            self._settle(requirement.id, final=False)
        return result

    def _checks(self, plan: Plan) -> None:
        total = len(plan.checks)
        left = TimeLeft(plan)
        lost = ""
        for number, planned in enumerate(plan.checks, start=1):
            lost = lost or ("the run was ended early" if self._cancelled.is_set() else "")
            if lost:
                self._finished(_not_run(planned.requirement, lost), number, total)
                continue
            self._emit(CheckStarted(planned.requirement, number, total, left.seconds))
            result = self.look(planned)
            left.finished(planned, result)
            lost = self._lost(result)
            self._finished(result, number, total)

    def _finished(self, result: Result, number: int = 0, total: int = 0) -> None:
        result = self.settings.amend(result, self.lab.profile)
        self._emit(CheckFinished(result, number, total))

    def _busy(self) -> bool:
        if self.settings.patience is None:
            return False
        try:
            wait_until_idle(self.lab.client, self.settings.patience, self._note)
        except StillBusy:
            return True
        return False

    def _lost(self, result: Result) -> str:
        """Why nothing more can be run; empty while the server answers."""
        for exchange in result.exchanges:
            words = cut_short(exchange)
            if words:
                self._note(f"{exchange.method} {exchange.path}: {words}")
                break
        if not any(exchange.status is None for exchange in result.exchanges):
            return ""
        try:
            self.lab.client.exchange("GET", f"{API}/samplers")
        except Unreachable as error:
            words = f"the server went away at {result.id}: {error}"
            self._emit(TargetLost(words))
            return words
        except ConnectionFailed:
            return ""
        return ""

    def _settle(self, after: str, *, final: bool) -> None:
        """Put options back; what a check left behind is told."""
        keeper = self.lab.options
        if not keeper.wrote:
            return
        self.lab.wire.begin(None)
        try:
            left = keeper.close() if final else keeper.settle()
        except NotPutBack as error:
            if final:
                remedy = f"; later, put them back with: {keeper.remedy}" if keeper.remedy else ""
                self._emit(StateNotPutBack(f"{error}{remedy}"))
            return
        except JournalError as error:
            self._note(str(error))
            return
        if left:
            changed = told(left)
            self._note(f"{after} left options changed, and they were put back: {changed}")

    def _remember_options(self, allowed: list[Requirement]) -> None:
        if not any(r.effect.rank >= Effect.WRITES.rank for r in allowed):
            return
        if not claims(self.lab.profile, "GET", f"{API}/options"):
            return
        try:
            _ = self.lab.options.before
        except (AnswerError, ConnectionFailed):
            # The checks of options will tell; without a memory none of them writes.
            return

    def _limits(self) -> Limits:
        settings = self.lab.settings
        return Limits(
            profile=self.lab.profile,
            mode=self.settings.mode,
            size=settings.size,
            budget=settings.budget,
            generate=self.settings.generate,
        )

    def _note(self, words: str) -> None:
        self._emit(Noted(words))


def _not_run(requirement: Requirement, reason: str) -> Result:
    return Result(requirement=requirement, verdict=Verdict.NOT_RUN, reason=reason)
