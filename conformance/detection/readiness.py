"""Waits for a server that is not up yet, or that works for somebody else."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.detection.probe import API
from conformance.errors import (
    AccessDenied,
    CertificateError,
    ConnectionFailed,
    StillBusy,
    TargetError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.client.client import Client
    from conformance.client.connection import Pace


PROGRESS = f"{API}/progress?skip_current_image=true"


_SHORT = 5.0


@dataclass(frozen=True)
class Patience:
    """How long to wait for an idle server.

    Args:
        limit: seconds at most, 60 by default.
        gap: seconds between two looks, 1 by default.
        frozen: seconds after which an answer that never changes counts as stale and not as
            work, 5 by default: a real job's eta_relative moves with the clock, while an
            upscaling that failed leaves the state as it was.
    """

    limit: float = 60.0
    gap: float = 1.0
    frozen: float = 5.0

    @property
    def shorter(self) -> Patience:
        """For a server that was waited for in vain: five seconds at most."""
        return replace(self, limit=min(self.limit, _SHORT))


def wait_until_idle(  # noqa: PLR0913 - what it waits for, and how
    client: Client,
    patience: Patience,
    say: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    *,
    looks: int = 2,
) -> bool:
    """Wait until the server was idle at two looks in a row.

    A server without progress, or whose progress says nothing that can be read, counts as idle.

    Args:
        client: how to reach the server.
        patience: how long to wait.
        say: gets a line about what is waited for, once a look.
        clock: seconds, rising.
        sleep: waits so many seconds.
        looks: that have to find it idle; 1 where it was idle a while ago, and two in a row once
            it was found at work.

    Returns:
        Whether it was seen to work for somebody else.

    Raises:
        StillBusy: it kept working for longer than the patience lasts.
    """
    started = changed = clock()
    idle, last, worked = 0, None, False
    while idle < looks:  # once could be the moment between two jobs
        now = _progress(client)
        if now is None:
            return worked
        if _works(now):
            idle, looks, changed = 0, 2, changed if now == last else clock()
            if clock() - changed >= patience.frozen:
                say("the server says that it works, but nothing moves: taken as idle")
                return False
            _check_limit(now, clock() - started, patience)
            say(_job_text(now))
            worked = True
        else:
            idle += 1
        last = now
        if idle < looks:
            sleep(patience.gap)
    return worked


def _progress(client: Client) -> dict[str, Any] | None:
    try:
        exchange = client.exchange("GET", PROGRESS)
        value = exchange.json if exchange.ok else None
    except (ConnectionFailed, ValueError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("state"), dict) else None


def _works(progress: dict[str, Any]) -> bool:
    return progress["state"].get("job_count") not in {0, None}


def _check_limit(progress: dict[str, Any], waited: float, patience: Patience) -> None:
    if waited >= patience.limit:
        raise StillBusy(
            f"the server works for somebody else ({_job_text(progress)}) and did not become idle "
            f"within {patience.limit:g} s; it was left alone, try again later",
        )


def _job_text(progress: dict[str, Any]) -> str:
    state = progress["state"]
    done = progress.get("progress")
    percent = f"{done:.0%} done" if isinstance(done, int | float) else "progress unknown"
    step, steps = state.get("sampling_step"), state.get("sampling_steps")
    return f"a job is running, {percent}, step {step} of {steps}"


Found = TypeVar("Found")
# Seconds between two attempts, and between two lines about them.
INTERVAL = 1.0
_BETWEEN_WORDS = 15.0


def when_awake(
    attempt: Callable[[], Found],
    pace: Pace,
    say: Callable[[str], None],
) -> Found:
    """Attempt until it succeeds; the last failure is raised when the limit has passed.

    A server that wakes refuses connections, is answered for by its gateway, or has not yet
    mounted its API; wrong credentials and untrusted certificates are not slept off.

    Args:
        attempt: reaches the server, anew each time.
        pace: how often, and for how long.
        say: gets a line about what is waited for, every fifteen seconds.

    Raises:
        ConnectionFailed, TargetError: of the last attempt.
    """
    last: Exception | None = None
    reported = -_BETWEEN_WORDS
    for passed in pace.ticks():
        try:
            return attempt()
        except (CertificateError, AccessDenied):
            raise
        except (ConnectionFailed, TargetError) as error:
            last = error
            if passed - reported >= _BETWEEN_WORDS and pace.limit:
                reported = passed
                say(f"waiting for the server, {passed:.0f} s of {pace.limit:g} s: {error}")
    assert last is not None  # noqa: S101 - a pace ticks at least once
    raise last
