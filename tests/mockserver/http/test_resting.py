"""Connections that rest between two requests, on the one thread that watches them all."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from mockserver import ThreadedServer, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

LIST = b"GET /sdapi/v1/samplers HTTP/1.1\r\nHost: a\r\n\r\n"
PROGRESS = b"GET /sdapi/v1/progress HTTP/1.1\r\nHost: a\r\n\r\n"


def picture(**fields: object) -> bytes:
    asked = {"prompt": "a red fox", "seed": 1, "subseed": 2, "steps": 1, "width": 64, "height": 64}
    body = json.dumps(asked | fields)
    head = "POST /sdapi/v1/txt2img HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


class Client:
    """One client.

    Args:
        url: of the server.
    """

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.sock = socket.create_connection((host, int(port)), timeout=10)
        self._buffer = b""

    def answer(self) -> bytes:
        """The body of the next answer."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        while len(self._buffer) < length:
            self._more()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return body

    def ask(self, sent: bytes) -> bytes:
        """Send a request and get the body of its answer."""
        self.sock.sendall(sent)
        return self.answer()

    def closed(self) -> bool:
        """Whether the server closed the connection, with nothing more sent."""
        return self._buffer == self.sock.recv(1) == b""

    def _more(self) -> None:
        data = self.sock.recv(65536)
        assert data, "the connection was closed"
        self._buffer += data


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    running = ThreadedServer(create_app())
    thread = threading.Thread(target=running.run)
    thread.start()
    yield running
    running.end()
    thread.join()


@pytest.fixture
def client(server: ThreadedServer) -> Iterator[Client]:
    made = Client(server.url)
    with made.sock:
        yield made


def workers() -> int:
    return sum(thread.name == "sdapi-mock-worker" for thread in threading.enumerate())


def test_what_lies_ready_takes_no_thread(client: Client) -> None:
    before = workers()

    for _ in range(3):
        assert client.ask(LIST).startswith(b"[{")

    assert workers() == before


def test_ready_and_other_answers_take_turns_on_one_connection(client: Client) -> None:
    first = client.ask(picture())

    for _ in range(3):
        assert client.ask(LIST).startswith(b"[{")
        assert client.ask(PROGRESS).startswith(b'{"progress"')
        assert json.loads(client.ask(picture()))["images"] == json.loads(first)["images"]


def test_requests_sent_at_once_are_answered_in_their_order(client: Client) -> None:
    client.ask(picture())

    client.sock.sendall(LIST + PROGRESS + picture() + LIST)

    starts = [client.answer()[:4] for _ in range(4)]
    assert starts == [b'[{"n', b'{"pr', b'{"im', b'[{"n']


def test_a_body_may_come_later_than_its_head(client: Client) -> None:
    client.ask(picture())
    whole = picture()

    for part in (whole[:50], whole[50:-20], whole[-20:]):
        client.sock.sendall(part)

    assert json.loads(client.answer())["images"]


def test_a_client_that_reads_late_gets_every_byte(client: Client) -> None:
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    large = picture(width=2048, height=2048, prompt="marble", steps=3)
    first = client.ask(large)

    for _ in range(12):
        client.sock.sendall(large)

    assert len(first) > 200_000
    for _ in range(12):
        assert json.loads(client.answer())["images"] == json.loads(first)["images"]


def test_a_client_that_wants_it_closed_has_it_closed(client: Client) -> None:
    client.ask(LIST.replace(b"Host: a", b"Host: a\r\nConnection: close"))

    assert client.closed()


def test_one_that_rests_too_long_is_closed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.ask(LIST)
    other = Client(f"http://127.0.0.1:{client.sock.getpeername()[1]}")
    now = time.monotonic()
    monkeypatch.setattr("mockserver.http.resting.time.monotonic", lambda: now + 3600)

    with other.sock:
        other.ask(LIST)

    assert client.closed()


def test_answers_that_lie_ready_do_not_wait_for_work(server: ThreadedServer) -> None:
    busy, quick = Client(server.url), Client(server.url)
    busy.ask(picture())
    with busy.sock, quick.sock:
        with server.app.webui.queue:  # type: ignore[attr-defined]  # a mock's app
            busy.sock.sendall(picture())

            assert quick.ask(LIST).startswith(b"[{")

        assert json.loads(busy.answer())["images"]
