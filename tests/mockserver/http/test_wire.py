"""Requests read and answers written as uvicorn with h11 does."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import ThreadedServer, create_app
from mockserver.backends.registry import simulate
from mockserver.core.config import Config
from mockserver.http.request_head import Answers, InvalidRequest, parse_head
from mockserver.http.wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[[str, list[tuple[str, str]]], Any]


def echo(environ: dict[str, Any], start: Start) -> list[bytes]:
    body = environ["wsgi.input"].read()
    text = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {body!r}".encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
    return [text]


def unsized(_: dict[str, Any], start: Start) -> Iterator[bytes]:
    start("404 NOT FOUND", [("Content-Type", "text/plain"), ("X-Process-Time", "0.1")])
    yield b"one"
    yield b"two"


@contextlib.contextmanager
def client(app: Any = echo, largest: int = 1000) -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    theirs.settimeout(5)
    connection = Connection(theirs, Answers(app, None), {}, largest)

    def serve() -> None:
        connection.serve(contextlib.nullcontext)
        theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield ours
    finally:
        ours.close()
        thread.join(5)


def answer(sent: bytes, app: Any = echo, **options: Any) -> bytes:
    """All that comes back until the server closes."""
    with client(app, **options) as sock:
        sock.sendall(sent)
        sock.shutdown(socket.SHUT_WR)
        found = b""
        while data := sock.recv(65536):
            found += data
    return found


def get(target: str = "/a", *headers: str, version: str = "1.1") -> bytes:
    lines = [f"GET {target} HTTP/{version}", "Host: x", *headers, "", ""]
    return "\r\n".join(lines).encode()


def test_answers_begin_with_date_and_server_in_lower_case() -> None:
    lines = answer(get()).split(b"\r\n")

    assert lines[0] == b"HTTP/1.1 200 OK"
    assert [line.split(b":")[0] for line in lines[1:5]] == [
        b"date", b"server", b"content-length", b"content-type",
    ]  # fmt: skip
    assert lines[2] == b"server: uvicorn"


def test_phrases_are_in_title_case_and_bodies_of_unknown_length_are_chunked() -> None:
    found = answer(get(), unsized)

    assert found.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert found.endswith(
        b"content-type: text/plain\r\nx-process-time: 0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
    )


def test_several_requests_share_a_connection() -> None:
    found = answer(get("/a") + get("/b") + get("/c", "Connection: close") + get("/d"))

    assert [path in found for path in (b"GET /a", b"GET /b", b"GET /c", b"GET /d")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert found.count(b"Connection: close") == 1


def test_http_1_0_ends_the_connection() -> None:
    found = answer(get(version="1.0", target="/old") + get())

    assert found.count(b"HTTP/1.1 200 OK") == 1
    assert b"Connection: close" in found


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="TLS"),
        pytest.param(b"nonsense\r\n\r\n", id="no request line"),
        pytest.param(b"GET  /a HTTP/1.1\r\nHost: x\r\n\r\n", id="two spaces"),
        pytest.param(b"GET /a HTTP/1.1\r\n\r\n", id="no Host"),
        pytest.param(b"GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", id="two Hosts"),
        pytest.param(b"GET /a HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n", id="a space in a name"),
        pytest.param(b"GET /a HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n", id="a null"),
        pytest.param(b"GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n", id="a target beyond ASCII"),
        pytest.param(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n", id="length"),
        pytest.param(
            b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            id="two lengths",
        ),
        pytest.param(
            b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", id="coding"
        ),
        pytest.param(
            b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="chunk"
        ),
    ],
)
def test_what_is_no_request_is_refused_at_once(sent: bytes) -> None:
    with client() as sock:
        sock.sendall(sent)
        found = sock.recv(65536)

    assert found.startswith(b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8")
    assert b"Invalid HTTP request received." in found
    assert b"connection: close" in found.lower()


def test_a_chunked_body_is_put_together() -> None:
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    found = answer(head + b"3;x=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n")

    assert found.endswith(b"POST /a b'abcde'")


def test_a_client_that_waits_for_leave_gets_it() -> None:
    with client() as sock:
        sock.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n")
        sock.sendall(b"Expect: 100-continue\r\n\r\n")
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"

        sock.sendall(b"ok")
        assert sock.recv(65536).endswith(b"POST /a b'ok'")


def test_a_body_beyond_the_limit_is_refused() -> None:
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"

    assert answer(head).startswith(b"HTTP/1.1 413 ")


def test_head_has_the_length_and_no_body() -> None:
    found = answer(b"HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n")

    assert b"content-length: 11\r\n" in found
    assert found.endswith(b"\r\n\r\n")


def test_targets_are_taken_as_they_are() -> None:
    assert parse_head(b"GET //a//b?c=%20 HTTP/1.1\r\nHost: x")[0]["PATH_INFO"] == "//a//b"
    assert parse_head(b"GET http://x/a HTTP/1.1\r\nHost: x")[0]["PATH_INFO"] == "http://x/a"
    assert parse_head(b"GET /a%2Fb HTTP/1.1\r\nHost: x")[0]["PATH_INFO"] == "/a/b"
    assert parse_head(b"GET /a?c=%20 HTTP/1.1\r\nHost: x")[0]["QUERY_STRING"] == "c=%20"


def test_headers_of_one_name_are_joined_and_folded_lines_unfolded() -> None:
    head = b"GET /a HTTP/1.1\r\nHost: x\r\nA: 1\r\na: 2\r\nB: 3\r\n  4\r\nContent-Type: t"

    environ, modern = parse_head(head)

    assert modern
    assert (environ["HTTP_A"], environ["HTTP_B"]) == ("1,2", "3 4")
    assert environ["CONTENT_TYPE"] == "t"


def test_a_head_without_end_is_refused() -> None:
    with client() as sock:
        with contextlib.suppress(OSError):
            sock.sendall(b"GET /a HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 200_000)
        assert sock.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_an_app_that_raises_is_a_500_and_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: Any) -> list[bytes]:
        raise ZeroDivisionError

    found = answer(get() + get(), broken)

    assert found.count(b"HTTP/1.1 500 Internal Server Error") == 1
    assert found.endswith(b"Internal Server Error")
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_line_without_a_colon_is_no_header() -> None:
    with pytest.raises(InvalidRequest):
        parse_head(b"GET /a HTTP/1.1\r\nHost: x\r\nnonsense")


@pytest.mark.parametrize(
    ("profile", "body", "status", "closed"),
    [
        pytest.param("forge", {"steps": 0}, 500, True, id="Forge closes behind a crash"),
        pytest.param("forge", {"steps": "x"}, 422, False, id="a refusal is no crash"),
        pytest.param("a1111-47a44c7", {"steps": None}, 500, True, id="so did the webui in 2022"),
        pytest.param("a1111-1.10.1", {"steps": 0}, 500, False, id="the webui catches it"),
    ],
)
def test_the_connection_behind_an_uncaught_error(
    profile: str, body: dict[str, Any], status: int, *, closed: bool
) -> None:
    asked = json.dumps(body | {"width": 64, "height": 64})
    server = ThreadedServer(create_app(simulate(profile, Config())))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        connection = HTTPConnection(server.url.removeprefix("http://"), timeout=30)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/sdapi/v1/txt2img", asked, headers)
        told = connection.getresponse()
        assert (told.status, told.getheader("connection")) == (status, None)
        assert told.read()
        readable, _, _ = select.select([connection.sock], [], [], 0.3)
        assert bool(readable and connection.sock.recv(1) == b"") is closed
        connection.close()
    finally:
        server.end()
        thread.join(5)
