"""A request that takes as long as an operator allows one to take, sized by what is measured."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Any

from conformance.client.connection import Pace
from conformance.client.requester import wait_until_idle
from conformance.detection.probe import API
from conformance.errors import ConformanceError, ConnectionFailed
from conformance.runner import generation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


_TASK = "task(conformance-limit)"
_MOST_STEPS, _LARGEST, _GRID = 150, 512, 64
# A job that is to last for some time is made a little longer than that.
_MORE = 1.15
# How often a job is made longer until it is long enough, and how much longer at once.
_TRIES, _LEAP = 5, 200.0


def lengthened(payload: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """A request that samples so many times as much: by steps, then by size, then by pictures.

    Args:
        payload: of a square picture, with steps.
        factor: how many times as much, at least.
    """
    steps = min(ceil(payload["steps"] * factor), _MOST_STEPS)
    left = factor * payload["steps"] / steps
    edge = payload["width"]
    wanted = min(ceil(edge * left**0.5 / _GRID) * _GRID, _LARGEST)
    edge, left = max(edge, wanted), left * edge**2 / max(edge, wanted) ** 2
    pictures = max(ceil(payload.get("n_iter", 1) * left), 1)
    return {**payload, "steps": steps, "width": edge, "height": edge, "n_iter": pictures}


def long_request(
    send: Callable[[Mapping[str, Any]], Exchange], first: Mapping[str, Any], seconds: float
) -> Exchange | None:
    """Send requests, each longer, until one takes so long or is not answered by the server.

    Args:
        send: sends a txt2img, and returns whatever came.
        first: a short request.
        seconds: that one has to take.

    Returns:
        The last; None where none got long enough.
    """
    payload = dict(first)
    for _ in range(_TRIES):
        exchange = send(payload)
        if not exchange.ok or exchange.elapsed >= seconds:
            return exchange
        factor = seconds * _MORE / max(exchange.elapsed, 1e-3)
        payload = lengthened(payload, min(factor, _LEAP))
    return None


def answer_after(context: CheckContext, seconds: float) -> Exchange | None:
    """As ``long_request``, of a server; a job that was given up on is waited for.

    Args:
        context: of the server.
        seconds: that a request has to take.

    Raises:
        BudgetSpent: that would sample more than is allowed.
    """
    known = context.settings.timeouts
    timeouts = replace(known, read=max(known.read, 2 * seconds))

    def send(payload: Mapping[str, Any]) -> Exchange:
        """The answer, or what the request ended in."""
        try:
            return context.exchange("POST", f"{API}/txt2img", json=dict(payload), timeout=timeouts)
        except ConnectionFailed as error:
            return error.exchange

    sampler = context.names.quick_sampler
    first = generation.watched(context.settings.size, generation.WATCHED_STEPS, sampler, _TASK)
    last = long_request(send, first, seconds)
    if last is not None and not last.ok:
        _wait(context, seconds)
    return last


def _wait(context: CheckContext, seconds: float) -> None:
    """Wait for the job that nobody waits for any more, so that it disturbs no other check."""
    pace = Pace(interval=0.5, limit=2 * seconds, sleep=context.settings.clock.sleep)
    try:
        wait_until_idle(context.client, pace)
    except ConformanceError:
        # Whatever comes next says what is wrong with the server.
        return
