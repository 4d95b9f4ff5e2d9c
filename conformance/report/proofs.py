"""What the proof of a failure is made of, in a form in which two of the same fault are equal."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.error_body import parse_error_body
from conformance.gateway import is_turned_away
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.verdict import Result


Key = tuple[str, ...]

_NUMBERS = re.compile(r"(?:0x)?\d[\d.,:x]*|\b[0-9a-f]{8,}\b")
_ADDRESS = re.compile(r"https?://[^\s'\"]+")
# Phrases of a status that say no more than the status.
_PHRASES = frozenset(status.phrase.lower() for status in HTTPStatus)
_FEW_WORDS = 3
_CLIENT_ERROR = HTTPStatus.BAD_REQUEST
_SERVER_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR


def normalised(text: str) -> str:
    """The text without what differs from one request to the next: numbers and addresses.

    Args:
        text: of a proof.
    """
    plain = " ".join(_ADDRESS.sub("<address>", text).split()).lower()
    return _NUMBERS.sub("#", plain)


def is_specific(text: str) -> bool:
    """Whether a normalised text says enough to be recognised on another route.

    Args:
        text: as ``normalised`` returns it.
    """
    spoken = re.findall(r"[^\W\d_]{2,}", text)
    return len(spoken) >= _FEW_WORDS and text.strip("# .") not in _PHRASES


def decisive(result: Result) -> Exchange | None:
    """The exchange that shows a failure; None where there is none.

    Args:
        result: that is not met.
    """
    return result.exchanges[0] if result.exchanges else None


def route_of(exchange: Exchange) -> str:
    """Method and path without a query.

    Args:
        exchange: of a check.
    """
    return f"{exchange.method} {exchange.path.partition('?')[0].rstrip('/')}"


def trouble_of(result: Result) -> Key | None:
    """What is wrong with the answer itself, whatever the check looked for; None for nothing.

    No answer, a gateway's answer, an empty one, or an error where the check wanted a success.

    Args:
        result: that is not met.
    """
    exchange = decisive(result)
    if exchange is None:
        return None
    if exchange.status is None:
        return ("no answer", normalised(exchange.error or ""))
    if exchange.status < _CLIENT_ERROR:
        empty = exchange.ok and not exchange.body and exchange.method != "HEAD"
        return ("empty", str(exchange.status)) if empty else None
    return _error_of(result, exchange, exchange.status)


def _error_of(result: Result, exchange: Exchange, status: int) -> Key | None:
    if is_turned_away(status, exchange.text):
        return ("turned away", str(status))
    if f"{status}" not in result.actual:
        return None
    said = parse_error_body(status, exchange.response_headers, exchange.body).text
    plain = normalised(said)
    if status >= _SERVER_ERROR and is_specific(plain):
        return ("error", str(status), plain)
    return ("error", str(status), route_of(exchange), plain)


def proof_of(result: Result) -> Key:
    """What was expected and found, without numbers; with the route where the text says little.

    Args:
        result: that is not met, an error of the suite, or a waiver that is out of date.
    """
    if result.verdict in {Verdict.ERROR, Verdict.WAIVED_BUT_PASSED}:
        own = result.id if result.verdict is Verdict.WAIVED_BUT_PASSED else ""
        return (str(result.verdict), own, normalised(result.reason))
    expected, actual = normalised(result.expected), normalised(result.actual or result.reason)
    exchange = decisive(result)
    if is_specific(actual):
        return ("proof", expected, actual)
    # Nothing but the id distinguishes two that say too little.
    return ("proof", expected, actual, route_of(exchange) if exchange else result.id)


def shows_same_fault(result: Result, assumed: Result) -> bool:
    """Whether two requirements that are not met show one fault.

    Args:
        result: of a check.
        assumed: of what the check takes for granted.
    """
    theirs = normalised(assumed.actual)
    if is_specific(theirs) and theirs in normalised(result.actual):
        return True
    both = _hollow(result) & _hollow(assumed)
    return bool(both & _named_by(assumed) & _named_by(result))


def _hollow(result: Result) -> set[str]:
    """The keys of an answer that hold nothing, those of the object that it is."""
    exchange = decisive(result)
    if exchange is None or not exchange.ok:
        return set()
    try:
        value = exchange.json
    except ValueError:
        return set()
    return (
        {key for key, inside in value.items() if not inside} if isinstance(value, dict) else set()
    )


def _named_by(result: Result) -> set[str]:
    """Each word of a failure, and it in the plural."""
    text = f"{result.requirement.sentence} {result.expected} {result.actual}".lower()
    found = set(re.findall(r"[a-z_]+", text.replace("picture", "image")))
    return found | {f"{word}s" for word in found}
