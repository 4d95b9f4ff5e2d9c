"""Time that tests move by hand, or that moves as those who wait would have it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakSet

if TYPE_CHECKING:
    from mockserver.core.clock import FifoLock

# Real seconds after which somebody counts as held up by what nobody knows of. No test of ours needs
# that, and a machine that is busy with others may need long for what it does.
_HELD_UP = 20.0
# Real seconds that a sleeper waits while the mover is held up, and between two looks at others.
_MOMENT = 0.002


class HandClock:
    """Seconds that pass only while somebody sleeps, or when reported to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class QueueLock:
    """A lock of a server whose waiting threads a shared time knows of, as it knows its queues.

    Args:
        newest_first: who came last is the next one.
    """

    every: ClassVar[WeakSet[QueueLock]] = WeakSet()

    def __init__(self, *, newest_first: bool = False) -> None:
        self._next = -1 if newest_first else 0
        self._owner: threading.Thread | None = None
        self.waiters: list[threading.Thread] = []
        self._changed = threading.Condition()
        self.every.add(self)

    def __enter__(self) -> None:
        own = threading.current_thread()
        with self._changed:
            if self._owner is None:
                self._owner = own
            else:
                self.waiters.append(own)
                self._changed.wait_for(lambda: self._owner is own)

    def __exit__(self, *_: object) -> None:
        with self._changed:
            # Whoever is next waits no more, even before it runs.
            self._owner = self.waiters.pop(self._next) if self.waiters else None
            self._changed.notify_all()


class SharedTime:
    """Seconds for a server and its judge at once, none of them real.

    The thread that made it moves the time by sleeping, and comes back when every thread started
    since has done what was due, and sleeps again, waits in a queue of the server or has ended.
    While it waits in such a queue itself, the sleepers move the time.
    """

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start
        self._mover = threading.get_ident()
        self._mover_thread = threading.current_thread()
        self._queues: list[FifoLock] = []
        self._strangers = set(threading.enumerate())
        self._due: dict[threading.Thread, float] = {}
        self._stuck: set[threading.Thread] = set()
        self._held_up = False
        self._resting = False
        self._changed = threading.Condition()

    def __call__(self) -> float:
        if threading.get_ident() == self._mover:
            self._held_up = False
        return self._now

    def now(self) -> float:
        return self()

    def know(self, queue: FifoLock) -> None:
        """Look there for threads that wait."""
        self._queues.append(queue)

    def _queued(self) -> set[threading.Thread]:
        queues = (*self._queues, *QueueLock.every)
        return {thread for queue in queues for thread in tuple(queue.waiters)}

    def sleep(self, seconds: float) -> None:
        with self._changed:
            if threading.get_ident() == self._mover:
                self._held_up = False
                self._move(self._now + seconds)
                self._let_others_go_on()
            else:
                self._wait(self._now + seconds)

    def _let_others_go_on(self) -> None:
        patience = time.monotonic() + _HELD_UP
        self._resting = True
        while self._awake() and time.monotonic() < patience:
            self._changed.wait(_MOMENT)
        self._stuck |= self._awake()
        self._resting = False

    def _awake(self) -> set[threading.Thread]:
        others = set(threading.enumerate()) - self._strangers - self._stuck - self._queued()
        return {thread for thread in others if self._due.get(thread, 0.0) <= self._now}

    def _wait(self, due: float) -> None:
        own = threading.current_thread()
        self._due[own] = due
        self._stuck.discard(own)
        self._changed.notify_all()
        patience = time.monotonic() + _HELD_UP
        while not self._changed.wait_for(lambda: self._now >= due, _MOMENT):
            # The mover may be about to wait for this very thread, or for another that is stuck.
            self._held_up |= time.monotonic() > patience
            waits = self._held_up or (self._mover_thread in self._queued() and not self._awake())
            if waits and not self._resting and due <= min(self._due.values()):
                self._move(due)
        del self._due[own]

    def _move(self, to: float) -> None:
        self._now = max(self._now, to)
        self._changed.notify_all()
