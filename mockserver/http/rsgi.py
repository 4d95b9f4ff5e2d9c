"""An app as granian calls it on its event loop, by RSGI.

Answers that are ready are given on the loop itself: between threads a request would wait longer
than its answer takes. All others go to a thread, as in the webui, and through the whole WSGI app.

Source: granian, docs/spec/RSGI.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import queue
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mockserver.http.at_once import AtOnce, Head
from mockserver.http.request_head import environ_key
from mockserver.journal.middleware import BODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from wsgiref.types import WSGIEnvironment

    from mockserver.http.app import MockApp

    Fields = list[tuple[str, str]]

#: As many requests are worked on at once as in the webui: starlette's thread pool.
_THREADS = 40
#: Heads of requests that are remembered.
_MOST_HEADS = 256
#: What all environments share.
_BASE = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


class Scope(Protocol):
    """What RSGI says of a request."""

    proto: str
    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Any


class _Known(NamedTuple):
    """A head that came before.

    Attributes:
        head: what ready answers look at.
        environ: the environment's part that the head decides.
        has_body: whether a body follows.
    """

    head: Head
    environ: WSGIEnvironment
    has_body: bool


class _Begun(NamedTuple):
    """An answer.

    Attributes:
        status: HTTP status.
        headers: of the answer.
        body: all of it, or the first part.
        rest: what follows; None for nothing.
    """

    status: int
    headers: Fields
    body: bytes
    rest: Iterator[bytes] | None


class RsgiApp:
    """Answers the requests of granian's worker.

    Args:
        app: the app.
    """

    def __init__(self, app: MockApp) -> None:
        self._app = app
        self._at_once = AtOnce(app)
        self._heads: dict[tuple[Any, ...], _Known] = {}
        self._workers = _Workers(_THREADS)

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            protocol.close(None)
            return
        known = self._known(scope)
        body: bytes = await protocol() if known.has_body else b""
        if self._workers.free:
            ready = self._at_once.answer(known.head, body)
            if ready is not None:
                protocol.response_bytes(200, ready.headers, ready.body)
                return
        environ = _environ(known, scope, body)
        begun: _Begun = await self._workers.run(lambda: _begin(self._app, environ))
        if begun.rest is None:
            protocol.response_bytes(begun.status, begun.headers, begun.body)
        else:
            await self._stream(protocol, begun, begun.rest)

    def _known(self, scope: Scope) -> _Known:
        key = scope.method, scope.path, scope.query_string, *scope.headers.items()
        known = self._heads.get(key)
        if known is None:
            environ = _of_head(scope)
            has_body = "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            known = _Known(Head.of(environ), environ, has_body)
            if len(self._heads) >= _MOST_HEADS:
                self._heads.clear()
            self._heads[key] = known
        return known

    async def _stream(self, protocol: Any, begun: _Begun, rest: Iterator[bytes]) -> None:
        """Send each part as it comes."""
        transport = protocol.response_stream(begun.status, begun.headers)
        part: bytes | None = begun.body
        try:
            while part is not None:
                if part:
                    await transport.send_bytes(part)
                part = await self._workers.run(lambda: next(rest, None))
        finally:
            getattr(rest, "close", lambda: None)()


def _of_head(scope: Scope) -> WSGIEnvironment:
    """The environment's part that line and headers decide; of several with one name all."""
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        key = environ_key(name)
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


def _environ(known: _Known, scope: Scope, body: bytes) -> WSGIEnvironment:
    client, _, port = scope.client.rpartition(":")
    server, _, own = scope.server.rpartition(":")
    return {
        **_BASE,
        **known.environ,
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": port,
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": own,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        BODY: body,
    }


def _begin(app: MockApp, environ: WSGIEnvironment) -> _Begun:
    """Have the app answer, and take the first part of what does not lie ready as a whole."""
    started: list[tuple[int, Fields]] = []

    def start(status: str, headers: Fields, *_: Any) -> Callable[[bytes], object]:
        started[:] = [(int(status[:3]), headers)]
        return lambda data: data

    chunks = app(environ, start)
    if isinstance(chunks, list):
        return _Begun(*started[0], b"".join(chunks), None)
    parts = iter(chunks)
    first = next(parts, b"")
    return _Begun(*started[0], first, parts)


class _Workers:
    """Threads that work for an event loop and end with the process, whatever they wait for.

    Args:
        most: how many there may be.
    """

    def __init__(self, most: int) -> None:
        self._jobs: queue.SimpleQueue[tuple[asyncio.Future[Any], Callable[[], Any]]] = (
            queue.SimpleQueue()
        )
        self._most = most
        self._threads = self._busy = 0

    @property
    def free(self) -> bool:
        """Whether another job would be begun at once."""
        return self._busy < self._most

    async def run(self, work: Callable[[], Any]) -> Any:
        """What some work gives, done by a thread; called on the loop alone.

        Args:
            work: done once, as soon as a thread is free.
        """
        self._busy += 1
        try:
            if self._threads < min(self._busy, self._most):
                self._threads += 1
                threading.Thread(target=self._work, name="sdapi-mock-worker", daemon=True).start()
            future = asyncio.get_running_loop().create_future()
            self._jobs.put((future, work))
            return await future
        finally:
            self._busy -= 1

    def _work(self) -> None:
        while True:
            future, work = self._jobs.get()
            try:
                result, error = work(), None
            except BaseException as raised:  # noqa: BLE001 - it is raised where it is awaited
                result, error = None, raised
            with contextlib.suppress(RuntimeError):  # the loop has ended
                future.get_loop().call_soon_threadsafe(_settle, future, result, error)


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
