"""The state of a server as JSON, as the store keeps it over restarts."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from conformance.errors import ReportError, StateError
from conformance.report.json_report import document_json, read_document
from conformance.watch.snapshot import Facet, Snapshot
from conformance.watch.target_state import Availability, Grade, Outcome, TargetState

if TYPE_CHECKING:
    from conformance.report.document import Document


_MOMENTS = ("since", "looked", "judged", "good_at")


def document_text(document: Document | None) -> str:
    """A document as text of JSON; empty for none.

    Args:
        document: to be kept.
    """
    return "" if document is None else json.dumps(document_json(document), ensure_ascii=False)


def state_text(state: TargetState) -> str:
    """A state as text of JSON, but for its document, which seldom changes.

    Args:
        state: to be kept.
    """
    moments = {name: _moment(getattr(state, name)) for name in _MOMENTS}
    value = {
        "availability": state.availability,
        "grade": state.grade,
        "troubled": state.troubled,
        "outcome": state.outcome,
        "words": state.reason,
        "good": _snapshot(state.good),
        "seen": _snapshot(state.seen),
        "looks": dict(state.looks),
        "alerts": dict(state.alerts),
        "pictures": state.pictures,
        "seconds": state.seconds,
        **moments,
    }
    return json.dumps(value, ensure_ascii=False)


def read_state(text: str, document: str, name: str) -> TargetState:
    """A state that ``state_text`` and ``document_text`` wrote.

    What an older or newer suite cannot read of it is taken as unknown.

    Args:
        text: of the state.
        document: of its document.
        name: of the file, for the error.

    Returns:
        The state; a document of another version of the suite is left out of it.

    Raises:
        StateError: it is none.
    """
    try:
        value = json.loads(text)
        read = {each: _read_moment(value[each]) for each in _MOMENTS}
        outcome = value["outcome"]
        return TargetState(
            availability=Availability(value["availability"]),
            grade=Grade(value["grade"]),
            troubled=value["troubled"],
            outcome=None if outcome is None else Outcome(outcome),
            reason=value["words"],
            document=_read_document(document, name),
            good=_read_snapshot(value["good"]),
            seen=_read_snapshot(value["seen"]),
            looks=value["looks"],
            alerts=value["alerts"],
            pictures=value["pictures"],
            seconds=value["seconds"],
            **read,
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        message = f"{name} is damaged ({type(error).__name__} {error}); delete it to begin anew"
        raise StateError(message) from error


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _snapshot(snapshot: Snapshot | None) -> dict[str, list[str]] | None:
    if snapshot is None:
        return None
    return {str(facet): list(names) for facet, names in snapshot.facets.items()}


def _read_snapshot(value: dict[str, list[str]] | None) -> Snapshot | None:
    if value is None:
        return None
    known = set(Facet)
    return Snapshot({Facet(k): tuple(names) for k, names in value.items() if k in known})


def _read_document(text: str, name: str) -> Document | None:
    try:
        return read_document(text, name) if text else None
    except ReportError:
        return None
