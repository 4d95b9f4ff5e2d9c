"""What bounds a run, its time, its requests and its pictures, and the sender that keeps to it."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from threading import Lock, local
from typing import TYPE_CHECKING, Any

from conformance.client.connection import Timeouts
from conformance.detection.probe import API, READING
from conformance.errors import ConnectionFailed
from conformance.gateway import is_gateway_timeout
from conformance.verdict import BudgetSpent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.client.client import Client
    from conformance.exchange import Exchange


@dataclass(frozen=True)
class Clock:
    """How time passes; the machine's own time unless a test says otherwise.

    Args:
        now: returns seconds, rising.
        sleep: waits so many seconds.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


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

    Args:
        method: of the request, in capitals.
        path: of the request, with any query.
        payload: its JSON; anything but an object samples nothing.

    Returns:
        Steps x pixels, over all pictures.
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

    Args:
        payload: fields of txt2img or img2img; upstream's defaults for those that are missing.

    Returns:
        Steps x pixels, over all pictures and both passes of hires fix.

    Source: modules/api/models.py at v1.10.1 for the defaults.
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
        #: What the plan of the run will sample, all in all.
        self.planned = 0.0
        self._lock = Lock()

    @property
    def spare(self) -> float | None:
        """Pictures beyond those of the plan that may be sampled; None for any number."""
        return None if self.limit is None else max(self.limit - max(self.planned, self.spent), 0.0)

    @contextmanager
    def reserved(self, steps: int) -> Iterator[Bill]:
        """Count a request while it is under way; what is free in the end is not counted.

        Args:
            steps: pixel-steps of the request.

        Returns:
            A context; its ``Bill`` can be made free inside.

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

        Args:
            steps: pixel-steps of a request that is to be sent.

        Raises:
            BudgetSpent: they would go beyond the limit.
        """
        pictures = steps / PICTURE
        if self.limit is not None and pictures and self.spent + pictures > self.limit + _ROUNDING:
            raise BudgetSpent(
                f"it costs {pictures:.3f} pictures, and {self.spent:.3f} of "
                f"{self.limit:g} are spent",
            )


@dataclass
class _OfCheck:
    """What a check has sent so far, and how long it may take."""

    touched: list[Exchange] = field(default_factory=list)
    deadline: float | None = None
    waited_before: float = 0.0
    sampled: float = 0.0


# A request started right before the deadline still gets this long, in seconds.
_LEAST = 1.0
# A check rests on few requests; a poll of a long job makes hundreds.
_MOST_TOUCHED = 50


class RequestSender:
    """Sends the requests of the check that runs now.

    Args:
        client: how to reach the server.
        timeouts: for one request.
        meter: counts what is sampled, and says stop.
        clock: seconds, rising.
    """

    def __init__(
        self,
        client: Client,
        timeouts: Timeouts,
        meter: Meter | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self._timeouts = timeouts
        self._meter = meter or Meter()
        self._clock = clock
        #: Seconds waited so far because somebody asked for it; they are not the check's.
        self.waited: Callable[[], float] = lambda: 0.0
        # Of the check that runs on no thread of its own, and of those that do.
        self._shared, self._own = _OfCheck(), local()
        self._under_way: list[Mapping[str, Any]] = []
        self._given_up: list[Mapping[str, Any]] = []
        self._lock = Lock()

    def begin(self, seconds: float | None) -> None:
        """Start a check that may take so many seconds; None for any number.

        Args:
            seconds: that the check may take; None for any number.
        """
        check = self._check
        check.deadline = None if seconds is None else self._clock() + seconds
        check.waited_before = self._not_its_own
        check.sampled = 0.0
        with self._lock:
            check.touched.clear()

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Inside, what this thread sends belongs to checks of its own."""
        self._own.check = _OfCheck()
        try:
            yield
        finally:
            del self._own.check

    @property
    def _check(self) -> _OfCheck:
        found: _OfCheck = getattr(self._own, "check", self._shared)
        return found

    @property
    def _not_its_own(self) -> float:
        """Seconds waited so far because somebody asked for it, or for others of the run."""
        return self.waited() + self.client.turn.waited

    @property
    def sampled(self) -> float:
        """What the check has sampled so far, in pictures."""
        return self._check.sampled

    @property
    def under_way(self) -> tuple[Mapping[str, Any], ...]:
        """The generations whose answers are awaited, or were given up and may still be made."""
        with self._lock:
            return (*self._under_way, *self._given_up)

    @property
    def touched(self) -> tuple[Exchange, ...]:
        """What the check sent or looked at, in order, the latest fifty."""
        with self._lock:
            return tuple(self._check.touched)

    def touch(self, exchange: Exchange) -> None:
        """Remember that the check looked at an exchange that was made before.

        Args:
            exchange: made before, for another check or by another thread.
        """
        with self._lock:
            touched = self._check.touched
            if not any(exchange is known for known in touched):
                touched.append(exchange)
                del touched[:-_MOST_TOUCHED]

    def send(self, method: str, path: str, **request: Any) -> Exchange:
        """Send one request; keywords as for ``Client.exchange``.

        Args:
            method: such as ``POST``.
            path: below the host, with any query.
            request: as for ``Client.exchange``; ``timeout`` is the time left by default.

        Returns:
            What came, whatever its status.

        Raises:
            BudgetSpent: it would sample more than is allowed; nothing was sent.
            ConnectionFailed: no whole answer came in the time that is left.
        """
        steps = sampled(method, path, request.get("json"))
        with self.client.turn, self._meter.reserved(steps) as bill, self._charged(bill):
            request.setdefault("timeout", self._time_left(method))
            with self._noted(request["json"]) if steps else nullcontext():
                exchange = self._send(method, path, request)
            bill.free = not (exchange.ok or is_gateway_timeout(exchange.status or 0))
        return exchange

    @contextmanager
    def _charged(self, bill: Bill) -> Iterator[None]:
        """Count a request as one of the check, unless it is free."""
        check = self._check
        try:
            yield
        finally:
            if not bill.free:
                with self._lock:
                    check.sampled += bill.pictures

    @contextmanager
    def _noted(self, payload: Mapping[str, Any]) -> Iterator[None]:
        """Remember a generation while it is made; one without an answer may be made still.

        Servers make one after the other, so that an answer means that all earlier ones are over.
        """
        with self._lock:
            self._under_way.append(payload)
        try:
            yield
        except BaseException:
            with self._lock:
                self._given_up.append(payload)
            raise
        else:
            with self._lock:
                self._given_up.clear()
        finally:
            with self._lock:
                self._under_way.remove(payload)

    def _send(self, method: str, path: str, request: dict[str, Any]) -> Exchange:
        try:
            exchange = self.client.exchange(method, path, **request)
        except ConnectionFailed as error:
            self.touch(error.exchange)
            raise
        self.touch(exchange)
        return exchange

    def _time_left(self, method: str) -> Timeouts:
        own = self._timeouts
        if method == "GET":
            own = replace(own, read=min(own.read, READING.read))
        check = self._check
        if check.deadline is None:
            return own
        waited = self._not_its_own - check.waited_before
        left = max(check.deadline + waited - self._clock(), _LEAST)
        return Timeouts(
            connect=min(own.connect, left),
            read=min(own.read, left),
            total=left if own.total is None else min(own.total, left),
        )
