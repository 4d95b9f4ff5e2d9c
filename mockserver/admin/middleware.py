"""The layer that answers below ``/_mock/``: faults and reset, and whatever else is registered.

It belongs to the mock and not to the simulated server. Only this machine may use it unless whoever
started the mock says otherwise, and a page of another site never may: its requests name an origin
that is not the mock's, or come without the Content-Type that would need the mock's leave.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from mockserver.core.errors import BadInput, HTTPError
from mockserver.core.json_values import json_bytes, json_or_none
from mockserver.faults.registry import describe
from mockserver.http.auth import check_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from mockserver.core.simulated import SimulatedServer
    from mockserver.faults.registry import Faults


PREFIX = "/_mock/"
#: Answered by the journal's own layer.
_ELSEWHERE = ("/_mock/journal", "/_mock/journal.har")
_PHRASES = {200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request", 401: "Unauthorized"}
_PHRASES |= {403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}
_PHRASES |= {503: "Service Unavailable"}


@dataclass(frozen=True)
class AdminRules:
    """Who may steer the mock.

    Attributes:
        enabled: whether anybody may (``--no-admin``).
        anywhere: whether other machines may too (``--admin-from-anywhere``).
    """

    enabled: bool = True
    anywhere: bool = False


@dataclass(frozen=True)
class AdminRequest:
    """One request below /_mock/.

    Attributes:
        method: HTTP method.
        path: below the prefix: ``faults``, ``faults/3``.
        query: its parameters, the last of each name.
        body: its JSON value; None where it has none.
    """

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def rest(self) -> str:
        """What follows the first part of the path."""
        return self.path.partition("/")[2]


@dataclass(frozen=True)
class Reply:
    """An answer that is no JSON.

    Attributes:
        kind: its Content-Type.
        body: all of it, or pieces as they come.
        headers: further headers.
    """

    kind: str
    body: bytes | Iterable[bytes]
    headers: tuple[tuple[str, str], ...] = ()


Handler = "Callable[[AdminRequest], tuple[int, Any]]"


class AdminLayer:
    """Answers below /_mock/ for an app.

    Args:
        app: the WSGI app inside.
        webui: the simulated server; its credentials guard the mock's own routes too.
        rules: who may steer.
    """

    def __init__(self, app: WSGIApplication, webui: SimulatedServer, rules: AdminRules) -> None:
        self._app = app
        self._webui = webui
        self.rules = rules
        self._handlers: dict[str, Callable[[AdminRequest], tuple[int, Any]]] = {}

    def add(self, name: str, handler: Callable[[AdminRequest], tuple[int, Any]]) -> None:
        """Register what answers one name.

        Args:
            name: first part of the path below the prefix.
            handler: gives a status and a JSON value.
        """
        self._handlers[name] = handler

    def answer_for(self, webui: SimulatedServer) -> None:
        """Answer for another server from the next request on.

        Args:
            webui: the server.
        """
        self._webui = webui

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request as WSGI says."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or path in _ELSEWHERE:
            return self._app(environ, start)
        name = path.removeprefix(PREFIX).partition("/")[0]
        if name not in self._handlers:
            return self._app(environ, start)
        status, value = self._answer(environ, path.removeprefix(PREFIX), name)
        line = f"{status} {_PHRASES.get(status, 'Unknown')}"
        if isinstance(value, Reply):
            return _sent(value, line, start)
        data = json_bytes(value)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(data)))]
        start(line, headers)
        return [data]

    def _answer(self, environ: WSGIEnvironment, path: str, name: str) -> tuple[int, Any]:
        try:
            check_credentials(environ.get("HTTP_AUTHORIZATION"), self._webui.config.auth)
        except HTTPError as refusal:
            return refusal.status, {"error": refusal.detail}
        problem = self.refusal(environ)
        if problem:
            return 403, {"error": problem}
        body = _body(environ)
        if body and not environ.get("CONTENT_TYPE", "").startswith("application/json"):
            return 400, {"error": "send JSON with Content-Type: application/json"}
        value = json_or_none(body) if body else None
        if body and value is None:
            return 400, {"error": "the body is no JSON"}
        query = {k: v[-1] for k, v in parse_qs(environ.get("QUERY_STRING", "")).items()}
        asked = AdminRequest(environ["REQUEST_METHOD"], path, query, value)
        try:
            return self._handlers[name](asked)
        except BadInput as error:
            return 400, {"error": str(error)}

    def refusal(self, environ: WSGIEnvironment) -> str:
        """Why a request may not steer the mock; "" where it may.

        Args:
            environ: as WSGI has it.
        """
        if not self.rules.enabled:
            return "the mock was started with --no-admin"
        if not self.rules.anywhere and not _loopback(environ.get("REMOTE_ADDR", "")):
            return "only this machine may; start the mock with --admin-from-anywhere"
        origin = environ.get("HTTP_ORIGIN")
        if origin and urlsplit(origin).netloc != environ.get("HTTP_HOST", ""):
            return f"a page of {origin} may not steer the mock"
        return ""


def _sent(reply: Reply, line: str, start: StartResponse) -> Iterable[bytes]:
    headers = [("Content-Type", reply.kind), *reply.headers]
    if not isinstance(reply.body, bytes):
        start(line, headers)
        return reply.body
    start(line, [*headers, ("Content-Length", str(len(reply.body)))])
    return [reply.body]


def _loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _body(environ: WSGIEnvironment) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    body: bytes = environ["wsgi.input"].read(int(length)) if length.isdigit() else b""
    return body


def fault_routes(faults: Faults) -> Callable[[AdminRequest], tuple[int, Any]]:
    """What answers ``/_mock/faults``: GET, POST and DELETE; DELETE of one by its id.

    Args:
        faults: what is armed.
    """

    def answer(asked: AdminRequest) -> tuple[int, Any]:
        """Status and JSON of one request."""
        if asked.method == "GET":
            return 200, {"faults": [armed.as_json() for armed in faults], "catalogue": describe()}
        if asked.method == "DELETE":
            return _disarm(faults, asked.rest)
        if asked.method != "POST":
            return 405, {"error": "GET, POST or DELETE"}
        wanted = asked.body if isinstance(asked.body, list) else [asked.body]
        if not all(isinstance(item, dict) and "fault" in item for item in wanted):
            return 400, {"error": 'name a fault, as in {"fault": "oom", "times": 1}'}
        added = [
            faults.add(item["fault"], **{k: v for k, v in item.items() if k != "fault"})
            for item in wanted
        ]
        return 201, {"faults": [armed.as_json() for armed in added]}

    return answer


def _disarm(faults: Faults, rest: str) -> tuple[int, Any]:
    if not rest:
        faults.clear()
        return 200, {}
    for armed in faults:
        if str(armed.number) == rest:
            armed.remove()
            return 200, {}
    return 404, {"error": f"no fault {rest} is armed"}
