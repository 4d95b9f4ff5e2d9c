"""One server to be judged, and how that ended."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from conformance.catalogue import Level
from conformance.cli.plan_lines import plan_lines
from conformance.cli.session import Choices, carry_out, connect
from conformance.deployment.left_journal import journal_for
from conformance.errors import ReportError
from conformance.report import Collector, Console
from conformance.report.destination import write_reports

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.deployment.journal import UndoJournal
    from conformance.deployment.reach import Reach
    from conformance.engine import Run
    from conformance.report import Document
    from conformance.report.destination import Destination


@dataclass(frozen=True, kw_only=True)
class Job:
    """One server to be judged.

    Args:
        reach: the way to it.
        choices: what is to be done.
        command: what repeats the run; ``--only ID`` can be added.
        name: of the target in a configuration file; empty for an address.
        fail_on: the least binding level whose failure counts.
        verbose: tell what was not looked at.
        planning: show the plan alone.
        live: whether it is somebody's server, not the embedded mock.
        journal: where old values of options are noted; None for the usual place.
        reports: files that the result is written to.
    """

    reach: Reach
    choices: Choices
    command: str
    name: str = ""
    fail_on: Level = Level.MUST
    verbose: bool = False
    planning: bool = False
    live: bool = True
    journal: Path | None = None
    reports: tuple[Destination, ...] = ()

    def run(
        self,
        out: TextIO,
        started: Callable[[Run], None] | None = None,
        before_each: Callable[[], None] | None = None,
    ) -> Document | None:
        """Judge the server, and write what happens; None where only the plan was shown.

        Args:
            out: where to write.
            started: told the run once there is one, so that it can be ended from elsewhere.
            before_each: called before each attempt to reach the server; may raise to end them.

        Raises:
            ReportError: a report could not be written; all else is told and done by then.
            ConformanceError: the server cannot be judged, or the suite cannot go on.
        """

        def say(words: str) -> None:
            out.write(words + "\n")
            out.flush()

        def replay(name: str) -> str:
            # The document changes with every event.
            return collector.document.replay(name)

        collector = Collector(name=self.name, command=self.command, fail_on=self.fail_on)
        console = Console(out, replay, self.fail_on, verbose=self.verbose)
        with ExitStack() as stack:
            lab = connect(self.reach, self.choices, say, self._journal(say), before_each)
            stack.callback(lab.client.close)
            if self.planning:
                say("\n".join(plan_lines(lab.profile, self.choices, verbose=self.verbose)))
                return None
            handlers = [collector.handle, console.handle]
            carry_out(lab, self.choices, handlers, self.reach.remarks, started)
        self._report(collector.document, say)
        return collector.document

    def _report(self, document: Document, say: Callable[[str], None]) -> None:
        problems = write_reports(self.reports, document, say)
        if problems:
            raise ReportError("; ".join(problems))

    def _journal(self, say: Callable[[str], None]) -> UndoJournal | None:
        # The embedded mock ends with the run, and so do its options.
        if not self.live or self.planning:
            return None
        return journal_for(
            self.reach.base,
            self.journal,
            writes=self.choices.mode.writes,
            say=say,
        )
