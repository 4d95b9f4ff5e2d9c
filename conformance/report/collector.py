"""The result document, gathered from the events of a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from conformance.catalogue import Level, load_catalogue
from conformance.engine import (
    CheckFinished,
    Event,
    Noted,
    RunFinished,
    RunStarted,
    StateNotPutBack,
    TargetLost,
)
from conformance.report.document import Document

if TYPE_CHECKING:
    from conformance.verdict import Result

_DISTRIBUTION = "sdapi-conformance"


class Collector:
    """Gathers the result document from events.

    Args:
        started: when the run began; now by default.
        name: what the operator calls the server; empty for none.
        command: what repeats the run.
        fail_on: the least binding level whose failure counts.
    """

    def __init__(
        self,
        started: datetime | None = None,
        *,
        name: str = "",
        command: str = "",
        fail_on: Level = Level.MUST,
    ) -> None:
        self._started = started or datetime.now(UTC)
        self._results: list[Result] = []
        self.document = Document(
            url="",
            profile="",
            mode="",
            seed=0,
            started=self._started,
            version=suite_version(),
            name=name,
            command=command,
            fail_on=fail_on,
        )

    def handle(self, event: Event) -> None:
        """Take one event into the document."""
        if isinstance(event, CheckFinished):
            self._results.append(event.result)
        self.document = replace(
            _with_event(self.document, event),
            results=tuple(sorted(self._results, key=_place)),
        )


def suite_version() -> str:
    """The installed version of this suite; ``unknown`` in a bare checkout."""
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def _with_event(document: Document, event: Event) -> Document:
    match event:
        case RunStarted():
            return replace(
                document,
                url=event.url,
                profile=str(event.profile),
                evidence=event.profile.evidence,
                mode=event.mode.value,
                seed=event.seed,
                planned_cost=event.plan.cost,
                certify=event.certify,
            )
        case Noted():
            return replace(document, notes=(*document.notes, event.words))
        case StateNotPutBack():
            return replace(document, not_put_back=event.words)
        case TargetLost():
            return replace(document, lost=event.words)
        case RunFinished():
            return replace(document, seconds=event.seconds, cost=event.cost)
        case _:
            return document


def _place(result: Result) -> int:
    places = _places()
    return places.get(result.id, len(places))


@cache
def _places() -> dict[str, int]:
    return {name: place for place, name in enumerate(load_catalogue().ids)}
