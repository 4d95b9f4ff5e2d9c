"""Connections that are refused while an address is answered in the process."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import h11

from mockserver.http.dropped import ConnectionClosed
from mockserver.intercept.addresses import ADDRESSES, path_in, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.intercept.addresses import Activation
    from mockserver.intercept.patches import Patches


_PIECE = 262_144
#: A request's head may be as long as uvicorn's parsers take it.
_LONGEST_HEAD = 65_536
_PLAIN = {"CONTENT_TYPE", "CONTENT_LENGTH"}
#: Connections whose other end may still be open.
_open: set[_Connection] = set()


class PairedSocket(socket.socket):
    """The client's end: a socket that raises what the other end left for it.

    Attributes:
        failure: raised instead of the end of the stream: a reset, or a fault of the mock.
    """

    failure: BaseException | None = None

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As of a socket; raises `failure` at the end of the stream.

        Args:
            size: bytes at most.
            flags: as of a socket.
        """
        found = super().recv(size, flags)
        self._check(len(found), size)
        return found

    def recv_into(self, buffer: Any, size: int = 0, flags: int = 0) -> int:
        """As of a socket; raises `failure` at the end of the stream.

        Args:
            buffer: is filled.
            size: bytes at most; 0 for the buffer's.
            flags: as of a socket.
        """
        count = super().recv_into(buffer, size, flags)
        self._check(count, size or len(buffer))
        return count

    def _check(self, count: int, wanted: int) -> None:
        if not count and wanted and self.failure is not None:
            raise self.failure


def connect(activations: list[Activation], timeout: float | None = None) -> PairedSocket:
    """A connection to activated addresses that share a host and port.

    Args:
        activations: not empty; the first one whose path fits answers.
        timeout: of the socket, seconds; None to wait for ever.

    Raises:
        ConnectionRefusedError: the simulated server takes no connections now.
    """
    if all(activation.refuses() for activation in activations):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    ours, theirs = socket.socketpair()
    client = PairedSocket(fileno=theirs.detach())
    client.settimeout(timeout)
    served = _Connection(ours, client, activations)
    _open.add(served)
    threading.Thread(target=served.run, name="sdapi-mock-connection", daemon=True).start()
    return client


def hang_up_on(activation: Activation) -> None:
    """Close the connections of an address that is answered no longer.

    Args:
        activation: the address.
    """
    for served in tuple(_open):
        served.close_if_of(activation)


class _Connection:
    """Answers what comes over one connection, until it ends."""

    def __init__(
        self, sock: socket.socket, client: PairedSocket, activations: list[Activation]
    ) -> None:
        self._socket = sock
        self._client = client
        self._activations = activations
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=_LONGEST_HEAD)

    def close_if_of(self, activation: Activation) -> None:
        """Close the connection where it belongs to `activation`."""
        if activation in self._activations:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        """Answer requests in turn."""
        try:
            while self._answer_next():
                self._parser.start_next_cycle()
        except ConnectionClosed as error:
            if error.ending == "reset":
                text = "Connection reset by peer"
                self._client.failure = ConnectionResetError(errno.ECONNRESET, text)
        except (OSError, h11.ProtocolError):
            pass
        except Exception as error:  # noqa: BLE001 - raised where the request was made
            self._client.failure = error
        finally:
            self._socket.close()
            _open.discard(self)

    def _answer_next(self) -> bool:
        """Answer one request; False where the connection ends with it."""
        request = self._next_event()
        if not isinstance(request, h11.Request):
            return False
        body = bytearray()
        while isinstance(event := self._next_event(), h11.Data):
            body += event.data
        if not isinstance(event, h11.EndOfMessage):
            return False
        self._respond(request, bytes(body))
        return self._parser.our_state is h11.DONE and self._parser.their_state is h11.DONE

    def _next_event(self) -> Any:
        while True:
            event = self._parser.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._parser.they_are_waiting_for_100_continue:
                self._send(
                    h11.InformationalResponse(status_code=100, headers=[], reason="Continue")
                )
            self._parser.receive_data(self._socket.recv(_PIECE))

    def _send(self, event: h11.Event) -> None:
        data = self._parser.send(event)
        if data:
            self._socket.sendall(data)

    def _respond(self, request: h11.Request, body: bytes) -> None:
        target = request.target.decode("latin-1")
        path = target.partition("?")[0]
        activation = next((a for a in self._activations if path_in(path, a.prefix)), None)
        if activation is None:
            known = ", ".join(found.url for found in self._activations)
            self._answer_plainly(404, f"no mock is activated here; there is one at {known}\n")
            return
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[..., Any]:
            started[:] = [status, headers]
            return lambda _: None

        environ = _environ(activation, request, target, body)
        chunks = activation.app(environ, start)
        try:
            self._give(activation, chunks, started)
        finally:
            getattr(chunks, "close", lambda: None)()

    def _give(self, activation: Activation, chunks: Any, started: list[Any]) -> None:
        """Send an answer as it comes; its head goes with its first byte."""
        head = True
        for chunk in chunks:
            if not chunk:
                continue
            if head:
                self._give_head(activation, started)
                head = False
            self._send(h11.Data(data=chunk))
        if head:
            self._give_head(activation, started)
        self._send(h11.EndOfMessage())

    def _give_head(self, activation: Activation, started: list[Any]) -> None:
        if activation.is_killed():
            raise ConnectionClosed("the simulated server was killed")
        status, _, reason = started[0].partition(" ")
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in started[1]]
        event = h11.Response(status_code=int(status), headers=headers, reason=reason.encode())
        self._send(event)

    def _answer_plainly(self, status: int, text: str) -> None:
        data = text.encode()
        headers = [(b"Content-Type", b"text/plain"), (b"Content-Length", str(len(data)).encode())]
        reason = HTTPStatus(status).phrase.encode()
        self._send(h11.Response(status_code=status, headers=headers, reason=reason))
        self._send(h11.Data(data=data))
        self._send(h11.EndOfMessage())


def _environ(
    activation: Activation, request: h11.Request, target: str, body: bytes
) -> dict[str, Any]:
    """A request as WSGI has it; its path is what follows the activation's prefix."""
    host, port = activation.origin
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method.decode("ascii"),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.removeprefix(activation.prefix) or "/").decode(
            "latin-1"
        ),
        "QUERY_STRING": query,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": activation.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": None,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        key = name.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        key = key if key in _PLAIN else f"HTTP_{key}"
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


def install(patches: Patches) -> None:
    """Guard the sockets of this process, and its look-ups of names.

    Args:
        patches: where they are put back from.
    """
    for name in ("connect", "connect_ex"):
        patches.replace(socket.socket, name, _guarded)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        patches.replace(socket, name, _guarded_lookup)


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any, /) -> Any:
        if isinstance(address, tuple) and len(address) > 1 and ADDRESSES.at(*address[:2]):
            raise refusal(*address[:2])
        return connect(self, address)

    return guarded


def _guarded_lookup(lookup: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        if ADDRESSES.names(host):
            port = args[0] if args else kwargs.get("port", "")
            raise refusal(host, port)
        return lookup(host, *args, **kwargs)

    return guarded
