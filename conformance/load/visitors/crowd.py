"""The users of one process: what they share, and how each of them comes and goes."""

from __future__ import annotations

import time
from itertools import count
from random import Random
from secrets import token_hex
from threading import Event, Thread
from typing import TYPE_CHECKING

from conformance.client.transport import ExchangeLog
from conformance.load.core.arrivals import gap
from conformance.load.visitors.visitor import Office, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.deployment.connection import Connection
    from conformance.load.core.plan import Habits
    from conformance.load.visitors.ledger import Ledger

# Until the rate of arrivals is known, and while there are to be none.
_IDLE = 0.1


class Crowd:
    """The users of one process.

    Args:
        habits: how each of them behaves.
        connections: to the servers, among which they are spread in turn.
        take: pays for a picture; False where no more are to be asked for.
        ledger: takes what happens.
        seed: of the random choices.
        clock: seconds, rising.
    """

    def __init__(  # noqa: PLR0913 - what one process has of each
        self,
        habits: Habits,
        connections: Sequence[Connection],
        take: Callable[[float], bool],
        ledger: Ledger,
        *,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.office = Office(habits, take, ledger, clock, token_hex(4))
        self.rate = 0.0
        self.most = 0
        self._seed = seed
        # Of each only the last answer is kept: thousands of pictures are not for the memory.
        self._clients = [connection.client(ExchangeLog(1)) for connection in connections]
        self._numbers = count()
        self._closed = Event()

    def visitor(self) -> Visitor:
        """A new user, of the server whose turn it is."""
        number = next(self._numbers)
        self.most = max(self.most, number + 1)
        server = number % len(self._clients)
        random = Random(f"{self._seed}/{number}")  # noqa: S311 - nothing secret
        return Visitor(self.office, self._clients[server], server, random)

    def visit(self) -> None:
        """One user, who comes, waits for one picture and leaves."""
        visitor = self.visitor()
        visitor.arrive()
        visitor.picture()
        visitor.close()

    def arrivals(self) -> None:
        """Let users come at random, as often as ``rate`` says (a minute), until it is closed."""
        random = Random(f"{self._seed}/arrivals")  # noqa: S311 - nothing secret
        while not self._closed.is_set():
            if not self.rate:
                self._closed.wait(_IDLE)
            elif not self._closed.wait(gap(random, self.rate)):
                Thread(target=self.visit, daemon=True).start()

    def close(self) -> None:
        """Let nobody come any more."""
        self._closed.set()
