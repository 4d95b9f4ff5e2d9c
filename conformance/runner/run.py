"""A run: carries out the plan, puts options back, and emits every step as an event."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from conformance.detection.probe import API
from conformance.detection.profile import claims
from conformance.detection.readiness import wait_until_idle
from conformance.errors import (
    AnswerError,
    ConnectionFailed,
    JournalError,
    RestoreError,
    StillBusy,
)
from conformance.requirements.requirement import Effect
from conformance.runner.events import (
    CheckFinished,
    CheckStarted,
    Event,
    Interrupted,
    Note,
    RunFinished,
    RunStarted,
    ServerLost,
    WritingEnded,
)
from conformance.runner.judge import judge
from conformance.runner.option_record import describe_differences
from conformance.runner.own_job import PendingTasks, stop_own_job
from conformance.runner.plan import Limits, Mode, Plan, PlannedCheck, TimeLeft, make_plan
from conformance.runner.registry import LONG_JOBS
from conformance.runner.retries import how_it_went, may_be_gone
from conformance.runner.sections import (
    came_later,
    left_on_disk,
    not_restored,
    not_seen,
    too_fast,
    writing_ended,
)
from conformance.runner.workers import Workers
from conformance.verdict import Result, Verdict, not_run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.requirements.requirement import Requirement
    from conformance.runner.check_context import CheckContext
    from conformance.runner.plan import RunSettings
    from conformance.runner.registry import Check
    from conformance.runner.workers import Look


_ENDED_EARLY = "the run was ended early"


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
        self.context, self.settings = context, settings
        self._handle, self._publishing = emit, threading.RLock()
        self._clock, self._started = clock, clock()
        self._cancelled = threading.Event()
        self._plan = Plan((), ())
        self._time_left = TimeLeft(self._plan)
        self._number = 0
        self._over: set[str] = set()
        self._reported: set[str] = set()
        self._left: dict[str, list[str]] = {}
        self._lost = ""
        self._unseen: list[str] = []
        self._was_idle = self._said_why = False
        self._patience = settings.patience
        self._hidden: list[Result] = []
        self._long_jobs: Mapping[str, int] = {}
        context.retries.say = self._note
        self._pending: PendingTasks | None = None
        context.options.may_post = settings.mode.writes

    def prepare(self, requirements: Sequence[Requirement], checks: Mapping[str, Check]) -> Plan:
        """Wait for the server, unless it was waited for, look at it, and plan.

        Args:
            requirements: chosen by the user.
            checks: id of a requirement -> its check.

        Returns:
            The plan, which the first event shows too.

        Raises:
            StillBusy: it works for somebody else.
        """
        if not self._was_idle:
            self.wait_for_others()
        allowed = [r for r in requirements if self.settings.mode.allows(r)]
        self._look_at_options(allowed)
        if any(r.area in {"IMG2IMG", "PROPERTY"} for r in allowed):
            self._pending = PendingTasks(self.context)
        if self.settings.generate and any(r.samples for r in allowed):
            self.context.identify()
            cost, shared = make_plan(requirements, checks, self._limits()).demand
            if shared & LONG_JOBS:
                self.context.jobs.measure(cost, shared)
                self._long_jobs = self.context.jobs.measured
        return self.plan(requirements, checks)

    def wait_for_others(self) -> None:
        """Wait until the server works for nobody, as far as there is any patience.

        Raises:
            StillBusy: it works for somebody else.
        """
        if (patience := self.settings.patience) is not None:
            self.context.shared = wait_until_idle(self.context.client, patience, self._note)
            self.context.options.patience = patience.shorter
            self._was_idle = True

    def plan(self, requirements: Sequence[Requirement], checks: Mapping[str, Check]) -> Plan:
        """Plan by what is known of the server, without asking it for anything.

        Args:
            requirements: chosen by the user.
            checks: id of a requirement -> its check.
        """
        context, own = self.context, self.settings
        plan = make_plan(requirements, checks, self._limits())
        self._plan, self._time_left, self._number = plan, TimeLeft(plan), 0
        context.meter.planned = plan.cost
        base, profile = context.client.address.base, context.profile
        self.publish(RunStarted(base, profile, own.mode, plan, own.seed, own.certify))
        return plan

    def carry_out(self, plan: Plan) -> None:
        """Report what the plan leaves out, then run its checks one by one.

        Args:
            plan: what ``prepare`` or ``plan`` returned.
        """
        for result in plan.left_out:
            self.leave_out(result)
        if len(plan.checks) == 1:
            self.step(plan.checks[0])
            return
        ended, count = self._cancelled.is_set, self.settings.at_once
        with Workers(self.context, plan.checks, self.look, ended, count) as workers:
            for planned in plan.checks:
                self.step(planned, workers.look)

    def leave_out(self, result: Result) -> Result:
        """Report a requirement that the plan leaves out.

        Args:
            result: as the plan has it.

        Returns:
            The result, with what the waivers make of it.
        """
        return self._finished(result)

    def step(self, planned: PlannedCheck, look: Look | None = None) -> Result:
        """Run the next check of the plan, unless the server is lost or the run was cancelled.

        Args:
            planned: one of the plan.
            look: gives its result, None where the run ended before; ``look`` of the run by default.

        Returns:
            The result, with what the waivers make of it.
        """
        self._number += 1
        number, total = self._number, len(self._plan.checks)
        reason = self._reason_not_to_run(planned)
        if reason:
            return self._finished(not_run(planned.requirement, reason), number, total)
        self.publish(CheckStarted(planned.requirement, number, total, self._time_left.seconds))
        result = (look or self.look)(planned)
        if result is None:
            return self._finished(not_run(planned.requirement, _ENDED_EARLY), number, total)
        self._leave(planned.check, result)
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
        """Make an event part of the run; one after the other, whichever thread it comes from.

        Args:
            event: such as a section of the report.
        """
        with self._publishing:
            self._handle(event)

    def cancel(self) -> None:
        """End the run after the check that is under way; from any thread."""
        self._cancelled.set()

    def finish(self) -> None:
        """Put back every option and emit the end of the run; also after an interruption."""
        # Whoever interrupts once more wants to go straight on to the options.
        with suppress(KeyboardInterrupt, SystemExit):
            self._clear_up()
        self._settle("the run", final=True)
        self._say_why_ended()
        if self._unseen:
            self.publish(too_fast(self._unseen))
        if self._hidden:
            self.publish(not_seen(self._hidden))
        if self.context.retries.summary:
            self.publish(came_later(self.context.retries))
        if self._left:
            self.publish(left_on_disk(self._left))
        spent, profile = self.context.meter.spent, self.context.profile
        self.publish(RunFinished(self._clock() - self._started, spent, profile))

    def look(self, planned: PlannedCheck) -> Result:
        """Run one planned check; options that it may have changed are put back before the next.

        Args:
            planned: one of the plan.

        Returns:
            The result, before any waiver.
        """
        requirement = planned.requirement
        if requirement.effect.rank >= Effect.WRITES.rank and self._busy():
            reason = "the server works for somebody else, whose job it would disturb"
            return Result(requirement=requirement, verdict=Verdict.SKIPPED, reason=reason)
        guard = self.context.options
        result = self._judge(planned)
        if result.verdict.unmet and guard.disturbed and not self._busy():
            # Somebody else's job had options of its own meanwhile.
            result = self._judge(planned)
        self._say_why_ended()
        if result.verdict.unmet and guard.others:
            # What others wrote meanwhile is no fault of the server.
            return not_run(requirement, guard.stopped)
        return result

    def _judge(self, planned: PlannedCheck) -> Result:
        guard, turn = self.context.options, self.context.client.turn
        if turn.alone:
            guard.disturbed = False
        function, limit = planned.check.function, self.settings.check_limit
        result = judge(planned.requirement, function, self.context, limit, self._clock)
        if not turn.alone:
            # It had nothing to do with options; what others wrote, they put back.
            return result
        if guard.unsettled:
            self._settle(result.id, final=False)
        elif guard.doubtful:
            guard.look_again()
        return result

    def _clear_up(self) -> None:
        if self._cancelled.is_set() and len(self._over) < len(self._plan.checks):
            self._end_early()
        if self._pending is not None:
            for message in self._pending.clear(generate=self.settings.generate):
                self._note(message)

    def _end_early(self) -> None:
        """Report what was not run, and end a picture of ours that the server still makes."""
        total = len(self._plan.checks)
        self.publish(Interrupted(len(self._over), total))
        if self.context.options.unsettled:
            self._note("the run was interrupted; options are put back (once more to leave them so)")
        for message in stop_own_job(self.context.client, self.context.sender.under_way):
            self._note(message)
        for requirement in (r for r in self._plan.requirements if r.id not in self._reported):
            self._finished(not_run(requirement, "the run was interrupted"), total, total)

    def _leave(self, check: Check, result: Result) -> None:
        self._over.add(result.id)
        # The embedded mock, whose options are noted nowhere, ends with the run.
        if check.leaves and result.verdict.looked_at and self.context.settings.journal is not None:
            self._left.setdefault(check.leaves, []).append(result.id)

    def _finished(self, result: Result, number: int = 0, total: int = 0) -> Result:
        if result.hidden_by:
            self._hidden.append(result)
        self._reported.add(result.id)
        result = self.settings.amend(result, self.context.profile)
        self.publish(CheckFinished(result, number, total))
        return result

    def _busy(self) -> bool:
        if self._patience is None:
            return False
        try:
            # The look before this one may have been at another check, so that one more will do.
            looks = 1 if self._was_idle else 2
            wait_until_idle(self.context.client, self._patience, self._note, looks=looks)
        except StillBusy:
            self._was_idle = False
            self._patience = self._patience.shorter
            return True
        self._was_idle = True
        return False

    def _reason_not_to_run(self, planned: PlannedCheck) -> str:
        """Why a check is not run any more; empty if it is."""
        if self._lost or self._cancelled.is_set():
            return self._lost or _ENDED_EARLY
        stopped = self.context.options.stopped
        acts = planned.requirement.effect.rank >= Effect.WRITES.rank
        return f"nothing more is written: {stopped}" if stopped and acts else ""

    def _look_at_options(self, allowed: list[Requirement]) -> None:
        """Look for several servers behind the address, and remember options that are written."""
        if self.settings.mode is Mode.SMOKE:
            return
        writes = any(r.effect.rank >= Effect.WRITES.rank for r in allowed)
        if writes or any(r.area == "OPT" for r in allowed):
            self.context.options.look(thorough=writes)
            self._say_why_ended()
        if writes and claims(self.context.profile, "GET", f"{API}/options"):
            # The checks of options report it; without the old values none of them writes.
            with suppress(AnswerError, ConnectionFailed):
                _ = self.context.options.before

    def _say_why_ended(self) -> None:
        """Say once, before everything else, why nothing more is written."""
        message = self.context.options.stopped
        if message and not self._said_why and self.context.client.turn.alone:
            self._said_why = True
            self.publish(WritingEnded(message))
            self.publish(writing_ended(message))

    def _reason_to_stop(self, result: Result) -> str:
        """Why nothing more can be run; empty while the server answers."""
        if result.hidden_by not in {"", *(earlier.hidden_by for earlier in self._hidden)}:
            self._note(result.reason.removeprefix("could not be seen: "))
        if not may_be_gone(result.exchanges):
            return ""
        gone = how_it_went(self.context.client, self.context.settings.clock.sleep)
        if not gone:
            return ""
        reason = f"the server went away at {result.id}: {gone}"
        self.publish(ServerLost(reason))
        return reason

    def _settle(self, after: str, *, final: bool) -> None:
        """Put options back, and note what a check left behind."""
        guard = self.context.options
        if not guard.wrote:
            return
        self.context.sender.begin(None)
        try:
            left = guard.close() if final else guard.settle()
        except (RestoreError, KeyboardInterrupt, SystemExit) as error:
            if final:
                self.publish(not_restored(error, guard.remedy))
            elif not isinstance(error, RestoreError):
                raise
            return
        except JournalError as error:
            self._note(str(error))
            return
        if left:
            changed = describe_differences(left)
            self._note(f"{after} left options changed, and they were put back: {changed}")

    def _limits(self) -> Limits:
        return Limits(
            profile=self.context.profile,
            mode=self.settings.mode,
            size=self.context.settings.size,
            budget=self.context.settings.budget,
            generate=self.settings.generate,
            long_jobs=self._long_jobs,
        )

    def _note(self, message: str) -> None:
        self.publish(Note(message))
