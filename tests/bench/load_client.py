"""A small load generator: eight connections that ask the same again and again.

wrk would be faster, but is not installed everywhere; this one needs some fifteen microseconds a
request, a fraction of what any server needs.
"""

from __future__ import annotations

import selectors
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

_CONNECTIONS = 8
_CHUNK = 1 << 18
_OK = 200
_END = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"
_CHUNKED = b"\r\ntransfer-encoding: chunked"
_LAST = b"0\r\n\r\n"


@dataclass(frozen=True)
class Round:
    """What one round of load gave.

    Attributes:
        answers: how many were complete.
        seconds: how long the round lasted.
        failures: answers with another status than 200.
    """

    answers: int
    seconds: float
    failures: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


def request_of(url: str, body: bytes | None = None) -> bytes:
    """A request as a keep-alive client sends it.

    Args:
        url: the whole address.
        body: JSON of a POST; None for a GET.
    """
    parts = urlsplit(url)
    head = f"{'GET' if body is None else 'POST'} {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
    if body is None:
        return f"{head}\r\n".encode()
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return f"{head}{kind}".encode() + body


class _Client:
    """One client, on one connection as long as the server keeps it open.

    Args:
        address: host and port of the server.
        requests: asked in turn.
        first: which of them is asked first.
    """

    def __init__(self, address: tuple[str, int], requests: list[bytes], first: int) -> None:
        self._address = address
        self._requests = requests
        self._next = first
        self.socket = self._connect()
        self._begin()

    def _connect(self) -> socket.socket:
        made = socket.create_connection(self._address, timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _begin(self) -> None:
        self._buffer, self._missing, self._status, self.closes = b"", 0, 0, False
        self._chunked, self._tail = False, b""

    def ask(self) -> None:
        """Send the next request, on a new connection if the server closed the last one."""
        if self.closes:
            self.socket.close()
            self.socket = self._connect()
        self._begin()
        self.socket.sendall(self._requests[self._next % len(self._requests)])
        self._next += 1

    def receive(self) -> int:
        """Read what is there; gives the status once the answer is complete, else 0."""
        data = self.socket.recv(_CHUNK)
        if not data:
            raise ConnectionError
        if self._status:
            return self._more(data)
        self._buffer += data
        head, end, rest = self._buffer.partition(_END)
        if not end:
            return 0
        head = head.lower()
        self._status = int(head[9:12])
        self.closes = b"connection: close" in head
        length = head.partition(_LENGTH)[2].partition(b"\r")[0]
        self._missing = int(length or 0)
        self._chunked = _CHUNKED in head
        return self._more(rest)

    def _more(self, data: bytes) -> int:
        """Take a part of the body; gives the status once it is complete, else 0."""
        if self._chunked:
            self._tail = (self._tail + data)[-len(_LAST) :]
            return self._status if self._tail == _LAST else 0
        self._missing -= len(data)
        return self._status if self._missing <= 0 else 0


def load(url: str, requests: list[bytes], seconds: float, connections: int = _CONNECTIONS) -> Round:
    """Ask a server for some seconds.

    Args:
        url: any address of the server.
        requests: asked in turn, by each connection from another one on.
        seconds: how long.
        connections: how many clients ask at once.

    Raises:
        ConnectionError: the server closed a connection.
    """
    parts = urlsplit(url)
    address = parts.hostname or "", parts.port or 80
    clients = [_Client(address, requests, number * 7) for number in range(connections)]
    selector = selectors.DefaultSelector()
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.ask()
    answers = failures = 0
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        for key, _ in selector.select(1):
            client = key.data
            status = client.receive()
            if status:
                answers += 1
                failures += status != _OK
                if client.closes:
                    selector.unregister(client.socket)
                    client.ask()
                    selector.register(client.socket, selectors.EVENT_READ, client)
                else:
                    client.ask()
    elapsed = time.perf_counter() - begun
    for client in clients:
        client.socket.close()
    selector.close()
    return Round(answers, elapsed, failures)
