"""A real port, and how it ends."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from mockserver import ServeError, ThreadedServer, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def served() -> Iterator[tuple[ThreadedServer, threading.Thread]]:
    server = ThreadedServer(create_app())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server, thread
    server.end()
    thread.join(5)
    assert not thread.is_alive()


def test_a_free_port_is_chosen_and_reported() -> None:
    with served() as (server, _):
        assert server.url.startswith("http://127.0.0.1:")
        assert requests.get(f"{server.url}/internal/ping", timeout=5).json() == {}


@pytest.mark.parametrize(
    ("method", "path", "phrase"),
    [
        ("GET", "/internal/ping", "OK"),
        ("GET", "/nope", "Not Found"),
        ("GET", "/sdapi/v1/txt2img", "Method Not Allowed"),
        ("POST", "/sdapi/v1/png-info", "Unprocessable Entity"),
    ],
)
def test_phrases_are_written_as_uvicorn_writes_them(method: str, path: str, phrase: str) -> None:
    with served() as (server, _):
        assert requests.request(method, server.url + path, timeout=5).reason == phrase


def test_an_ended_server_has_left_its_port() -> None:
    with served() as (server, _):
        port = int(server.url.rpartition(":")[2])

    again = ThreadedServer(create_app(), port=port)
    assert again.url == server.url
    again.end()
    again.run()


def test_a_taken_port_is_an_error_that_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=rf"port {port} on 127\.0\.0\.1 is taken; .*--port"):
            ThreadedServer(create_app(), port=port)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        pytest.param("no.such.host.invalid", "no such host", id="no host"),
        pytest.param("192.0.2.1", "name another --host", id="a host that is another machine"),
    ],
)
def test_a_host_that_is_not_here_is_an_error(host: str, words: str) -> None:
    with pytest.raises(ServeError, match=words):
        ThreadedServer(create_app(), host, 0)


def test_server_stop_is_answered_and_then_the_server_ends() -> None:
    with served() as (server, thread):
        answer = requests.post(f"{server.url}/sdapi/v1/server-stop", timeout=5)

        assert (answer.status_code, answer.text) == (200, "Stopping.")
        assert "Content-Type" not in answer.headers
        thread.join(5)
        assert not thread.is_alive()


def test_server_kill_breaks_the_connection() -> None:
    with served() as (server, thread):
        with pytest.raises(requests.ConnectionError):
            requests.post(f"{server.url}/sdapi/v1/server-kill", timeout=5)
        thread.join(5)
        assert not thread.is_alive()


def test_lists_are_answered_while_a_request_waits_for_the_queue() -> None:
    with served() as (server, _):
        app = server.app
        app.webui.queue.acquire()
        waiting = threading.Thread(
            target=requests.post,
            args=(f"{server.url}/sdapi/v1/refresh-vae",),
            kwargs={"timeout": 5},
        )
        waiting.start()

        assert requests.get(f"{server.url}/sdapi/v1/samplers", timeout=5).ok
        assert waiting.is_alive()
        app.webui.queue.release()
        waiting.join(5)
        assert not waiting.is_alive()


def test_ipv6_addresses_are_written_in_brackets() -> None:
    try:
        server = ThreadedServer(create_app(), "::1", 0)
    except ServeError:
        pytest.skip("this machine has no IPv6 loopback")
    assert server.url.startswith("http://[::1]:")
    server.end()
    server.run()
