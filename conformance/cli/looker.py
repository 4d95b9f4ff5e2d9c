"""One look at a server for ``sdapi-check watch``: a run that disturbs nobody."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Event, Lock
from typing import TYPE_CHECKING

from conformance.cli.program import exit_code_of
from conformance.client.redaction import is_secret_header, redact_text
from conformance.detection.readiness import Patience, wait_until_idle
from conformance.errors import ConformanceError, ConnectionFailed, StillBusy, TargetError
from conformance.report.redacted import shown_document
from conformance.verdict import Verdict
from conformance.watch.snapshot import Snapshot, take_snapshot
from conformance.watch.target_state import Look, Outcome, outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cli.job import Job
    from conformance.deployment.connection import Connection
    from conformance.report.document import Document
    from conformance.runner.run import Run


_LONGEST = 500
# Seconds between two looks at the progress.
_GAP = 0.2
# What a look keeps nothing of: it says nothing about the server.
_UNTOUCHED = {Verdict.NOT_RUN, Verdict.NOT_APPLICABLE}


@dataclass(frozen=True)
class Found:
    """What a run found out.

    Args:
        document: of the run.
        snapshot: of the server.
    """

    document: Document
    snapshot: Snapshot


class _EndedEarly(ConformanceError):  # noqa: N818 - nobody's error
    """The end was asked for before the server was reached."""


class JobLooker:
    """Looks at the server of a job, again and again.

    Args:
        job: what is judged, and how far.
        now: returns the time of day, by which waivers expire.
    """

    def __init__(self, job: Job, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._job = job
        self._now = now
        self._secrets = secrets_of(job.connection)
        self._ended = Event()
        self._guard = Lock()
        self._run: Run | None = None

    def look(self) -> Look:
        """Judge the server once, after whatever it works at for others.

        Returns:
            How it ended, without secrets; nothing is raised for a server that cannot be judged.
        """
        began, start = self._now(), time.monotonic()
        try:
            self._wait_for_turn()
            found = self._judged(self._of_today(began))
        except ConformanceError as error:
            message = " ".join(redact_text(str(error), self._secrets).split())[:_LONGEST]
            code, seconds = exit_code_of(error), time.monotonic() - start
            return Look(
                at=began, outcome=_outcome(error), code=code, seconds=seconds, reason=message
            )
        document = kept(found.document)
        return Look(
            at=began,
            outcome=outcome_of(found.document, self._job.fail_on),
            code=found.document.exit_code(self._job.fail_on),
            seconds=time.monotonic() - start,
            document=document,
            snapshot=self._shown(found.snapshot),
            reason=(document.lost or document.not_put_back or document.stopped)[:_LONGEST],
        )

    def cancel(self) -> None:
        """End the look that is under way, once what it changed is put back; from any thread."""
        with self._guard:
            self._ended.set()
            run = self._run
        if run is not None:
            run.cancel()

    def _wait_for_turn(self) -> None:
        """Ask for progress before anything else; a server at work is asked for nothing more."""
        limit = self._job.run_options.patience
        if limit:
            with closing(self._job.connection.client()) as client:
                wait_until_idle(client, Patience(limit=limit, gap=_GAP), _nobody_hears)

    def _of_today(self, now: datetime) -> Job:
        """The job with waivers that expire while it is watched."""
        demands = self._job.run_options.demands
        if demands is None or demands.waivers is None:
            return self._job
        waivers = replace(demands.waivers, today=now.date())
        options = replace(self._job.run_options, demands=replace(demands, waivers=waivers))
        return replace(self._job, run_options=options)

    def _judged(self, job: Job) -> Found:
        collector = job.collector()
        with closing(job.connect(_nobody_hears, self._insist)) as context:
            run = job.open_run(context, [collector.handle])
            with self._guard:
                self._run = run
            self._insist()
            plan = run.prepare(job.run_options.wanted(), job.run_options.checks())
            try:
                run.carry_out(plan)
            finally:
                run.finish()
            return Found(collector.document, take_snapshot(context.target))

    def _insist(self) -> None:
        if self._ended.is_set():
            raise _EndedEarly("the watch was ended")

    def _shown(self, snapshot: Snapshot) -> Snapshot:
        shown = {
            facet: tuple(redact_text(name, self._secrets) for name in names)
            for facet, names in snapshot.facets.items()
        }
        return Snapshot(shown)


def _nobody_hears(_: str) -> None:
    """What is waited for is no news to anybody who watches for weeks."""


def _outcome(error: ConformanceError) -> Outcome:
    if isinstance(error, StillBusy):
        return Outcome.BUSY
    return Outcome.DOWN if isinstance(error, ConnectionFailed | TargetError) else Outcome.FAILED


def kept(document: Document) -> Document:
    """What a watch keeps of a document: no secrets, no evidence, nothing that was not looked at.

    Args:
        document: of a run.
    """
    shown = shown_document(document)
    results = tuple(
        replace(result, exchanges=())
        for result in shown.results
        if result.verdict not in _UNTOUCHED
    )
    return replace(shown, results=results, notes=(), sections=())


def secrets_of(connection: Connection) -> tuple[str, ...]:
    """Every text of a connection that nobody may see.

    Args:
        connection: to a server.
    """
    found = [*connection.secrets]
    for shown in (connection.credentials, connection.second_auth):
        found += [] if shown is None else shown.secrets
    found += [value for name, value in connection.headers.items() if is_secret_header(name)]
    return tuple(secret for secret in found if secret)
