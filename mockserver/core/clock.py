"""Time of a simulated server: its clock, how fast its GPU is, and whose turn it is."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType


class Clock(Protocol):
    """Where the server takes the time from and how it lets time pass."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Come back when `seconds` have passed.

        Args:
            seconds: 0 or less comes back at once.
        """
        ...


class RealClock:
    """The machine's own time: ``time.time`` and ``time.sleep``."""

    now = staticmethod(time.time)
    sleep = staticmethod(time.sleep)


class ManualClock:
    """A clock that stands still until `advance` moves it.

    A thread that sleeps on it wakes when enough time has passed, in the order of what is due
    first. `settle` lets a test wait, without sleeping itself, until the work under test sleeps
    again or is done.

    Args:
        start: the first value of `now`, seconds since the epoch.
    """

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start
        self._due: list[float] = []
        self._changed = threading.Condition()

    def now(self) -> float:
        """Seconds since the epoch, as last moved."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Block until `advance` has moved the clock by `seconds`.

        Args:
            seconds: 0 or less comes back at once.
        """
        if seconds <= 0:
            return
        with self._changed:
            due = self._now + seconds
            self._due.append(due)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._now >= due)
            self._due.remove(due)
            self._changed.notify_all()

    def advance(self, seconds: float) -> None:
        """Move the clock; returns when each sleeper that was due has left its sleep.

        Args:
            seconds: 0 or more.
        """
        with self._changed:
            self._now += seconds
            self._changed.notify_all()
            self._changed.wait_for(lambda: all(due > self._now for due in self._due))

    def advance_to_next(self) -> float:
        """Move the clock to when the next sleeper is due; 0.0 when nobody sleeps.

        Returns:
            The seconds it was moved by.
        """
        with self._changed:
            step = max(0.0, min(self._due) - self._now) if self._due else 0.0
        self.advance(step)
        return step

    @property
    def sleepers(self) -> int:
        """How many threads sleep on this clock now."""
        return len(self._due)

    def wait_for_sleepers(self, count: int = 1, timeout: float = 5.0) -> bool:
        """Wait (in real time) until `count` threads sleep here; False after `timeout` seconds.

        Args:
            count: default 1.
            timeout: seconds of real time, default 5.
        """
        with self._changed:
            return self._changed.wait_for(lambda: len(self._due) >= count, timeout)


class Pace:
    """Seconds that one step of a 512x512 picture takes; it may change while the server runs.

    Args:
        step_time: seconds; 0 for no time at all.

    Attributes:
        default: of requests that have no pace of their own.
    """

    def __init__(self, step_time: float = 0.0) -> None:
        self.default = step_time
        self._own = threading.local()

    @property
    def step_time(self) -> float:
        """Seconds of a step, for the request that this thread works on."""
        own: float | None = getattr(self._own, "step_time", None)
        return self.default if own is None else own

    @contextmanager
    def of_request(self, step_time: float) -> Iterator[None]:
        """Another pace for what this thread does until the block ends.

        Args:
            step_time: seconds.
        """
        self._own.step_time = step_time
        try:
            yield
        finally:
            self._own.step_time = None


class FifoLock:
    """A lock that its waiters get in the order in which they asked.

    Source: modules/call_queue.py ``queue_lock``; requests are answered in arrival order
    (recorded trace "three requests at once").

    Attributes:
        turns: how often it was asked for.
        held: whether somebody holds it.
    """

    def __init__(self) -> None:
        self._inner = threading.Lock()
        self._waiting: deque[tuple[threading.Lock, threading.Thread]] = deque()
        self.held = False
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

    def acquire(self) -> None:
        """Get the lock, waiting behind everybody who asked before."""
        with self._inner:
            self.turns += 1
            if not self.held:
                self.held = True
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
                self.held = False

    __enter__ = acquire

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
