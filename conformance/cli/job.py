"""One server to judge: its plan in lines, its run, and its reports."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from conformance.cli.embedded import STEP_IN_ALL
from conformance.cli.further_looks import look_further
from conformance.cli.session import RunOptions, connect, open_run, planned
from conformance.deployment.undo_journal.journal import earlier_journals, new_journal
from conformance.deployment.undo_journal.leftovers import report_leftovers
from conformance.detection.profile import ServerProfile
from conformance.errors import ReportError
from conformance.report.console import Console
from conformance.report.document import Collector, ExitCode
from conformance.report.layout import fitted, width_of
from conformance.requirements.requirement import Level
from conformance.runner.long_jobs import DEAREST
from conformance.runner.own_job import stop_own_job
from conformance.runner.plan import Mode
from conformance.runner.registry import LONG_JOBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from conformance.deployment.connection import Connection
    from conformance.deployment.undo_journal.journal import UndoJournal
    from conformance.report.destination import Destination
    from conformance.report.document import Document
    from conformance.runner.check_context import CheckContext
    from conformance.runner.events import Event
    from conformance.runner.plan import Plan
    from conformance.runner.run import Run


# What is planned for where no server is named: what the embedded mock serves.
NEWEST = ServerProfile.parse("a1111-1.10.1")


def plan_lines(
    profile: ServerProfile,
    run_options: RunOptions,
    modes: Iterable[Mode] = tuple(Mode),
    *,
    verbose: bool = False,
    long_jobs: Mapping[str, int] = MappingProxyType({}),
) -> list[str]:
    """The cost of each mode, and what the chosen one looks at and leaves out.

    Args:
        profile: what kind of server it is.
        run_options: what the user chose.
        modes: to be compared.
        verbose: name every requirement.
        long_jobs: name of a long job -> pixel-steps, where the speed of the server is known.
    """
    plan = planned(profile, run_options, long_jobs)
    return [
        f"{profile}, mode {run_options.mode}: {len(plan.checks)} checks, {plan.cost:.3f} pictures",
        "",
        "mode      checks  pictures",
        *(_mode_line(profile, run_options, mode, long_jobs) for mode in modes),
        "",
        "A picture is one of 512x512 at 20 steps; what several checks share is counted once.",
        *_speed_lines(plan, run_options, known=bool(long_jobs)),
        *_look_lines(run_options),
        *_leftover_lines(plan),
        *_left_out_lines(plan, verbose=verbose),
        *(_check_lines(plan) if verbose else ()),
    ]


def _look_lines(run_options: RunOptions) -> list[str]:
    """What is looked at beyond the requirements."""
    names = [look.__name__ for look in run_options.looks]
    return [f"Looked at too, without a picture: {' and '.join(names)}."] if names else []


def _mode_line(
    profile: ServerProfile,
    run_options: RunOptions,
    mode: Mode,
    long_jobs: Mapping[str, int],
) -> str:
    plan = planned(profile, replace(run_options, mode=mode), long_jobs)
    return f"{mode:<9} {len(plan.checks):6}  {plan.cost:8.3f}"


def _speed_lines(plan: Plan, run_options: RunOptions, *, known: bool) -> list[str]:
    """Why a run may cost another sum than the plan of a server that was not measured."""
    jobs = {name for planned in plan.checks for name in planned.check.needs & LONG_JOBS}
    if not jobs:
        return []
    more = DEAREST * len(jobs)
    if run_options.most_pictures is not None:
        more = min(more, max(run_options.most_pictures - plan.cost, 0.0))
    counted = "an idle machine" if known else "a slow server"
    return [
        f"Jobs that are watched at work are counted as on {counted}. The faster the server, the",
        f"longer they are, {more:.1f} pictures more at most; a run measures it, and its first line",
        "says what it will cost.",
    ]


def _leftover_lines(plan: Plan) -> list[str]:
    """What the run leaves on the server's disk."""
    things: dict[str, list[str]] = {}
    for planned_check in plan.checks:
        if planned_check.check.leaves:
            things.setdefault(planned_check.check.leaves, []).append(planned_check.requirement.id)
    lines = [f"  {thing} ({', '.join(names)})" for thing, names in things.items()]
    if plan.cost:
        lines.append("  params.txt of the webui, which every picture overwrites")
    return ["", "Left on the server's disk:", *lines] if lines else []


def _left_out_lines(plan: Plan, *, verbose: bool) -> list[str]:
    if not plan.left_out:
        return []
    if verbose:
        return ["", "Left out:", *(f"  {r.id:<14} {r.reason}" for r in plan.left_out)]
    reasons = Counter(str(result.verdict) for result in plan.left_out)
    parts = ", ".join(f"{count} {verdict}" for verdict, count in reasons.items())
    return ["", f"Left out: {parts} (-v lists which, and why)"]


def _check_lines(plan: Plan) -> list[str]:
    lines = [
        f"  {p.requirement.id:<14} {p.requirement.effect:<15} {p.cost:.4f}" for p in plan.checks
    ]
    return ["", "In this order, with what each samples beyond those before it:", *lines]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One server to be judged.

    Args:
        connection: how to reach it.
        run_options: what is to be done.
        command: what repeats the run; ``--only ID`` can be added.
        name: of the target in a configuration file; empty for an address.
        fail_on: the least binding level whose failure counts.
        verbose: list what was not looked at.
        planning: show the plan alone.
        live: whether it is somebody's server, not the embedded mock.
        journal: where old values of options are noted; None for the usual place.
        reports: files that the result is written to.
    """

    connection: Connection
    run_options: RunOptions
    command: str
    name: str = ""
    fail_on: Level = Level.MUST
    verbose: bool = False
    planning: bool = False
    live: bool = True
    journal: Path | None = None
    reports: tuple[Destination, ...] = ()

    @property
    def programs(self) -> tuple[str, ...]:
        """Ids of the programs that were asked for; empty for all."""
        return tuple(client.id for client in self.run_options.clients)

    def run(
        self,
        out: TextIO,
        started: Callable[[Run], None] | None = None,
        before_each: Callable[[], None] | None = None,
    ) -> Document | None:
        """Judge the server, and write what happens; None where only the plan was shown.

        Args:
            out: where to write.
            started: gets the run once there is one, so that it can be ended from elsewhere.
            before_each: called before each attempt to reach the server; may raise to end them.

        Raises:
            ReportError: a report could not be written; everything else is done by then.
            ConformanceError: the server cannot be judged, or the suite cannot go on.
        """

        def say(message: str) -> None:
            out.write("\n".join(fitted(message, width_of(out))) + "\n")
            out.flush()

        def replay(name: str) -> str:
            # The document changes with every event.
            return collector.document.replay(name)

        collector = self.collector()
        console = Console(
            out,
            replay,
            self.fail_on,
            verbose=self.verbose,
            programs=self.programs,
            elsewhere=tuple(each.name for each in self.reports),
        )
        with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
            # The checks load while the server is waited for.
            loading = pool.submit(self.run_options.load)
            context = stack.enter_context(closing(self.connect(say, before_each)))
            if self.planning:
                for line in plan_lines(context.profile, self.run_options, verbose=self.verbose):
                    say(line)
                return None
            run = self.open_run(context, [collector.handle, console.handle])
            if not self.live:
                context.jobs.expect(STEP_IN_ALL)
            if started is not None:
                started(run)
            try:
                run.wait_for_others()
                plan = run.prepare(*loading.result())
            except (KeyboardInterrupt, SystemExit):
                # The first pictures may take long; nothing was written by now.
                for message in stop_own_job(context.client, context.sender.under_way):
                    say(message)
                raise
            self._carry_out(run, plan, collector, say)
        self.report(collector.document, say)
        return collector.document

    def _carry_out(
        self, run: Run, plan: Plan, collector: Collector, say: Callable[[str], None]
    ) -> None:
        """Run the plan and the further looks; options are put back whatever ends them."""
        try:
            run.carry_out(plan)
            if self.run_options.looks:
                look_further(self.run_options.looks, self.connection, run)
        except (KeyboardInterrupt, SystemExit):
            run.cancel()
            run.finish()
            self._report_what_was_seen(collector.document, say)
            raise
        except BaseException:
            run.finish()
            raise
        run.finish()

    def _report_what_was_seen(self, document: Document, say: Callable[[str], None]) -> None:
        """Write the reports of a run that was interrupted, which goes on to end.

        Raises:
            SystemExit: something stays changed on the server, which outweighs the signal.
        """
        try:
            self.report(document, say)
        except ReportError as error:
            say(str(error))
        code = document.exit_code()
        if code is ExitCode.SUITE_FAILED:
            raise SystemExit(int(code))

    def collector(self) -> Collector:
        """A fresh document for the events of a run."""
        return Collector(
            name=self.name,
            command=self.command,
            fail_on=self.fail_on,
            programs=self.programs,
        )

    def connect(
        self,
        say: Callable[[str], None],
        before_each: Callable[[], None] | None = None,
    ) -> CheckContext:
        """Reach the server once it is awake, and recognise it.

        Args:
            say: gets a line about what is waited for.
            before_each: called before each attempt; may raise to end them.

        Raises:
            ConnectionFailed: it was not reached.
            TargetError: it is no sdapi, or does not let us in.
            JournalError: an earlier run left options changed, or there is no place for a journal.
            StillBusy: another run is writing options there now.
        """
        return connect(self.connection, self.run_options, say, self._journal(say), before_each)

    def open_run(self, context: CheckContext, handlers: Sequence[Callable[[Event], None]]) -> Run:
        """The run that this job asks for.

        Args:
            context: what ``connect`` returned.
            handlers: get every event.
        """
        return open_run(context, self.run_options, handlers, self.connection.remarks)

    def report(self, document: Document, say: Callable[[str], None]) -> None:
        """Write the reports.

        Args:
            document: what they show.
            say: gets a line for each file.

        Raises:
            ReportError: a report could not be written.
        """
        if not self.reports:
            return
        from conformance.report.destination import write_reports  # noqa: PLC0415 - every format

        problems = write_reports(self.reports, document, say)
        if problems:
            raise ReportError("; ".join(problems))

    def _journal(self, say: Callable[[str], None]) -> UndoJournal | None:
        # The embedded mock ends with the run, and so do its options.
        if not self.live or self.planning:
            return None
        server, writes = self.connection.base, self.run_options.mode.writes
        if self.journal is not None or earlier_journals(server):
            report_leftovers(server, self.journal, writes=writes, say=say)
        journal = new_journal(server, self.journal)
        if writes:
            journal.prepare()
        return journal
