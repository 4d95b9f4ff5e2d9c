"""Whether a program will work with a server that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.requirements.client_programs import ClientProgram
    from conformance.verdict import Result


class Prospect(StrEnum):
    """What to expect of a program."""

    WORKS = "works"
    LOSS = "works with loss"
    BREAKS = "breaks"
    UNKNOWN = "unknown"  # nothing wrong was found, and not all that it needs was looked at


@dataclass(frozen=True)
class Outlook:
    """What to expect of a program on a server.

    Args:
        client: the program.
        breaks_on: ids of needs that are not met.
        loses: ids of likes that are not met, and of what it trips over.
        not_looked_at: ids of needs that nothing was found out about.
    """

    client: ClientProgram
    breaks_on: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    not_looked_at: tuple[str, ...] = ()

    @property
    def prospect(self) -> Prospect:
        """In one word; one need that is not met outweighs what was not looked at."""
        if self.breaks_on:
            return Prospect.BREAKS
        if self.not_looked_at:
            return Prospect.UNKNOWN
        return Prospect.LOSS if self.loses else Prospect.WORKS


def outlooks(clients: Iterable[ClientProgram], results: Iterable[Result]) -> tuple[Outlook, ...]:
    """What to expect of each program, in the order given.

    A waiver helps no program: what is waived is still not met. Neither does it help that a
    kind of server need not have a route.

    Args:
        clients: the programs.
        results: of a run.
    """
    verdicts = {result.id: result.verdict for result in results}
    return tuple(_outlook(client, verdicts) for client in clients)


def _outlook(client: ClientProgram, verdicts: Mapping[str, Verdict]) -> Outlook:
    return Outlook(
        client,
        tuple(name for name in client.need_ids if _missing(verdicts.get(name))),
        tuple(
            [name for name in client.like_ids if _missing(verdicts.get(name))]
            + [name for name in client.trip_ids if _met(verdicts.get(name))],
        ),
        tuple(name for name in client.need_ids if not _known(verdicts.get(name))),
    )


def _missing(verdict: Verdict | None) -> bool:
    return verdict is not None and (verdict.unmet or verdict is Verdict.UNSUPPORTED)


def _met(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.met


def _known(verdict: Verdict | None) -> bool:
    return verdict is not None and (verdict.looked_at or verdict is Verdict.UNSUPPORTED)
