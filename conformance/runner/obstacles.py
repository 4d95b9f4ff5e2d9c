"""What kept the run from seeing the server: gateways that answered for it, and limits of the rate.

Each cause is reported once, with all that it hid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.gateway import turned_away
from conformance.runner.events import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.runner.retries import Retries
    from conformance.verdict import Result


# Ids that a line names of those that one cause hid.
_NAMED = 8


class Obstacles:
    """Collects what gateways hid from a run."""

    def __init__(self) -> None:
        self._hid: dict[str, list[str]] = {}
        self._remedies: dict[str, str] = {}
        self._noted: set[str] = set()

    def notes(self, result: Result) -> Iterator[str]:
        """A sentence for each gateway that answered in a check, where its cause is new.

        Args:
            result: of the check.
        """
        for exchange in result.exchanges:
            away = turned_away(exchange)
            if away is not None and away.cause not in self._noted:
                self._noted.add(away.cause)
                yield f"{exchange.method} {exchange.path}: {away}"

    def add(self, result: Result) -> None:
        """Remember a result, if something hid what it is about.

        Args:
            result: of a check.
        """
        if not result.hidden_by:
            return
        self._hid.setdefault(result.hidden_by, []).append(result.id)
        away = turned_away(result.exchanges[0]) if result.exchanges else None
        if away is not None:
            self._remedies[result.hidden_by] = away.remedy

    def sections(self, retries: Retries) -> Iterator[Section]:
        """What a report says of it; nothing where nothing was in between.

        Args:
            retries: what was waited for.
        """
        if self._hid:
            yield self._gateway()
        if retries.summary:
            yield Section(
                key="rate-limit",
                title="Requests that were to come later",
                lines=(retries.summary,),
                tone="info",
                short=retries.short,
            )

    def _gateway(self) -> Section:
        causes = sorted(self._hid.items(), key=lambda item: -len(item[1]))
        total = sum(len(ids) for _, ids in causes)
        first, *others = (f"{cause} ({len(ids)})" for cause, ids in causes)
        rest = [name.removeprefix("the gateway answered ") for name in others]
        return Section(
            key="gateway",
            title="Not the server's own answers",
            lines=tuple(self._line(cause, ids) for cause, ids in causes),
            tone="warn",
            short=f"{total} could not be seen: {' and '.join([first, *rest])}",
        )

    def _line(self, cause: str, ids: list[str]) -> str:
        named = ", ".join(sorted(ids)[:_NAMED])
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        return f"{cause}; {self._remedies.get(cause, '')}: {named}{more} could not be seen"
