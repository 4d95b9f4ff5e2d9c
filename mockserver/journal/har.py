"""HAR 1.2 out of calls, so that other tools can read them.

Source: the HTTP Archive format 1.2, http://www.softwareishard.com/blog/har-12-spec/.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.journal.call import Call, Message


_HTTP = "HTTP/1.1"


def as_har(calls: Iterable[Call], address: str) -> dict[str, Any]:
    """One HAR document.

    Args:
        calls: in order.
        address: scheme and host of the server, without a slash at the end.
    """
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "sdapi-mock", "version": _version()},
            "entries": [_entry(call, address) for call in calls],
        }
    }


def _version() -> str:
    try:
        return version("sdapi-conformance")
    except PackageNotFoundError:
        return "0"


def _entry(call: Call, address: str) -> dict[str, Any]:
    milliseconds = round(call.seconds * 1000, 3)
    lint = {"comment": "; ".join(call.lint)} if call.lint else {}
    return {
        "startedDateTime": datetime.fromtimestamp(call.started, UTC).isoformat(),
        "time": milliseconds,
        "request": _request(call, address),
        "response": _response(call),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        **lint,
    }


def _request(call: Call, address: str) -> dict[str, Any]:
    message = call.request
    query = f"?{call.query}" if call.query else ""
    found = {
        "method": call.method,
        "url": f"{address}{call.path}{query}",
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _headers(message),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(call.query, keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": message.length,
    }
    if message.body:
        kind = message.header("content-type")
        found["postData"] = {"mimeType": kind, "text": message.text, **_note(message)}
    return found


def _response(call: Call) -> dict[str, Any]:
    """The answer; status 0 where there was none, as browsers write it."""
    message = call.response
    return {
        "status": call.status or 0,
        "statusText": _phrase(call.status),
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _headers(message),
        "content": {
            "size": len(message.body),
            "mimeType": message.header("content-type"),
            "text": message.text,
            **_note(message),
        },
        "redirectURL": message.header("location"),
        "headersSize": -1,
        "bodySize": message.length,
    }


def _headers(message: Message) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in message.headers]


def _note(message: Message) -> dict[str, str]:
    return {"comment": "its end was left out"} if message.cut else {}


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""
