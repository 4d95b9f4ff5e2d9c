"""A comparison as text, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.report.comparison import Change, Comparison, Kind
from conformance.report.summary import verdict_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 160


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """The comparison as lines: both servers, the changes by kind, the programs."""
    yield f"old: {verdict_line(comparison.old)}"
    yield f"new: {verdict_line(comparison.new)}"
    for kind in Kind:
        changes = comparison.of(kind)
        if changes:
            yield from ("", f"{kind} ({len(changes)})")
            yield from (f"  {_line(change)}" for change in changes)
    if comparison.clients:
        yield from ("", "programs")
        for client in comparison.clients:
            why = f" (on {', '.join(client.breaks_on)})" if client.breaks_on else ""
            yield f"  {client.name}: {client.old} -> {client.new}{why}"
    if not comparison.changes:
        yield from ("", "nothing changed")


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as a JSON value."""
    return {
        "old": _side(comparison, "old"),
        "new": _side(comparison, "new"),
        "changes": [
            {
                "id": change.result.id,
                "level": str(change.result.requirement.level),
                "kind": str(change.kind),
                "old": None if change.old is None else str(change.old.verdict),
                "new": None if change.new is None else str(change.new.verdict),
                "expected": change.result.expected,
                "actual": change.result.actual,
                "reason": change.result.reason,
            }
            for change in comparison.changes
        ],
        "clients": [
            {
                "name": client.name,
                "old": str(client.old),
                "new": str(client.new),
                "breaks_on": list(client.breaks_on),
            }
            for client in comparison.clients
        ],
    }


def _side(comparison: Comparison, name: str) -> dict[str, Any]:
    document = getattr(comparison, name)
    return {
        "title": document.title,
        "profile": document.profile,
        "started": document.started.isoformat(),
        "exit_code": int(document.exit_code()),
    }


def _line(change: Change) -> str:
    old = "unknown" if change.old is None else str(change.old.verdict)
    new = "unknown" if change.new is None else str(change.new.verdict)
    result = change.result
    said = " ".join((result.actual or result.reason or result.requirement.sentence).split())
    line = f"{result.id} ({result.requirement.level}) {old} -> {new}: {said}"
    return line if len(line) <= _WIDTH else line[: _WIDTH - 3] + "..."
