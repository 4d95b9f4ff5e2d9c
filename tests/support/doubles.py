"""Servers for the judge's tests, in this process: recorded ones, the mock, and broken ones.

A server is a function from what is asked to what is reported. ``served`` puts one behind an
address; ``broken`` breaks one promise of another.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import Message
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import requests
from clock import SharedTime
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from mockserver.backends.registry import create_app, simulate
from mockserver.core.config import Config
from mockserver.http.dropped import ConnectionClosed
from mockserver.http.in_process import call

if TYPE_CHECKING:
    from mockserver.core.clock import Clock

URL = "http://judged.test:7860"
_OF_A_BODY = {"content-type", "content-length", "content-encoding"}
_REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True)
class Ask:
    """A request, as a server sees it."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def route(self) -> str:
        return self.path.partition("?")[0]

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body or b"")
        except ValueError:
            return None


@dataclass(frozen=True)
class Reply:
    """An answer, as a server gives it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        packed = self.body.startswith(b"\x1f\x8b")
        return json.loads(gzip.decompress(self.body) if packed else self.body)

    def with_json(self, value: Any, status: int | None = None) -> Reply:
        """The same answer with another body."""
        body = json.dumps(value).encode()
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _OF_A_BODY}
        kind = {"content-type": "application/json"}
        return replace(self, status=status or self.status, headers=headers | kind, body=body)

    def with_headers(self, **headers: str | None) -> Reply:
        """The same answer with other headers; None takes one away."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {k: v for k, v in self.headers.items() if k.lower() not in names}
        return replace(self, headers=kept | {k: v for k, v in names.items() if v is not None})


Server = Callable[[Ask], Reply]
Change = Callable[[Ask, Reply], Reply]


def reply(value: Any, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON."""
    kind = {"content-type": "application/json"}
    return Reply(status, kind | headers, json.dumps(value).encode())


def text(words: str, status: int = 200, kind: str = "text/html") -> Reply:
    """An answer in words."""
    return Reply(status, {"content-type": kind}, words.encode())


def mock(clock: Clock | None = None, profile: str = "a1111-1.10.1", **config: Any) -> Server:
    """The mock of a profile, v1.10.1 if not asked otherwise; ``config`` as for ``Config``."""
    webui = simulate(profile, Config(**config), clock)
    if isinstance(clock, SharedTime):
        clock.know(webui.queue)
    app = create_app(webui)

    def server(ask: Ask) -> Reply:
        url = "http://judged.test:7860" + ask.path
        try:
            status, headers, body = call(app, ask.method, url, ask.headers, ask.body or b"")
        except ConnectionClosed as error:
            raise requests.ConnectionError(error) from error
        return Reply(status, dict(headers), body)

    return server


def remembering(server: Server) -> Server:
    """A server that works out what it is asked once, for tests that judge it again and again.

    It knows again what reads, and pictures of one seed; options that were written make new ones.
    """
    known: dict[tuple[str, str, bytes | None, str], Reply] = {}
    written: dict[str, Any] = {}

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith("/options") and ask.method == "POST":
            written.update(ask.json)
        given = ask.json if ask.method == "POST" and ask.route.endswith("2img") else {}
        leaves_options = not given.get("override_settings_restore_afterwards", True)
        if ask.method not in {"GET", "POST"} or leaves_options or given.get("seed", 1) == -1:
            return server(ask)
        if ask.method == "POST" and not given:
            return server(ask)
        key = (ask.method, ask.path, ask.body, json.dumps(written, sort_keys=True))
        if key not in known:
            known[key] = server(ask)
        return known[key]

    return answer


def broken(
    server: Server,
    change: Change,
    *,
    route: str | None = None,
    method: str | None = None,
    status: int | None = None,
) -> Server:
    """A server that answers like another, but for what ``change`` makes of some answers.

    ``route`` is the end of a path; only answers to it, to the method, of the status are changed.
    """

    def answer(ask: Ask) -> Reply:
        given = server(ask)
        if route is not None and not ask.route.endswith(route):
            return given
        if method not in {None, ask.method} or status not in {None, given.status}:
            return given
        return change(ask, given)

    return answer


def edited(edit: Callable[[Any], Any]) -> Change:
    """A change of the JSON of an answer."""
    return lambda _, given: given.with_json(edit(given.json))


def instead(answer: Reply) -> Change:
    """A change into another answer."""
    return lambda _, __: answer


def deaf(server: Server, *, route: str, method: str, answer: Reply) -> Server:
    """A server that does not hear some requests, and gives them one fixed answer."""

    def hear(ask: Ask) -> Reply:
        if ask.route.endswith(route) and ask.method == method:
            return answer
        return server(ask)

    return hear


class _WithCookies:
    """Where requests looks for the cookies of an answer: what http.client would have read."""

    def __init__(self, cookies: str) -> None:
        self.msg = Message()
        self.msg["Set-Cookie"] = cookies

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def served(server: Server, url: str = URL) -> Iterator[str]:
    """Put a server behind an address; every request to it is answered in this process."""

    def answer(
        adapter: HTTPAdapter, request: requests.PreparedRequest, **_: object
    ) -> requests.Response:
        asked = request.url or ""
        if not asked.startswith(url):
            raise requests.ConnectionError(f"nobody listens at {asked}", request=request)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        path = asked.removeprefix(url) or "/"
        given = server(Ask(request.method or "GET", path, dict(request.headers), body))
        headers = {name.lower(): value for name, value in given.headers.items()}
        cookies = headers.get("set-cookie")
        raw = HTTPResponse(
            BytesIO(given.body),
            given.headers,
            given.status,
            reason=_REASONS.get(given.status),
            preload_content=False,
            request_method=request.method,
            original_response=_WithCookies(cookies) if cookies else None,
        )
        return adapter.build_response(request, raw)

    with patch.object(HTTPAdapter, "send", answer):
        yield url
