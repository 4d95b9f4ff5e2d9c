"""What a load test may sample, which is never exceeded whoever spends it."""

from __future__ import annotations

from threading import Lock

# Sums of costs do not come out even.
_ROUNDING = 1e-9


class Budget:
    """Pictures that may still be asked for; safe to share between threads.

    Each request is paid for before it goes out, and nothing is given back: a server that
    broke off may have made the picture all the same.

    Args:
        most: in pictures of 512x512 at 20 steps.
    """

    def __init__(self, most: float) -> None:
        self._most = most
        self._spent = 0.0
        self._refused = False
        self._lock = Lock()

    def take(self, cost: float) -> bool:
        """Pay for a request; False, for good, where the rest is not enough.

        Args:
            cost: of the request, in pictures of 512x512 at 20 steps.
        """
        with self._lock:
            # A smaller picture that still fits would change the mix.
            self._refused = self._refused or self._spent + cost > self._most + _ROUNDING
            if not self._refused:
                self._spent += cost
            return not self._refused

    def close(self) -> None:
        """Refuse whatever comes from here on."""
        with self._lock:
            self._refused = True

    @property
    def spent(self) -> float:
        """What was paid for, in pictures of 512x512 at 20 steps."""
        with self._lock:
            return self._spent

    @property
    def used_up(self) -> bool:
        """Whether a request was refused, or all will be."""
        with self._lock:
            return self._refused
