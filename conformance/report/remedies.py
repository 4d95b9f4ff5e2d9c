"""What helps against an error that is known, or that names what it misses."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from conformance.error_body import ErrorShape, parse_error_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.error_body import ErrorBody
    from conformance.exchange import Exchange
    from conformance.verdict import Result


_CLIENT_ERROR = 400
_MISSING = re.compile(r"field required|missing", re.IGNORECASE)


@dataclass(frozen=True)
class KnownError:
    """An error, and what helps against it.

    Args:
        says: found in its text.
        advice: what to send, or to change.
        sends: fields that the request has.
        lacks: fields that the request has not.
    """

    says: re.Pattern[str]
    advice: str
    sends: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def fits(self, said: str, request: Mapping[str, Any]) -> bool:
        """Whether an error is this one.

        Args:
            said: by the error.
            request: the fields that were sent.
        """
        return (
            self.says.search(said) is not None
            and all(request.get(name) for name in self.sends)
            and all(request.get(name) is None for name in self.lacks)
        )


@cache
def known_errors() -> tuple[KnownError, ...]:
    """The errors that the package knows, in the order in which they are tried."""
    text = (files("conformance.report") / "data" / "known_errors.toml").read_text(encoding="utf-8")
    return tuple(
        KnownError(
            re.compile(entry["says"], re.IGNORECASE),
            entry["advice"],
            tuple(entry.get("sends", ())),
            tuple(entry.get("lacks", ())),
        )
        for entry in tomllib.loads(text)["error"]
    )


def remedy_of(result: Result) -> str:
    """What helps against a failure; empty where nothing is known, or where it says so itself.

    Args:
        result: that is not met, with its exchanges.
    """
    exchange = next(iter(result.exchanges), None)
    if exchange is None or (exchange.status or 0) < _CLIENT_ERROR:
        return ""
    # A check that wanted just this refusal is not helped by another request.
    if str(exchange.status) not in result.actual or "send that" in result.actual:
        return ""
    error = parse_error_body(exchange.status or 0, exchange.response_headers, exchange.body)
    return _wanting(error) or _first(known_errors(), error.text, _fields(exchange))


def _first(known: Iterable[KnownError], said: str, request: Mapping[str, Any]) -> str:
    return next((each.advice for each in known if each.fits(said, request)), "")


def _wanting(error: ErrorBody) -> str:
    """The fields that the server wants besides, as its validation names them."""
    if error.shape is not ErrorShape.DETAIL_LIST or not _MISSING.search(error.text):
        return ""
    pairs = zip(error.fields, error.items, strict=True)
    names = [n for n, item in pairs if n and _MISSING.search(str(item.get("msg", "")))]
    return f"send {' and '.join(f'{name!r}' for name in names)} too" if names else ""


def _fields(exchange: Exchange) -> Mapping[str, Any]:
    value = exchange.request_json
    return value if isinstance(value, dict) else {}
