"""Several servers judged at the same time, each with its own output."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import StringIO
from threading import Lock
from typing import TYPE_CHECKING, TextIO

from conformance.cli.program import exit_code_of
from conformance.errors import ConformanceError
from conformance.report.destination import insist_on_names
from conformance.report.document import ExitCode
from conformance.report.matrix import Outcome, summary_lines, worst

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from concurrent.futures import Future

    from conformance.cli.job import Job
    from conformance.runner.run import Run


def judge_all(jobs: Sequence[Job], at_most: int, out: TextIO | None = None) -> int:
    """Judge servers, write what happens and a summary; the exit code of all together.

    A single one is shown as it happens, and without a summary.

    Args:
        jobs: at least one.
        at_most: how many at the same time.
        out: where to write; standard output by default.

    Raises:
        ConformanceError: a single server cannot be judged.
    """
    out = out or sys.stdout
    for job in jobs:
        insist_on_names(job.reports, len(jobs))
    if len(jobs) == 1:
        document = jobs[0].run(out)
        return int(document.exit_code(jobs[0].fail_on)) if document else int(ExitCode.CONFORMANT)
    outcomes: list[Outcome] = []
    out.write(f"{len(jobs)} targets, {min(len(jobs), at_most)} at a time\n\n")
    out.flush()
    runs = SideBySide(jobs, at_most)
    try:
        with closing(runs.outcomes()) as ended:
            for outcome, text in ended:
                outcomes.append(outcome)
                _show(outcome, text, out)
    except (KeyboardInterrupt, SystemExit):
        # All runs are over by now; what was seen so far is shown before the command ends.
        for outcome, text in runs.ended[len(outcomes) :]:
            outcomes.append(outcome)
            _show(outcome, text, out)
        out.write("\n".join(summary_lines(outcomes)) + "\n")
        raise
    out.write("\n".join(summary_lines(outcomes)) + "\n")
    return int(worst(outcomes))


def _show(outcome: Outcome, text: str, out: TextIO) -> None:
    out.write(f"== {outcome.name} ==\n{text}{_trouble(outcome)}\n")
    out.flush()


def _trouble(outcome: Outcome) -> str:
    return f"{outcome.reason}\n" if outcome.reason else ""


class _EndedEarly(Exception):  # noqa: N818 - nobody's error
    """The end was asked for before a server was reached."""

    def __str__(self) -> str:
        return "the run was ended early"


class SideBySide:
    """Judges several servers at the same time, so many at most.

    One that cannot be judged does not stop the others. Two targets at the same address are
    judged one after the other, for they would disturb each other.

    Args:
        jobs: in the order in which they are shown.
        at_most: threads.
    """

    def __init__(self, jobs: Sequence[Job], at_most: int) -> None:
        self._jobs = tuple(jobs)
        self._at_most = at_most
        self._locks = {job.connection.base: Lock() for job in jobs}
        self._runs: list[Run] = []
        self._ended = False
        self._guard = Lock()
        self._outcomes: dict[str, tuple[Outcome, str]] = {}

    @property
    def ended(self) -> list[tuple[Outcome, str]]:
        """How those ended that are over, in order."""
        return [self._outcomes[job.name] for job in self._jobs if job.name in self._outcomes]

    def outcomes(self) -> Generator[tuple[Outcome, str], None, None]:
        """How each ended, and what it wrote, in order, each once it and those before it are over.

        Left early, all runs are ended: what they changed is put back first.
        """
        with ThreadPoolExecutor(self._at_most, thread_name_prefix="target") as pool:
            futures: list[Future[tuple[Outcome, str]]] = []
            try:
                futures += [pool.submit(self._judge, job) for job in self._jobs]
                for future in futures:
                    yield future.result()
            finally:
                self._end(futures)

    def _judge(self, job: Job) -> tuple[Outcome, str]:
        out = StringIO()
        with self._locks[job.connection.base]:
            outcome = self._outcome(job, out)
        self._outcomes[job.name] = outcome, out.getvalue()
        return self._outcomes[job.name]

    def _outcome(self, job: Job, out: StringIO) -> Outcome:
        try:
            document = job.run(out, self._started, self._insist)
        except _EndedEarly as error:
            return Outcome(job.name, ExitCode.NOTHING_RAN, reason=str(error))
        except ConformanceError as error:
            return Outcome(job.name, exit_code_of(error), reason=str(error))
        except Exception as error:  # noqa: BLE001 - one target's trouble is not the others'
            message = f"the suite failed: {type(error).__name__}: {error}"
            return Outcome(job.name, ExitCode.SUITE_FAILED, reason=message)
        code = ExitCode.CONFORMANT if document is None else document.exit_code(job.fail_on)
        return Outcome(job.name, code, document)

    def _started(self, run: Run) -> None:
        with self._guard:
            self._runs.append(run)
            ended = self._ended
        if ended:
            run.cancel()

    def _insist(self) -> None:
        """Begin nothing more once the end was asked for; a server may be waited for long."""
        if self._ended:
            raise _EndedEarly

    def _end(self, futures: Sequence[Future[tuple[Outcome, str]]]) -> None:
        """End what is not over; nothing happens where all are."""
        with self._guard:
            self._ended = True
            runs = tuple(self._runs)
        for future in futures:
            future.cancel()
        for run in runs:
            run.cancel()
