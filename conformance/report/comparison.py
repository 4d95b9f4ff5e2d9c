"""Compares two reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from conformance.report.programs import reported
from conformance.report.summary import Prospect, verdict_line
from conformance.requirements.requirement import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.report.document import Document
    from conformance.verdict import Result, Verdict


class Kind(StrEnum):
    """How a requirement changed, the most urgent first."""

    FAILS = "newly failing"
    PASSES = "newly passing"
    UNSEEN = "no longer looked at"
    OTHERWISE = "otherwise changed"
    APPEARED = "appeared"  # the older result does not know it
    GONE = "gone"  # the newer result does not know it


@dataclass(frozen=True)
class Change:
    """A requirement whose verdict differs.

    Args:
        kind: how.
        old: the older result; None for one that appeared.
        new: the newer result; None for one that is gone.
    """

    kind: Kind
    old: Result | None
    new: Result | None

    @property
    def result(self) -> Result:
        """The newer result as far as there is one."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 - a change has a side
        return found


@dataclass(frozen=True)
class ClientChange:
    """A program of which other things are to be expected.

    Args:
        name: of the program.
        old: what was to be expected.
        new: what is to be expected.
        breaks_on: ids of the needs that are not met now.
    """

    name: str
    old: Prospect
    new: Prospect
    breaks_on: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What changed from one result to another.

    Args:
        old: the older result.
        new: the newer result.
        changes: by kind, and in the catalogue's order.
        clients: programs of which other things are to be expected.
    """

    old: Document
    new: Document
    changes: tuple[Change, ...]
    clients: tuple[ClientChange, ...]

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of a kind.

        Args:
            kind: of change.
        """
        return tuple(change for change in self.changes if change.kind is kind)

    def worse(self, fail_on: Level = Level.MUST) -> bool:
        """Whether something fails now that did not, among what is at least so binding.

        Args:
            fail_on: the least binding level that counts.
        """
        binding = list(Level)[: list(Level).index(fail_on) + 1]
        return any(c.result.requirement.level in binding for c in self.of(Kind.FAILS))


def compare(old: Document, new: Document) -> Comparison:
    """Compare two results, by the ids of their requirements.

    What the newer one finds unmet is newly failing unless the older one had found that too;
    an id that appeared and is not met is newly failing as well.

    Args:
        old: the earlier document.
        new: the later document.
    """
    return Comparison(old, new, changes(old, new), _clients(old, new))


def changes(old: Document, new: Document) -> tuple[Change, ...]:
    """The requirements whose verdicts differ, as ``compare`` finds them, without the programs.

    Args:
        old: the earlier document.
        new: the later document.

    Returns:
        The changes by kind, and in the catalogue's order.
    """
    before = {result.id: result for result in old.results}
    after = {result.id: result for result in new.results}
    ids = [*after, *(name for name in before if name not in after)]
    found = [_change(before.get(name), after.get(name)) for name in ids]
    order = list(Kind)
    return tuple(sorted((c for c in found if c), key=lambda change: order.index(change.kind)))


def _change(old: Result | None, new: Result | None) -> Change | None:
    if new is None:
        return Change(Kind.GONE, old, None)
    if new.verdict.unmet and not (old and old.verdict.unmet):
        return Change(Kind.FAILS, old, new)
    if old is None:
        return Change(Kind.APPEARED, None, new)
    kind = _kind(old.verdict, new.verdict)
    return None if kind is None else Change(kind, old, new)


def _kind(old: Verdict, new: Verdict) -> Kind | None:
    if old is new:
        return None
    if new.met and not old.met:
        return Kind.PASSES
    if old.looked_at and not new.looked_at:
        return Kind.UNSEEN
    return Kind.OTHERWISE


def _clients(old: Document, new: Document) -> tuple[ClientChange, ...]:
    before = {outlook.client.id: outlook for outlook in reported(old)}
    pairs = [(before[o.client.id], o) for o in reported(new) if o.client.id in before]
    return tuple(
        ClientChange(now.client.name, then.prospect, now.prospect, now.breaks_on)
        for then, now in pairs
        if then.prospect is not now.prospect
    )


_WIDTH = 160


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """The comparison as lines: both servers, the changes by kind, the programs.

    Args:
        comparison: of two documents.
    """
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
    """The comparison as a JSON value.

    Args:
        comparison: of two documents.
    """
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
