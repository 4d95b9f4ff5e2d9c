"""What kept the run from seeing the server: gateways that answered for it, and limits of the rate.

Each cause is reported once, with all that it hid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.detection.probe import API
from conformance.errors import ConnectionFailed, Unreachable
from conformance.gateway import turned_away
from conformance.runner.events import Section
from conformance.runner.no_model import NO_MODEL
from conformance.runner.retries import DEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.client.client import Client
    from conformance.exchange import Exchange
    from conformance.runner.retries import Retries
    from conformance.verdict import Result


_LOAD = "load one and run again"
# The checks of these show wrong credentials on purpose.
_OF_CREDENTIALS = ("AUTH-", "EXT-002")
# Ids that a line names of those that one cause hid.
_NAMED = 8


# Seconds until a server that seems gone is asked a second time.
_SECOND_LOOK = 5.0


def may_be_gone(exchanges: Iterable[Exchange]) -> bool:
    """Whether an answer did not come, or came from a gateway that finds no server.

    Args:
        exchanges: of a check.
    """
    found = ((exchange, turned_away(exchange)) for exchange in exchanges)
    return any(e.status is None or (away and away.obstacle in DEAD) for e, away in found)


def how_it_went(client: Client, sleep: Callable[[float], None]) -> str:
    """How the server does not answer any more; empty while it does, be it late.

    Args:
        client: how to reach it.
        sleep: waits so many seconds.
    """
    away = None
    for pause in (0.0, _SECOND_LOOK):
        if pause:
            sleep(pause)
        try:
            exchange = client.exchange("GET", f"{API}/samplers")
        except Unreachable as error:
            return str(error)
        except ConnectionFailed:
            return ""
        away = turned_away(exchange)
        if away is None or away.obstacle not in DEAD:
            return ""
    return str(away)


class Obstacles:
    """Collects what gateways hid from a run."""

    def __init__(self) -> None:
        self._hid: dict[str, list[str]] = {}
        self._remedies: dict[str, str] = {}
        self._noted: set[str] = set()

    def notes(self, result: Result) -> Iterator[str]:
        """A sentence about what hid a result, where the cause is new.

        Args:
            result: of a check.
        """
        if result.hidden_by and result.hidden_by not in self._noted:
            self._noted.add(result.hidden_by)
            yield result.reason.removeprefix("could not be seen: ")

    def add(self, result: Result) -> None:
        """Remember a result, if something hid what it is about.

        Args:
            result: of a check.
        """
        if not result.hidden_by:
            return
        self._hid.setdefault(result.hidden_by, []).append(result.id)
        away = turned_away(result.exchanges[0]) if result.exchanges else None
        remedy = _LOAD if result.hidden_by == NO_MODEL else ""
        self._remedies[result.hidden_by] = remedy if away is None else away.remedy

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
        first, *others = (
            f"{cause} ({len(ids)})" if len(causes) > 1 else cause for cause, ids in causes
        )
        rest = [name.removeprefix("the gateway answered ") for name in others]
        return Section(
            key="gateway",
            title="What could not be seen",
            lines=tuple(self._line(cause, ids) for cause, ids in causes),
            tone="warn",
            short=f"{total} could not be seen: {', '.join([first, *rest])}",
        )

    def _line(self, cause: str, ids: list[str]) -> str:
        named = ", ".join(sorted(ids)[:_NAMED])
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        remedy = self._remedies.get(cause, "")
        if all(name.startswith(_OF_CREDENTIALS) for name in ids):
            remedy = "it asks for credentials before the webui can"
        return f"{cause}: {named}{more} could not be seen; {remedy}"
