"""Time that tests move by hand, or that moves as those who wait would have it."""

from __future__ import annotations

import threading

# Real seconds after which a sleeper whom nobody wakes moves the time itself.
_UNWATCHED = 0.02
# Real seconds that others get to go on after the time has moved.
_BREATH = 0.002


class HandClock:
    """Seconds that pass only while somebody sleeps, or when told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class SharedTime:
    """Seconds for a server and its judge at once, none of them real.

    The thread that made it moves the time by sleeping; the others sleep until it has. Where it
    is held up, by a queue it waits in, a sleeper moves the time itself.
    """

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start
        self._mover = threading.get_ident()
        self._others: set[threading.Thread] = set()
        self._changed = threading.Condition()

    def __call__(self) -> float:
        return self._now

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._changed:
            if threading.get_ident() == self._mover:
                self._move(self._now + seconds)
                self._let_others_go_on()
            else:
                self._wait(self._now + seconds)

    def _let_others_go_on(self) -> None:
        self._others = {thread for thread in self._others if thread.is_alive()}
        if self._others:
            self._changed.wait(_BREATH)

    def _wait(self, due: float) -> None:
        self._others.add(threading.current_thread())
        self._changed.notify_all()
        if not self._changed.wait_for(lambda: self._now >= due, _UNWATCHED):
            self._move(due)

    def _move(self, to: float) -> None:
        self._now = max(self._now, to)
        self._changed.notify_all()
