"""One server under pytest: recognised once, judged requirement by requirement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.cli.further_looks import look_further
from conformance.report.causes import causes
from conformance.report.failure_text import BodyFiles, Style, claim_lines, failure_lines
from conformance.requirements.requirement import Level
from conformance.runner.events import Event, Note, OptionsNotRestored
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection

    from conformance.cli.job import Job
    from conformance.report.document import Document
    from conformance.requirements.requirement import Requirement
    from conformance.runner.plan import Plan


class Session:
    """One server under pytest, judged by the run that the command carries out too.

    Args:
        job: what the options of pytest ask for.

    Raises:
        ConformanceError: the server cannot be reached, or cannot be judged; the text says why.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self._collector = job.collector()
        self._not_restored: list[str] = []
        self._shown: set[str] = set()
        self._style = Style(curl=BodyFiles().command)
        self._early_notes: list[str] = []
        self.context = job.connect(self._early_notes.append)
        self._run = job.open_run(self.context, [self._collector.handle, self._hear])
        for note in self._early_notes:
            self._collector.handle(Note(note))
        self._plan: Plan | None = None
        self._whole = False

    @property
    def document(self) -> Document:
        """What is known so far."""
        return self._collector.document

    def plan(self, ids: Collection[str]) -> None:
        """Decide once which of some requirements run.

        Args:
            ids: of the requirements and properties that are tests of this session.
        """
        if self._plan is None:
            known = self.job.run_options.wanted()
            wanted = [r for r in known if r.id in ids]
            self._whole = len(wanted) == len(known)
            self._plan = self._run.prepare(wanted, self.job.run_options.checks())

    def result(self, requirement: Requirement) -> Result:
        """The verdict on one requirement or property, found now.

        Args:
            requirement: which.
        """
        self.plan({requirement.id})
        assert self._plan is not None  # noqa: S101 - just made
        for planned in self._plan.checks:
            if planned.requirement.id == requirement.id:
                return self._run.step(planned)
        for result in self._plan.left_out:
            if result.id == requirement.id:
                return self._run.leave_out(result)
        reason = "the settings of the run leave it out"
        return Result(requirement=requirement, verdict=Verdict.NOT_RUN, reason=reason)

    def end_test(self, result: Result) -> None:
        """End a test as the verdict says: pass, fail, skip, or xfail for what need not be met.

        Args:
            result: the verdict.
        """
        __tracebackhide__ = True
        binding = result.verdict is Verdict.WARN and self.job.fail_on is not Level.MUST
        failed = {Verdict.FAIL, Verdict.ERROR, Verdict.WAIVED_BUT_PASSED}
        if result.verdict in failed or binding:
            pytest.fail("\n".join(self._story(result)), pytrace=False)
        if result.verdict.unmet:
            pytest.xfail(f"{result.requirement.level}: {result.actual}")
        if not result.verdict.met:
            pytest.skip(f"{result.verdict}: {result.reason}")

    def _story(self, result: Result) -> list[str]:
        """A failure in full, or the name of the one before that has the same cause."""
        for cause in causes(self.document):
            earlier = [each for each in cause.results if each.id in self._shown]
            if earlier and any(each.id == result.id for each in cause.results):
                return [*claim_lines(result), f"  Follows:  the same cause as {earlier[0].id}"]
        self._shown.add(result.id)
        return failure_lines(result, self.document.replay(result.id), self._style)

    def close(self, *, early: bool = False) -> str:
        """Put every option back, and write the reports.

        Args:
            early: whether somebody ended the run before all tests were over.

        Returns:
            Which options could not be put back; empty if all were.

        Raises:
            ReportError: a report could not be written.
        """
        options = self.job.run_options
        # A mock of a test's own has nothing to look for, and -k chooses a part of the run.
        if early:
            self._run.cancel()
        elif self.job.live and (self._whole or options.insists):
            look_further(options.looks, self.job.connection, self._run)
        self._run.finish()
        self.context.close()
        self.job.report(self.document, self._early_notes.append)
        return "; ".join(self._not_restored)

    def _hear(self, event: Event) -> None:
        if isinstance(event, OptionsNotRestored):
            self._not_restored.append(event.text)
