"""A generation on a thread of its own."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any

from conformance.errors import ConnectionFailed
from conformance.lab.generation import Generation
from conformance.target import API

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.client.exchange import Exchange
    from conformance.lab.passing import Passing
    from conformance.lab.wire import Wire

# Seconds between two looks whether it is over.
_GAP = 0.01


class BackgroundJob:
    """A txt2img request, sent at once, on a thread of its own.

    Args:
        wire: sends the request.
        payload: the request.
        passing: how time passes.
    """

    def __init__(self, wire: Wire, payload: Mapping[str, Any], passing: Passing) -> None:
        self.payload = payload
        self._send: Callable[[], Exchange] = lambda: wire.send(
            "POST",
            f"{API}/txt2img",
            json=dict(payload),
        )
        self._passing = passing
        self._outcome: Exchange | BaseException | None = None
        self.started = passing.clock()
        self.ended: float | None = None
        self._thread = Thread(target=self._run, name="job of the bench", daemon=True)
        self._thread.start()

    @property
    def runs(self) -> bool:
        """Whether its answer is still awaited."""
        return self._thread.is_alive()

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return (self._passing.clock() if self.ended is None else self.ended) - self.started

    def wait(self) -> None:
        """Come back when it has ended; what came of it is told by ``generation``."""
        while self.runs:
            self._passing.sleep(_GAP)

    def generation(self) -> Generation:
        """Its answer, waited for.

        Raises:
            ConnectionFailed: no whole answer came.
        """
        self.wait()
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        assert self._outcome is not None  # noqa: S101 - the thread ended with one or the other
        return Generation(self.payload, self._outcome)

    @property
    def exchange(self) -> Exchange:
        """Request and answer, waited for; with ``error`` where no whole answer came."""
        try:
            return self.generation().exchange
        except ConnectionFailed as error:
            return error.exchange

    def _run(self) -> None:
        try:
            self._outcome = self._send()
        except BaseException as error:  # noqa: BLE001 - raised again where the answer is wanted
            self._outcome = error
        self.ended = self._passing.clock()
