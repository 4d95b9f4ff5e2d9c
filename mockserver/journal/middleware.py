"""The layer around an app that writes its journal, and answers for it.

It is no part of the simulated server: with it or without it, answers are the same, byte for
byte. ``GET /_mock/journal`` gives the calls (``?path=`` those of one path), ``DELETE`` forgets
them, ``GET /_mock/journal.har`` gives them as HAR 1.2.
"""

from __future__ import annotations

import json
import time
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

from mockserver.core.errors import HTTPError
from mockserver.core.json_values import json_or_none
from mockserver.http.auth import check_credentials
from mockserver.journal.call import Call, Message
from mockserver.journal.har import as_har

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from mockserver.core.simulated import SimulatedServer
    from mockserver.journal.journal import Journal
    from mockserver.lint.finding import Finding
    from mockserver.lint.linter import Linter


#: When a call began, how long it took, and when it began on a clock that runs evenly; seconds.
Times = tuple[float, float, float]
PATH = "/_mock/journal"
#: What the layer inside leaves in the environment: names of faults, and that nothing is sent.
FIRED, UNANSWERED = "sdapi.faults", "sdapi.unanswered"
#: Where it leaves what `shrunk` would make of the answer's body, if that is known already.
SHORT_BODY = "sdapi.short_body"
#: Where it leaves JSON with the answer's pictures that is kept already, instead of its body.
PICTURES = "sdapi.pictures"
#: Where this layer leaves the request's body for those inside.
BODY = "sdapi.body"
_HAR = f"{PATH}.har"
_OWN = "/_mock/"
_LONGEST_HEADER = 4096
#: Requests whose lint is remembered: how many, and how long their bodies may be.
_MOST_KNOWN, _LONGEST_KNOWN = 256, 4096
LINT_HEADER = "X-Sdapi-Mock-Lint"


class Asked(NamedTuple):
    """What was asked for.

    Attributes:
        method: HTTP method.
        path: as WSGI has it.
        query: as it came.
    """

    method: str
    path: str
    query: str


class Answered(NamedTuple):
    """A request and its answer.

    Attributes:
        asked: what was asked for.
        sent: the request as it is kept.
        status: of the answer; None where the connection was closed without one.
        got: the answer as it is kept.
        faults: names of the faults that happened to it.
    """

    asked: Asked
    sent: Message
    status: int | None
    got: Message
    faults: tuple[str, ...]


class JournalMiddleware:
    """Keeps every call of an app.

    Args:
        app: the WSGI app.
        journal: where calls are kept.
        webui: the simulated server; its credentials guard the journal too.

    Attributes:
        lint_header: whether answers carry what lint says, in ``X-Sdapi-Mock-Lint``.
        strict: whether requests that the server would not do as they say are refused with 400.
        console: called with each call once it was answered.
        observe: likewise, with the body of its answer as it was before it was made shorter, or with
            another JSON text that has the same pictures.
    """

    def __init__(self, app: WSGIApplication, journal: Journal, webui: SimulatedServer) -> None:
        self._app = app
        self._journal = journal
        self._webui = webui
        self._linter: Linter | None = None
        self._linted_fixtures: object = None
        self._lint_world: tuple[Any, ...] | None = None
        self._known_lint: dict[tuple[str, str, str, bytes], tuple[Finding, ...]] = {}
        self.lint_header = False
        self.strict = False
        self.console: Callable[[Call], None] | None = None
        self.observe: Callable[[Call, bytes], None] | None = None

    def answer_for(self, webui: SimulatedServer) -> None:
        """Answer for another server from the next request on.

        Args:
            webui: the server.
        """
        self._webui = webui
        self._linter = None
        self._known_lint.clear()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request as WSGI says."""
        path = environ.get("PATH_INFO", "")
        if path in {PATH, _HAR}:
            return self._own(environ, start, path)
        if path.startswith(_OWN):
            return self._app(environ, start)
        return self._watched(environ, start, _body_of(environ))

    def _watched(self, environ: WSGIEnvironment, start: StartResponse, body: bytes) -> list[bytes]:
        """The app's answer; its call is in the journal before the first byte is given on."""
        began, started = time.perf_counter(), self._webui.clock.now()
        answered: list[Any] = []
        found = self._lint(environ, body) if self.lint_header or self.strict else None
        lint = tuple(str(finding) for finding in found or ()) if self.lint_header else ()
        app = _refusing(found) if self.strict and found and _refuses(found) else self._app

        def remember(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            answered[:] = [int(status[:3]), list(headers)]
            if lint:
                headers = [*headers, (LINT_HEADER, _header("; ".join(lint)))]
            return start(status, headers, *rest)

        chunks: list[bytes] = []
        answer: Iterable[bytes] = ()
        try:
            answer = app(environ, remember)
            chunks.extend(answer)
        except BaseException:
            answered.clear()
            raise
        finally:
            getattr(answer, "close", lambda: None)()
            status, headers = answered or (None, [])
            if environ.get(UNANSWERED):
                status, headers, chunks = None, [], []
            seconds = time.perf_counter() - began
            users = self._webui.config.auth
            sent = Message.kept(request_headers(environ), body, users)
            whole = chunks[0] if len(chunks) == 1 else b"".join(chunks)
            got = Message.kept(headers, whole, users, environ.get(SHORT_BODY))
            asked = Asked(environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), _query(environ))
            call = Answered(asked, sent, status, got, environ.get(FIRED, ()))
            self.keep(call, (started, seconds, began), environ.get(PICTURES, whole))
        return chunks

    @property
    def interferes(self) -> bool:
        """Whether it changes answers."""
        return self.lint_header or self.strict

    def keep(self, answered: Answered, times: Times, whole: bytes) -> None:
        """Write a call into the journal.

        Args:
            answered: request and answer.
            times: when it began in seconds since the epoch, how long it took, and when it began on
                a clock that runs evenly.
            whole: the answer's body, or another JSON text with its pictures.
        """
        (method, path, query), sent, status, got, faults = answered
        if not path.isascii():
            path = path.encode("latin-1").decode("utf-8", errors="replace")
        number = self._journal.next_number()
        lint = partial(self._linted, method, path, sent.body, query)
        started, seconds, arrived = times
        call = Call(
            number, method, path, query, sent, status, got, started, seconds, lint, faults, arrived
        )
        self._journal.add(call)
        if self.console is not None:
            self.console(call)
        if self.observe is not None:
            self.observe(call, whole)

    def _lint(self, environ: WSGIEnvironment, body: bytes) -> tuple[Finding, ...]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        return self._linted(method, path, body, environ.get("QUERY_STRING", ""))

    def _linted(self, method: str, path: str, body: bytes, query: str) -> tuple[Finding, ...]:
        """What lint says; of a request that comes again, what it said before."""
        world, key = self._webui.world, (method, path, query, body)
        if world != self._lint_world:
            self._known_lint.clear()
            self._lint_world = world
        found = self._known_lint.get(key) if world is not None else None
        if found is None:
            found = self._linter_now().lint(method, path, json_or_none(body), query)
            if world is not None and len(body) <= _LONGEST_KNOWN:
                self._known_lint[key] = found
                for dropped in list(self._known_lint)[:-_MOST_KNOWN]:
                    self._known_lint.pop(dropped, None)
        return found

    def _linter_now(self) -> Linter:
        """What judges requests; made anew when the server got other lists."""
        from mockserver.lint.facts import Facts  # noqa: PLC0415 - start-up time
        from mockserver.lint.linter import Linter  # noqa: PLC0415 - the same

        fixtures = self._webui.fixtures
        if self._linter is None or self._linted_fixtures is not fixtures:
            self._linter = Linter(Facts(self._webui))
            self._linted_fixtures = fixtures
        return self._linter

    def _own(self, environ: WSGIEnvironment, start: StartResponse, path: str) -> list[bytes]:
        try:
            check_credentials(environ.get("HTTP_AUTHORIZATION"), self._webui.config.auth)
        except HTTPError as refusal:
            return _answer(start, f"{refusal.status} Unauthorized", {"detail": refusal.detail})
        if environ["REQUEST_METHOD"] == "DELETE" and path == PATH:
            self._journal.clear()
            return _answer(start, "200 OK", {})
        if environ["REQUEST_METHOD"] != "GET":
            return _answer(start, "405 Method Not Allowed", {"detail": "GET or DELETE"})
        if path == _HAR:
            host = environ.get("HTTP_HOST", "127.0.0.1")
            found = as_har(self._journal.calls(), f"{environ['wsgi.url_scheme']}://{host}")
            return _answer(start, "200 OK", found)
        asked = parse_qs(environ.get("QUERY_STRING", "")).get("path", [None])[-1]
        return _answer(start, "200 OK", self._journal.as_json(asked))


def _refuses(found: tuple[Finding, ...]) -> bool:
    from mockserver.lint.linter import refuses  # noqa: PLC0415 - as for the linter

    return refuses(found)


def _refusing(found: tuple[Finding, ...]) -> WSGIApplication:
    """An app that refuses, with what lint found."""

    def refuse(_: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        messages = [str(finding) for finding in found]
        value = {
            "error": "sdapi-mock --strict refuses what a webui would not do so",
            "lint": messages,
        }
        return _answer(start, "400 Bad Request", value)

    return refuse


def _body_of(environ: WSGIEnvironment) -> bytes:
    """The request's body, put back for the app to read."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdigit() and not environ.get("wsgi.input_terminated"):
        return b""
    body: bytes = environ["wsgi.input"].read(*([int(length)] if length.isdigit() else []))
    environ["wsgi.input"] = BytesIO(body)
    environ[BODY] = body
    return body


def _query(environ: WSGIEnvironment) -> str:
    found: str = environ.get("QUERY_STRING", "")
    return found


class _Titles(dict[str, str]):
    """Names of the environment to names of headers; "" for what is none."""

    def __missing__(self, name: str) -> str:
        title = name[5:].replace("_", "-").title() if name.startswith("HTTP_") else ""
        if len(self) < _MOST_TITLES:
            self[name] = title
        return title


_MOST_TITLES = 512
_TITLES = _Titles()


def request_headers(environ: WSGIEnvironment) -> list[tuple[str, str]]:
    """A request's headers as the journal keeps them, but for its secrets.

    Args:
        environ: as WSGI has it.
    """
    titles = _TITLES
    found = [(titles[name], str(value)) for name, value in environ.items() if titles[name]]
    kind = environ.get("CONTENT_TYPE")
    return [*found, ("Content-Type", kind)] if kind else found


def _answer(start: StartResponse, status: str, value: Any) -> list[bytes]:
    data = json.dumps(value, ensure_ascii=False).encode(errors="replace")
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]


def _header(text: str) -> str:
    return (
        text[:_LONGEST_HEADER]
        .encode("ascii", errors="backslashreplace")
        .decode()
        .replace("\n", " ")
    )
