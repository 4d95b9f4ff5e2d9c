"""The one lock behind which generations wait, first come, first served."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class FifoLock:
    """A lock that its waiters get in the order in which they asked.

    Source: modules/call_queue.py ``queue_lock``; requests are answered in arrival order
    (recorded trace "three requests at once").

    Attributes:
        turns: how often it was asked for.
    """

    def __init__(self) -> None:
        self._inner = threading.Lock()
        self._waiting: deque[tuple[threading.Lock, threading.Thread]] = deque()
        self._held = False
        self.turns = 0

    @property
    def waiting(self) -> int:
        """How many wait for the lock now, the holder not counted."""
        return len(self._waiting)

    @property
    def waiters(self) -> set[threading.Thread]:
        """The threads that wait for the lock now; one that gets it is none of them any more."""
        with self._inner:
            return {thread for _, thread in self._waiting}

    @property
    def held(self) -> bool:
        """Whether somebody holds it."""
        return self._held

    def acquire(self) -> None:
        """Get the lock, waiting behind everybody who asked before."""
        with self._inner:
            self.turns += 1
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append((turn, threading.current_thread()))
        turn.acquire()

    def release(self) -> None:
        """Hand the lock to whoever has waited longest."""
        with self._inner:
            if self._waiting:
                turn, _ = self._waiting.popleft()
                turn.release()
            else:
                self._held = False

    __enter__ = acquire

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
