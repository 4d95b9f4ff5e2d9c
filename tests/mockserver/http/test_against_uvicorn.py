"""The mock's wire beside that of a real uvicorn with h11, byte for byte but for the date."""

from __future__ import annotations

import re
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from mockserver.http.threaded_server import ThreadedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

DATE = re.compile(rb"date: [^\r]+")
_STATUSES = {"/404": 404, "/422": 422, "/500": 500, "/503": 503, "/204": 204, "/307": 307}


def _answered(method: str, path: str, query: str, body: bytes) -> tuple[int, bytes]:
    """What both apps answer: what they understood of the request."""
    status = _STATUSES.get(path, 200)
    text = f"{method} {path}?{query} {len(body)} {body[:40]!r}".encode()
    return status, b"" if status == 204 else text


async def _asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    query = scope["query_string"].decode("latin-1")
    status, text = _answered(scope["method"], scope["path"], query, body)
    headers = [(b"content-length", str(len(text)).encode()), (b"content-type", b"text/plain")]
    if scope["path"] == "/stream":
        headers = headers[1:]
    if status == 204:
        headers = []
    headers.append((b"x-process-time", b"0.1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


class _Wsgi:
    """The same app as the mock's server takes it."""

    def __init__(self) -> None:
        self.extensions: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", errors="replace")
        body = environ["wsgi.input"].read()
        status, text = _answered(environ["REQUEST_METHOD"], path, environ["QUERY_STRING"], body)
        headers = [("Content-Length", str(len(text))), ("Content-Type", "text/plain")]
        if path == "/stream":
            headers = headers[1:]
        if status == 204:
            headers = []
        start(f"{status} WHATEVER", [*headers, ("X-Process-Time", "0.1")])
        return iter([text]) if path == "/stream" else [text]


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    """Where uvicorn listens, and where the mock's server does."""
    # As the webui runs it, which does not bring uvloop along.
    config = uvicorn.Config(
        _asgi, port=0, http="h11", loop="asyncio", log_level="critical", lifespan="off"
    )
    real = uvicorn.Server(config)
    first = threading.Thread(target=real.run, daemon=True)
    first.start()
    while not real.started:
        time.sleep(0.001)
    ours = ThreadedServer(_Wsgi())  # type: ignore[arg-type]  # as much of an app as it needs
    second = threading.Thread(target=ours.run, daemon=True)
    second.start()
    port = real.servers[0].sockets[0].getsockname()[1]
    yield port, int(ours.url.rpartition(":")[2])
    real.should_exit = True
    ours.end()
    first.join(10)
    second.join(10)


def ask(port: int, sent: bytes) -> bytes:
    """All that comes back when the client has sent everything and closed its half."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(sent)
        sock.shutdown(socket.SHUT_WR)
        found = b""
        try:
            while data := sock.recv(65536):
                found += data
        except ConnectionResetError:
            pass
    return DATE.sub(b"date: now", found)


H = b"Host: a\r\n"
END = b"Connection: close\r\n\r\n"


def get(target: bytes, more: bytes = b"", version: bytes = b"1.1") -> bytes:
    return b"GET " + target + b" HTTP/" + version + b"\r\n" + H + more + END


def post(body: bytes, more: bytes = b"", target: bytes = b"/") -> bytes:
    length = b"Content-Length: " + str(len(body)).encode() + b"\r\n"
    return b"POST " + target + b" HTTP/1.1\r\n" + H + length + more + END + body


REQUESTS: dict[str, bytes] = {
    "get": get(b"/"),
    "a query": get(b"/a?b=1&c=%20"),
    "an empty query": get(b"/a?"),
    "two question marks": get(b"/a?b?c"),
    "escapes": get(b"/a%20b%2Fc"),
    "utf-8": get(b"/%C3%A4"),
    "two slashes": get(b"//sdapi/v1/samplers"),
    "dots": get(b"/a/../b"),
    "a semicolon": get(b"/a;b"),
    "a fragment": get(b"/a#b"),
    "a star": b"OPTIONS * HTTP/1.1\r\n" + H + END,
    "an absolute target": get(b"http://a/sdapi/v1/samplers"),
    "head": b"HEAD / HTTP/1.1\r\n" + H + END,
    "head of a stream": b"HEAD /stream HTTP/1.1\r\n" + H + END,
    "options": b"OPTIONS / HTTP/1.1\r\n" + H + END,
    "delete": b"DELETE / HTTP/1.1\r\n" + H + END,
    "patch": b"PATCH / HTTP/1.1\r\n" + H + END,
    "an unknown method": b"BREW / HTTP/1.1\r\n" + H + END,
    "a method in small letters": b"get / HTTP/1.1\r\n" + H + END,
    "a stream": get(b"/stream"),
    **{f"status {path[1:]}": get(path.encode()) for path in _STATUSES},
    "post": post(b"hello"),
    "post nothing": post(b""),
    "post without a length": b"POST / HTTP/1.1\r\n" + H + END,
    "post many": post(b"x" * 100_000),
    "chunked": b"POST / HTTP/1.1\r\n" + H + b"Transfer-Encoding: chunked\r\n" + END
    + b"5\r\nhello\r\n0\r\n\r\n",
    "chunked twice": b"POST / HTTP/1.1\r\n" + H + b"Transfer-Encoding: chunked\r\n" + END
    + b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    "chunked with a trailer": b"POST / HTTP/1.1\r\n" + H + b"Transfer-Encoding: chunked\r\n" + END
    + b"2\r\nhe\r\n0\r\nA: b\r\n\r\n",
    "chunked with an extension": b"POST / HTTP/1.1\r\n" + H
    + b"Transfer-Encoding: chunked\r\n" + END + b"2;a=b\r\nhe\r\n0\r\n\r\n",
    "chunked in capitals": b"POST / HTTP/1.1\r\n" + H + b"Transfer-Encoding: Chunked\r\n" + END
    + b"A\r\n0123456789\r\n0\r\n\r\n",
    "a chunk that is no number": b"POST / HTTP/1.1\r\n" + H
    + b"Transfer-Encoding: chunked\r\n" + END + b"x\r\nhe\r\n0\r\n\r\n",
    "another coding": b"POST / HTTP/1.1\r\n" + H + b"Transfer-Encoding: gzip\r\n" + END,
    "expect": post(b"hello", b"Expect: 100-continue\r\n"),
    "expect in capitals": post(b"hello", b"Expect: 100-Continue\r\n"),
    "expect something else": post(b"hello", b"Expect: magic\r\n"),
    "nonsense after a request": b"GET /1 HTTP/1.1\r\n" + H + b"\r\nnonsense\r\n\r\n",
    "an empty line between": b"GET /1 HTTP/1.1\r\n" + H + b"\r\n\r\n" + get(b"/2"),
    "a body that ends early": b"POST / HTTP/1.1\r\n" + H + b"Content-Length: 5\r\n\r\nab",
    "a bad chunk on a kept connection": b"POST / HTTP/1.1\r\n" + H
    + b"Transfer-Encoding: chunked\r\n\r\nx\r\n",
    "http 1.0": get(b"/", version=b"1.0"),
    "http 1.0 without a host": b"GET / HTTP/1.0\r\n\r\n",
    "http 1.0 that keeps": b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "http 1.0 stream": b"GET /stream HTTP/1.0\r\n\r\n",
    "http 1.2": get(b"/", version=b"1.2"),
    "http 2.0": get(b"/", version=b"2.0"),
    "two requests": b"GET /1 HTTP/1.1\r\n" + H + b"\r\n" + get(b"/2"),
    "three requests, one with a body": b"GET /1 HTTP/1.1\r\n" + H + b"\r\n"
    + b"POST /2 HTTP/1.1\r\n" + H + b"Content-Length: 2\r\n\r\nab" + get(b"/3"),
    "an empty line before": b"\r\n" + get(b"/"),
    "connection in capitals": b"GET / HTTP/1.1\r\n" + H + b"Connection: Close\r\n\r\n",
    "line feeds alone": b"GET / HTTP/1.1\nHost: a\nConnection: close\n\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + H + H + END,
    "two different hosts": b"GET / HTTP/1.1\r\n" + H + b"Host: b\r\n" + END,
    "an empty host": b"GET / HTTP/1.1\r\nHost:\r\n" + END,
    "a host with a port": b"GET / HTTP/1.1\r\nHost: a:7860\r\n" + END,
    "two lengths alike": b"POST / HTTP/1.1\r\n" + H + b"Content-Length: 2\r\n"
    + b"Content-Length: 2\r\n" + END + b"ab",
    "two lengths": b"POST / HTTP/1.1\r\n" + H + b"Content-Length: 2\r\n"
    + b"Content-Length: 3\r\n" + END + b"abc",
    "a length that is no number": b"POST / HTTP/1.1\r\n" + H + b"Content-Length: x\r\n" + END,
    "a length below zero": b"POST / HTTP/1.1\r\n" + H + b"Content-Length: -1\r\n" + END,
    "a header twice": get(b"/", b"X-A: 1\r\nX-A: 2\r\n"),
    "a header without a value": get(b"/", b"X-A:\r\n"),
    "a header with blanks": get(b"/", b"X-A:    b   \r\n"),
    "a folded header": get(b"/", b"X-A: b\r\n c\r\n"),
    "a header that begins with a fold": b"GET / HTTP/1.1\r\n a: b\r\n" + H + END,
    "a header without a colon": get(b"/", b"nonsense\r\n"),
    "a blank before the colon": get(b"/", b"X-A : b\r\n"),
    "a header of another alphabet": get(b"/", "X-A: \xe4\r\n".encode("latin-1")),
    "a header with a zero": get(b"/", b"X-A: a\x00b\r\n"),
    "a name with a blank": get(b"/", b"X A: b\r\n"),
    "an empty name": get(b"/", b": b\r\n"),
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
    "nonsense": b"nonsense\r\n\r\n",
    "http 0.9": b"GET /\r\n\r\n",
    "no version": b"GET / \r\n\r\n",
    "an odd version": b"GET / HTTP/1.x\r\n" + H + END,
    "another protocol": b"GET / HTTPS/1.1\r\n" + H + END,
    "two blanks": b"GET  / HTTP/1.1\r\n" + H + END,
    "a blank in the target": b"GET /a b HTTP/1.1\r\n" + H + END,
    "letters beyond ascii in the target": "GET /\xe4 HTTP/1.1\r\n".encode("latin-1") + H + END,
    "a socks greeting": b"\x05\x01\x00",
    "the preface of http 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "nothing": b"",
}  # fmt: skip


def test_there_are_eighty_requests() -> None:
    assert len(REQUESTS) >= 80


@pytest.mark.parametrize("name", REQUESTS)
def test_the_mock_answers_as_uvicorn_does(name: str, ports: tuple[int, int]) -> None:
    real, ours = (ask(port, REQUESTS[name]) for port in ports)

    assert ours == real


def test_a_client_that_waits_for_leave_gets_it_first(ports: tuple[int, int]) -> None:
    heads = []
    for port in ports:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
            length = b"Content-Length: 2\r\nExpect: 100-continue\r\n"
            sock.sendall(b"POST / HTTP/1.1\r\n" + H + length + b"\r\n")
            heads.append(sock.recv(1000))
            sock.sendall(b"ab")
            found = b""
            while not found.endswith(b"'ab'"):
                found += sock.recv(1000)
            heads.append(DATE.sub(b"", found))

    assert heads[:2] == heads[2:]


def test_a_connection_is_kept_for_the_next_request(ports: tuple[int, int]) -> None:
    answers = []
    for port in ports:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
            for _ in range(3):
                sock.sendall(b"GET /204 HTTP/1.1\r\n" + H + b"\r\n")
                answers.append(DATE.sub(b"", sock.recv(1000)))

    assert len(set(answers)) == 1
