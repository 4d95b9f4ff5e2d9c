"""Time that tests move by hand, or that moves as those who wait would have it."""

from __future__ import annotations

import threading

# Real seconds after which the mover counts as held up, by a queue it waits in: a busy machine may
# well need some time for what it does.
_HELD_UP = 0.3
# Real seconds that a sleeper waits while the mover is held up.
_UNWATCHED = 0.002
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

    The thread that made it moves the time by sleeping; the others sleep until it has. While it
    is held up, by a queue it waits in, the sleepers move the time themselves.
    """

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start
        self._mover = threading.get_ident()
        self._held_up = False
        self._others: set[threading.Thread] = set()
        self._changed = threading.Condition()

    def __call__(self) -> float:
        if threading.get_ident() == self._mover:
            self._held_up = False
        return self._now

    def now(self) -> float:
        return self()

    def sleep(self, seconds: float) -> None:
        with self._changed:
            if threading.get_ident() == self._mover:
                self._held_up = False
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
        patience = _UNWATCHED if self._held_up else _HELD_UP
        if not self._changed.wait_for(lambda: self._now >= due, patience):
            self._held_up = True
            self._move(due)

    def _move(self, to: float) -> None:
        self._now = max(self._now, to)
        self._changed.notify_all()
