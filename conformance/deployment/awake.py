"""Waiting for a server that is not up yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from conformance.errors import ConnectionFailed, Denied, TargetError, Untrusted

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.client.waiting import Pace

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
        say: told in words what is waited for, every fifteen seconds.

    Raises:
        ConnectionFailed, TargetError: of the last attempt.
    """
    last: Exception | None = None
    told = -_BETWEEN_WORDS
    for passed in pace.ticks():
        try:
            return attempt()
        except (Untrusted, Denied):
            raise
        except (ConnectionFailed, TargetError) as error:
            last = error
            if passed - told >= _BETWEEN_WORDS and pace.limit:
                told = passed
                say(f"waiting for the server, {passed:.0f} s of {pace.limit:g} s: {error}")
    assert last is not None  # noqa: S101 - a pace ticks at least once
    raise last
