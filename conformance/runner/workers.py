"""Several checks at a time, whose requests go out one after the other.

While the server works for one check, the answers of others are judged, and the next request is
ready when the server is. It never has more than one request of theirs, so that one that serves
nobody else meanwhile is judged as any other.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from queue import SimpleQueue
from threading import RLock, Thread, local
from typing import TYPE_CHECKING, Self

from conformance.client.connection import Turn
from conformance.requirements.requirement import Effect
from conformance.runner.registry import LONG_JOBS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from conformance.runner.check_context import CheckContext
    from conformance.runner.plan import PlannedCheck
    from conformance.verdict import Result

    Look = Callable[[PlannedCheck], Result | None]


# Its checks read what a job, or one that failed, left behind.
_ABOUT_WORK = "PROGRESS"


class _Ended(BaseException):
    """The run has ended: a worker sends nothing more. No check may catch it."""


class _Own(local):
    """What a thread knows of itself."""

    works = kept = False
    waited = 0.0


class OneAtATime(Turn):
    """Lets one worker send at a time; the requests of all other threads go out as they come.

    Args:
        now: seconds, rising.
        ended: whether no worker may send any more.
        on_keep: called when a worker keeps its turn.
    """

    def __init__(
        self, now: Callable[[], float], ended: Callable[[], bool], on_keep: Callable[[], None]
    ) -> None:
        self._now = now
        self._ended = ended
        self._on_keep = on_keep
        self._lock = RLock()
        self._own = _Own()

    def __enter__(self) -> None:
        if self._own.works:
            self._take()
            if self._ended():
                self._lock.release()
                raise _Ended

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._own.works:
            self._lock.release()

    def _take(self) -> None:
        started = self._now()
        self._lock.acquire()
        self._own.waited += self._now() - started

    def work(self) -> None:
        """The thread is a worker from now on."""
        self._own.works = True

    def keep(self) -> None:
        """A worker keeps its turn until its check is over."""
        if self._own.works and not self._own.kept:
            self._take()
            self._own.kept = True
            self._on_keep()

    def give_back(self) -> None:
        """The check of this worker is over."""
        if self._own.kept:
            self._own.kept = False
            self._lock.release()

    @property
    def alone(self) -> bool:
        """Whether no other check of the run can send anything now."""
        return self._own.kept or not self._own.works

    @property
    def waited(self) -> float:
        """Seconds for which this thread waited for its turn so far."""
        return self._own.waited


def can_wait(planned: PlannedCheck) -> bool:
    """Whether other checks may send requests between those of this one.

    Not where it writes or interrupts, looks at what the server works at, or looks back on the
    whole run.

    Args:
        planned: one of a plan.
    """
    check, requirement = planned.check, planned.requirement
    if check.alone or check.last or check.needs & LONG_JOBS or requirement.area == _ABOUT_WORK:
        return False
    return requirement.effect.rank < Effect.WRITES.rank


class Workers:
    """Looks at the checks of a plan, several at a time where they can wait for each other.

    Used in a ``with``: its end ends the workers. A check that cannot wait is looked at once all
    before it are over, and before any behind it begins.

    Args:
        context: of the checks.
        checks: of the plan, in order.
        look: looks at one of them, on any thread.
        ended: whether no further check may begin.
        count: how many at a time.
    """

    def __init__(
        self,
        context: CheckContext,
        checks: Sequence[PlannedCheck],
        look: Callable[[PlannedCheck], Result],
        ended: Callable[[], bool],
        count: int,
    ) -> None:
        self._context = context
        self._look = look
        self._ended, self._over = ended, False
        self._turn = OneAtATime(context.settings.clock.now, lambda: self._over, self._begin_afresh)
        self._to_do = deque(checks)
        self._given: SimpleQueue[PlannedCheck | None] = SimpleQueue()
        self._found: dict[str, Future[Result | None]] = {}
        self._count = count if count > 1 else 0

    def __enter__(self) -> Self:
        if self._count:
            borrow = self._context.client.take_turns(self._turn)
            for number in range(self._count):
                name = f"check {number}"
                Thread(target=self._work, args=(borrow,), name=name, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        for _number in range(self._count):
            self._given.put(None)

    def look(self, planned: PlannedCheck) -> Result | None:
        """What was found, waited for.

        Args:
            planned: the next of the plan, or a later one.

        Returns:
            None where the run ended before it began.

        Raises:
            Whatever ``look`` raises.
        """
        if not self._count:
            return self._look(planned)
        if planned.requirement.id not in self._found:
            self._give(planned)
        found = self._found.get(planned.requirement.id)
        return self._look(planned) if found is None else found.result()

    def _give(self, first: PlannedCheck) -> None:
        """Give the workers a check and all behind it, up to one that cannot wait."""
        while self._to_do and self._to_do[0] is not first:
            self._to_do.popleft()
        while self._to_do and can_wait(self._to_do[0]):
            planned = self._to_do.popleft()
            self._found[planned.requirement.id] = Future()
            self._given.put(planned)

    def _work(self, borrow: Callable[[], None]) -> None:
        borrow()
        self._turn.work()
        with self._context.sender.apart():
            while (planned := self._given.get()) is not None:
                self._answer(planned, self._found[planned.requirement.id])

    def _answer(self, planned: PlannedCheck, found: Future[Result | None]) -> None:
        try:
            ended = self._over or self._ended()
            found.set_result(None if ended else self._look(planned))
        except _Ended:
            found.set_result(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the result is wanted
            found.set_exception(error)
        finally:
            self._turn.give_back()

    def _begin_afresh(self) -> None:
        """What earlier checks saw of the options is no matter of the one that keeps its turn."""
        self._context.options.disturbed = False
