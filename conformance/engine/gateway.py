"""Requests that a gateway cut short, told apart from what the webui itself did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.client.gateway import is_gateway_answer, is_gateway_timeout

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange
    from conformance.verdict import Result

# A connection that ends without an answer sooner than this, in seconds, was not cut for waiting.
_PATIENT = 9.0
_LEAST_ERROR = 400


def cut_short(exchange: Exchange) -> str:
    """How something in front of the server answered in its place; empty if nothing did."""
    if exchange.status is None:
        return _hung_up(exchange)
    if exchange.status < _LEAST_ERROR or not is_gateway_answer(exchange.status, exchange.text):
        return ""
    answered = f"a gateway in front of the webui answered {exchange.status}"
    if is_gateway_timeout(exchange.status):
        return (
            f"{answered} after {exchange.elapsed:.1f} s, for it waits no longer; "
            "raise its read timeout, the webui itself did not answer"
        )
    return f"{answered}, the webui itself did not answer"


def not_the_webui(result: Result) -> Result:
    """A result that is not met, with the gateway named if it was the gateway's doing."""
    if not result.verdict.unmet or not result.exchanges:
        return result
    words = cut_short(result.exchanges[0])
    if not words or words in result.actual:
        return result
    return replace(result, actual=f"{words} ({result.actual})")


def _hung_up(exchange: Exchange) -> str:
    """A connection that was closed without a byte of an answer, after a while."""
    error = exchange.error or ""
    if "closed the connection without" not in error or exchange.elapsed < _PATIENT:
        return ""
    return (
        f"the connection was closed after {exchange.elapsed:.1f} s without an answer, as gateways "
        "do that wait no longer; raise their idle timeout, or look whether the webui ended"
    )
