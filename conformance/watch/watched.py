"""A server that is watched, how a watch goes, and how time passes for it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from conformance.requirements.requirement import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.watch.messages import Subject
    from conformance.watch.snapshot import Facet
    from conformance.watch.target_state import Look


class Looker(Protocol):
    """Looks at one server."""

    def look(self) -> Look:
        """Look once; in a thread of its own."""

    def cancel(self) -> None:
        """End the look that is under way as soon as what it changed is put back."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A server that is watched.

    Args:
        subject: its name and address.
        looker: looks at it.
        fail_on: the least binding level whose failure makes it not conformant.
        ignored: facets whose drift does not matter.
        patient: whether an end waits for a look, however long, as it may have changed options.
    """

    subject: Subject
    looker: Looker
    fail_on: Level = Level.MUST
    ignored: frozenset[Facet] = frozenset()
    patient: bool = False


Inbox = SimpleQueue[object]


class Times:
    """How time passes for the loop, and how work is begun; the machine's own by default."""

    def now(self) -> datetime:
        """The time of day."""
        return datetime.now(UTC)

    def seconds(self) -> float:
        """Seconds, rising."""
        return time.monotonic()

    def receive(self, inbox: Inbox, seconds: float) -> object | None:
        """The next message, or None after so many seconds without one.

        Args:
            inbox: of the loop.
            seconds: to wait at most.
        """
        try:
            # On some systems a signal is only handled between two waits.
            return inbox.get(timeout=min(seconds, 1.0)) if seconds > 0 else inbox.get_nowait()
        except Empty:
            return None

    def begin(self, work: Callable[[], None]) -> None:
        """Have something done while the loop goes on.

        Args:
            work: puts what it comes to into the inbox.
        """
        threading.Thread(target=work, daemon=True, name="watch").start()


@dataclass(frozen=True, kw_only=True)
class WatchSettings:
    """How a watch goes.

    Args:
        every: seconds from the beginning of a look to that of the next.
        confirm: seconds after which a change for the worse is looked at again before it is
            reported; 0 to report it at once.
        jobs: servers looked at at the same time, at most.
        once: look once at each, and end.
        verbose: say how every look ended.
    """

    every: float = 300.0
    confirm: float = 10.0
    jobs: int = 4
    once: bool = False
    verbose: bool = False
