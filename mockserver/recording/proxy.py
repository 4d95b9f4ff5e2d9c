"""The recording proxy: passes everything through, and keeps what passes.

Answers are handed on byte for byte once they are whole; event streams and websockets, which
have no end, are not for it. An exchange is on the disk before the next one is kept.
"""

from __future__ import annotations

import hashlib
import re
import signal
import threading
import zlib
from typing import TYPE_CHECKING, Any

import requests
from flask import Flask, Response, request

from mockserver.core.errors import RecordError
from mockserver.http.threaded_server import ThreadedServer
from mockserver.recording.live_server import Received
from mockserver.recording.recorder import Recorder
from mockserver.recording.writer import EXCHANGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.recording.live_server import LiveServer
    from mockserver.recording.writer import RecordingWriter


_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
#: Headers of one connection, not of what passes.
_OWN = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailers"}
    | {"transfer-encoding", "upgrade", "host", "content-length"}
)
_BAD_GATEWAY = 502
_MEGABYTE = 2**20
#: Lets zlib find out by itself whether it reads gzip or deflate.
_ANY_ZIP = 47
_NUMBER = re.compile(rf"{EXCHANGES}/(\d+)-")


class ProxyRecorder:
    """Keeps exchanges, numbered, until the limit; the same exchange is kept once.

    Args:
        writer: writes the set.
        limit: bytes written at most.
        report: called once with the reason why nothing is kept any more.
    """

    def __init__(self, writer: RecordingWriter, limit: int, report: Callable[[str], Any]) -> None:
        self._writer = writer
        self._limit = limit
        self._report = report
        self._lock = threading.Lock()
        self._seen: set[bytes] = set()
        self._open = True
        numbers = (_NUMBER.match(file) for file in writer.folder.files)
        self._last = max((int(found[1]) for found in numbers if found), default=0)

    def keep(
        self, asked: tuple[str, str], headers: Mapping[str, str], body: bytes, got: Received
    ) -> None:
        """Keep one exchange.

        Args:
            asked: method, and path with query.
            headers: of the request.
            body: of the request.
            got: the answer, unpacked.
        """
        mark = hashlib.sha256(repr((asked, body, got.status, got.body)).encode()).digest()
        with self._lock:
            if not self._open or mark in self._seen:
                return
            self._seen.add(mark)
            try:
                self._write(asked, (headers, body), got)
            except RecordError as error:
                self._close(str(error))
            if self._writer.folder.written > self._limit:
                self._close(f"{self._limit // _MEGABYTE} MB are written (--limit)")

    def _write(self, asked: tuple[str, str], given: Any, got: Received) -> None:
        self._last += 1
        name = f"{self._last:05d}-{self._called(asked[1])}"
        self._writer.keep_exchange(name, asked, given, got)
        self._writer.save()

    def _called(self, path: str) -> str:
        """The last part of a route that the server documents; nothing that a client made up."""
        route = path.partition("?")[0]
        known = route in self._writer.redactor.known.routes
        last = route.rstrip("/").rpartition("/")[2]
        return last if known and re.fullmatch(r"[\w-]+", last) else "other"

    def _close(self, why: str) -> None:
        self._open = False
        self._report(f"nothing more is kept, all still passes: {why}")


def create_proxy(server: LiveServer, recorder: ProxyRecorder) -> Flask:
    """A Flask app that passes requests to a live server.

    Args:
        server: where they go.
        recorder: keeps what passes.
    """
    app = Flask("mockserver.recording.proxy", static_folder=None)
    session = requests.Session()
    session.trust_env = False
    session.headers.clear()

    def passed(path: str) -> Response:
        del path
        target = request.full_path if request.query_string else request.path
        body = request.get_data()
        got, raw, headers = _forward(session, server, target, body)
        recorder.keep((request.method, target), dict(request.headers), body, got)
        answer = Response(raw, got.status or _BAD_GATEWAY)
        answer.headers.clear()
        for name, value in headers:
            answer.headers.add(name, value.replace(server.url, request.host_url.rstrip("/")))
        return answer

    for rule in ("/", "/<path:path>"):
        defaults = {"path": ""} if rule == "/" else {}
        app.add_url_rule(
            rule,
            f"pass {rule}",
            passed,
            methods=_METHODS,
            defaults=defaults,
            provide_automatic_options=False,
            merge_slashes=False,
        )
    return app


def _forward(
    session: requests.Session, server: LiveServer, target: str, body: bytes
) -> tuple[Received, bytes, list[tuple[str, str]]]:
    """The answer for the record, and its bytes and headers for the client."""
    headers = {name: value for name, value in request.headers if name.lower() not in _OWN}
    auth = None if "Authorization" in headers else server.session.auth
    own = {name.lower() for name in headers}
    headers |= {name: value for name, value in server.headers.items() if name.lower() not in own}
    try:
        answer = session.request(
            request.method,
            server.url + target,
            data=body or None,
            headers=headers,
            auth=auth,
            timeout=server.timeout,
            verify=server.session.verify,
            allow_redirects=False,
            stream=True,
        )
        raw = answer.raw.read(decode_content=False)
    except (requests.RequestException, OSError) as error:
        text = f"the server behind this proxy does not answer ({type(error).__name__})\n"
        return Received(None, {}, b""), text.encode(), [("Content-Type", "text/plain")]
    shown = [(k, v) for k, v in answer.raw.headers.items() if k.lower() not in _OWN]
    found = {name.lower(): value for name, value in answer.headers.items()}
    return Received(answer.status_code, found, _unpacked(raw, found)), raw, shown


def _unpacked(raw: bytes, headers: Mapping[str, str]) -> bytes:
    if headers.get("content-encoding", "") not in {"gzip", "deflate"}:
        return raw
    try:
        return zlib.decompress(raw, _ANY_ZIP)
    except zlib.error:
        return raw


def run_proxy(
    server: LiveServer,
    writer: RecordingWriter,
    port: int,
    megabytes: int,
    report: Callable[[str], Any],
) -> None:
    """Record the lists, then pass requests through until Ctrl-C or SIGTERM.

    Args:
        server: the live server.
        writer: writes the set.
        port: on the loopback; 0 for any free one.
        megabytes: how much is written at most.
        report: called with the address where the proxy listens.

    Raises:
        RecordError: the server does not answer, or the folder cannot be written.
        ServeError: the port cannot be had.
    """
    recorder = Recorder(server, writer)
    identity = recorder.record_lists().identity
    recorder.finish()
    app = create_proxy(server, ProxyRecorder(writer, megabytes * _MEGABYTE, report))
    running = ThreadedServer(app, port=port)
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: running.end())
    report(f"recorded the lists of {identity.sentence}")
    report(f"recording what passes through {running.url} until Ctrl-C")
    running.run()
    recorder.finish()
