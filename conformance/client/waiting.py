"""Waiting for a server: to wake, to become idle, to get on with a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from conformance.client.connection import Pace
from conformance.errors import ConformanceError, ConnectionFailed, GatewayRefused, StillBusy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.client.answers import Progress


class ProgressSource(Protocol):
    """Anything that knows the progress of a job, such as a client."""

    def progress(self, *, skip_current_image: bool = False) -> Progress:
        """The progress now."""


def watch_progress(
    source: ProgressSource,
    *,
    until: Callable[[Progress], bool],
    pace: Pace | None = None,
    skip_current_image: bool = True,
) -> Iterator[Progress]:
    """Poll progress and yield each answer, the last one being that which ``until`` accepts.

    Args:
        source: is asked for the progress.
        until: accepts the last progress to be yielded.
        pace: how often to ask, and for how long; once a second for five minutes by default.
        skip_current_image: whether to leave the preview out.

    Raises:
        StillBusy: the limit passed first.
    """
    pace = pace or Pace()
    for _ in pace.ticks():
        seen = source.progress(skip_current_image=skip_current_image)
        yield seen
        if until(seen):
            return
    raise StillBusy(f"the job was not done after {pace.limit:g} s")


def wait_until_idle(source: ProgressSource, pace: Pace | None = None, *, looks: int = 2) -> None:
    """Wait until no job runs: so many looks in a row must say so.

    Two by default, for between two jobs of a queue the server looks idle for a moment.

    Args:
        source: is asked for the progress.
        pace: how often to ask, and for how long; once a second for five minutes by default.
        looks: answers in a row that have to say so.

    Raises:
        StillBusy: the limit passed first; says what the server was doing.
    """
    pace = pace or Pace()
    idle = 0
    job = ""
    for _ in pace.ticks():
        seen = source.progress(skip_current_image=True)
        idle = idle + 1 if seen.idle else 0
        if idle >= looks:
            return
        job = seen.state.job or job
    doing = f" with {job!r}" if job else ""
    raise StillBusy(
        f"the server was still busy{doing} after {pace.limit:g} s; somebody else may be using it",
    )


def wait_until_awake(look: Callable[[], object], pace: Pace | None = None) -> float:
    """Wait until a call gets through; returns the seconds it took.

    A refusal by the server itself counts as awake; a gateway's does not.

    Args:
        look: the call, such as ``client.options``.
        pace: how often, and for how long.

    Raises:
        ConnectionFailed, GatewayRefused: of the last look, if the limit passed first.
        ServerRefused, MalformedAnswer: the server is awake and answered so.
    """
    pace = pace or Pace()
    last: ConformanceError = StillBusy("the server was never asked")
    for passed in pace.ticks():
        try:
            look()
        except (ConnectionFailed, GatewayRefused) as error:
            last = error
        else:
            return passed
    raise last
