"""What bounds a run: its clock, its requests per second, and the pictures that it may sample."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API
from conformance.verdict import BudgetSpent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True)
class Clock:
    """How time passes; the machine's own time unless a test says otherwise.

    Args:
        clock: seconds, rising.
        sleep: waits so many seconds.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class RateLimit:
    """Keeps a distance between requests, whichever thread sends them.

    Args:
        per_second: requests a second at most; None for no limit.
        clock: seconds, rising.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        per_second: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._lock = Lock()

    def wait(self, _outgoing: object = None) -> None:
        """Wait until the next request may go out; which one it is does not matter."""
        if not self._gap:
            return
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            self._sleep(turn - now)


# The unit: a picture of 512x512 at 20 steps, in pixel-steps.
PICTURE = 512 * 512 * 20
# What a request means that does not say; upstream's own defaults.
_DEFAULTS = {"width": 512, "height": 512, "steps": 50, "batch_size": 1, "n_iter": 1}
_TXT2IMG, _IMG2IMG = f"{API}/txt2img", f"{API}/img2img"
_HIRES_SCALE = 2.0
# Sums of small pictures do not come out even.
_ROUNDING = 1e-9


def sampled(method: str, path: str, payload: Any) -> int:
    """What any request samples, in pixel-steps; 0 for one that is no generation.

    img2img without an init image samples nothing, for it is refused.
    """
    route = path.partition("?")[0].rstrip("/")
    if method != "POST" or route not in {_TXT2IMG, _IMG2IMG} or not isinstance(payload, dict):
        return 0
    if route == _IMG2IMG and not payload.get("init_images"):
        return 0
    return pixel_steps(payload)


def pixel_steps(payload: Mapping[str, Any]) -> int:
    """What a txt2img or img2img request samples: pixels x steps, over all its pictures.

    Hires fix counts its second pass; values that are no numbers count as nothing. An upper
    bound: img2img leaves out steps by its denoising_strength.
    """
    width, height, steps, batch, count = (_number(payload, name) for name in _DEFAULTS)
    pictures = max(batch, 0) * max(count, 0)
    area = max(width, 0) * max(height, 0)
    passes = area * max(steps, 0)
    if payload.get("enable_hr") is True:
        passes += _second_area(payload, area) * (_count(payload, "hr_second_pass_steps") or steps)
    return passes * pictures


def _second_area(payload: Mapping[str, Any], area: int) -> int:
    """Pixels of the second pass: a size of its own, or a scale."""
    width, height = _count(payload, "hr_resize_x"), _count(payload, "hr_resize_y")
    if width and height:
        return width * height
    scale = payload.get("hr_scale", _HIRES_SCALE)
    return int(area * scale * scale) if isinstance(scale, int | float) else area


def _count(payload: Mapping[str, Any], name: str) -> int:
    value = payload.get(name)
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return max(int(value or 0), 0) if whole else 0


def _number(payload: Mapping[str, Any], name: str) -> int:
    return _count({name: payload.get(name, _DEFAULTS[name])}, name)


@dataclass
class Bill:
    """What one request costs.

    Args:
        pictures: how much, if it is served.
        free: whether it turned out to cost nothing, because it was refused.
    """

    pictures: float
    free: bool = False


class Meter:
    """Counts what is sampled, in pictures, and says stop; safe to share between threads.

    Args:
        limit: pictures that may be sampled; None for no limit.
    """

    def __init__(self, limit: float | None = None) -> None:
        self.limit = limit
        self.spent = 0.0
        self._lock = Lock()

    @contextmanager
    def reserved(self, steps: int) -> Iterator[Bill]:
        """Count a request while it is under way; what is free in the end is not counted.

        Raises:
            BudgetSpent: it would go beyond the limit; nothing is counted.
        """
        bill = Bill(steps / PICTURE)
        with self._lock:
            self.afford(steps)
            self.spent += bill.pictures
        try:
            yield bill
        finally:
            if bill.free:
                with self._lock:
                    self.spent -= bill.pictures

    def afford(self, steps: int) -> None:
        """Make sure that so many pixel-steps may still be sampled.

        Raises:
            BudgetSpent: they would go beyond the limit.
        """
        pictures = steps / PICTURE
        if self.limit is not None and pictures and self.spent + pictures > self.limit + _ROUNDING:
            raise BudgetSpent(
                f"it costs {pictures:.3f} pictures, and {self.spent:.3f} of "
                f"{self.limit:g} are spent",
            )
