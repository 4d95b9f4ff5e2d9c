"""The journal as others read it: as HAR, and line by line on a terminal."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, TextIO
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


#: Seconds for which lines are gathered, and how many are written then; others are counted.
_PAUSE, _MOST = 0.05, 100
_LONGEST = 400
_FIELDS = ("sampler_name", "sampler_index", "scheduler")


class Console:
    """Writes a line for each call; of a flood of calls only some, and how many more there were.

    Args:
        stream: where to; the standard error stream by default.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._calls: deque[Call] = deque(maxlen=_MOST)
        self._came = 0
        self._waiting = threading.Event()
        threading.Thread(target=self._write, name="sdapi-mock-console", daemon=True).start()

    def __call__(self, call: Call) -> None:
        """Have a line written for a call.

        Args:
            call: of the journal.
        """
        self._came += 1
        self._calls.append(call)
        if not self._waiting.is_set():
            self._waiting.set()

    def _write(self) -> None:
        written = 0
        while True:
            self._waiting.wait()
            time.sleep(_PAUSE)
            self._waiting.clear()
            lines = []
            while self._calls:
                lines.append(line_of(self._calls.popleft()))
            written, more = self._came, self._came - written - len(lines)
            if more > 0:
                lines.insert(0, f"{more} more requests")
            try:
                print(*lines, sep="\n", file=self._stream, flush=True)
            except (OSError, ValueError):
                return


def line_of(call: Call) -> str:
    """``12:00:00 POST /sdapi/v1/txt2img 200 1.25 s  512x512, 20 steps, Euler a``.

    Args:
        call: of the journal.
    """
    clock = time.strftime("%H:%M:%S", time.localtime(call.started))
    target = f"{call.path}?{call.query}" if call.query else call.path
    status = "no answer" if call.status is None else str(call.status)
    parts = [f"{clock} {call.method} {target} {status} {_took(call.seconds)}", _work(call.json)]
    parts += [f"fault: {name}" for name in call.faults]
    parts += [f"lint: {message}" for message in call.lint]
    line = "  ".join(part for part in parts if part)
    return "".join(sign if sign.isprintable() else "?" for sign in line)[:_LONGEST]


def _took(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _work(body: Any) -> str:
    """What a generation is asked for."""
    if not isinstance(body, dict) or not {"prompt", "steps", "width"} & set(body):
        return ""
    size = f"{body.get('width', 512)}x{body.get('height', 512)}"
    found = [size, f"{body['steps']} steps" if "steps" in body else ""]
    found += [str(body[name]) for name in _FIELDS if body.get(name)]
    return ", ".join(part for part in found if part)
