"""Pace: how long a step takes, for the whole server or for one request."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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
