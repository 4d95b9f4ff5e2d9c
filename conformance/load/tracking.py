"""When a server began to work on a picture, from what its user sees while it is made."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

from conformance.load.samples import Seen

if TYPE_CHECKING:
    from conformance.load.judging import Order

# A stamp is a second: of shorter jobs two may have the same.
_CLEAR = 2.0
# Seconds. A look that is later may have missed a short queue.
_SOON = 0.5


class Tracker:
    """What a user sees of the work on a picture, from polls while it is made.

    Args:
        order: the request.
        sent: when it went out.
        impatient: whether its user gives it up once it is being made.

    Attributes:
        over: is set when the answer is there.
        interrupted: whether its user gave it up.
        several: whether several servers answer at the address, as one did not know of it.
    """

    def __init__(self, order: Order, sent: float, *, impatient: bool) -> None:
        self.order = order
        self.sent = sent
        self.impatient = impatient
        self.over = Event()
        self.interrupted = False
        self.several = False
        self._known = False
        self._waiting = sent
        self._active: float | None = None
        self._stamps: dict[str, tuple[float, float]] = {}
        self._last = sent

    def task(self, at: float, answer: Any) -> None:
        """Take what ``/internal/progress`` says of the request.

        Behind a balancer another server may answer, which knows nothing of it.

        Args:
            at: when it was asked.
            answer: its JSON.
        """
        if not isinstance(answer, dict):
            return
        known = any(answer.get(key) is True for key in ("active", "completed", "queued"))
        self.several = self.several or (self._known and not known)
        self._known = self._known or known
        if self._active is not None:
            return
        if answer.get("active") is True or answer.get("completed") is True:
            # Who was not seen in a queue by then did not wait, for users look at once.
            soon = self._waiting == self.sent and at - self.sent <= _SOON
            self._active = self.sent if soon else at
        elif answer.get("queued") is True:
            self._waiting = at

    def progress(self, at: float, answer: Any) -> None:
        """Take what ``progress`` says of the job that runs, whosever it is.

        Args:
            at: when it was asked.
            answer: its JSON.
        """
        state = answer.get("state") if isinstance(answer, dict) else None
        stamp = state.get("job_timestamp") if isinstance(state, dict) else None
        if isinstance(stamp, str) and stamp != "0":
            self._stamps.setdefault(stamp, (self._last, at))
        self._last = at

    def started(self, stamp: str | None, done: float) -> tuple[float | None, Seen]:
        """When the work began, halfway between two polls, and how that is known.

        Args:
            stamp: job_timestamp of the picture, as its info says; None if it does not.
            done: when the picture was there.
        """
        if self._active is not None:
            return (self._waiting + self._active) / 2, Seen.TASK
        if stamp in self._stamps:
            began = sum(self._stamps[stamp]) / 2
            if done - began >= _CLEAR:
                return began, Seen.STAMP
        return None, Seen.NO
