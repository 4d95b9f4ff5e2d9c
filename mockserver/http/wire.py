"""One connection of an HTTP/1.1 server: requests read and answers written as uvicorn does.

The webui runs behind uvicorn with h11. What clients see of that is kept: what is refused as no
HTTP request, names of headers in lower case behind date and server, phrases in title case, targets
taken as they are.

Source: uvicorn, protocols/http/h11_impl.py; h11, _connection.py.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from mockserver.http.dropped import CLOSES
from mockserver.http.request_head import InvalidRequest
from mockserver.journal.middleware import BODY

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable
    from wsgiref.types import WSGIApplication

    from mockserver.http.at_once import Ready
    from mockserver.http.request_head import Answers, Known


#: Bytes that a request's line and headers may have, and that are read at once.
_LONGEST_HEAD, _CHUNK = 65_536, 65_536
#: A body is sent in one go with its headers up to this size.
_SMALL = 32_768
_END = b"\r\n\r\n"
#: As lenient as h11: line ends without a carriage return end a head too.
_ANY_END = re.compile(rb"\n\r?\n")
_CHUNK_HEAD = re.compile(rb"([0-9A-Fa-f]{1,20})[ \t]*(?:;[^\r\n]*)?")
_INVALID = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\n\r\nInvalid HTTP request received."
)
#: The same once a client has said that it speaks HTTP/1.1; and once it has said to close, too.
_INVALID_KEPT = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"1e\r\nInvalid HTTP request received.\r\n0\r\n\r\n"
)
_INVALID_CLOSED = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    b"1e\r\nInvalid HTTP request received.\r\n0\r\n\r\n"
)
_TOO_LARGE = (
    b"HTTP/1.1 413 Content Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\n\r\nThe mock takes no larger body."
)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
#: Statuses whose answers have no body.
_BODILESS = {204, 304}
_FIRST_NAMES = ("content-length", "content-type")


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


@lru_cache(maxsize=64)
def _lower(name: str) -> str:
    return name.lower()


class Connection:
    """Answers the requests of one client.

    Args:
        sock: connected to the client.
        answers: answers.
        base: the part of the environment that all its requests share.
        largest: bytes that a body may have.
    """

    def __init__(
        self, sock: socket.socket, answers: Answers, base: dict[str, Any], largest: int
    ) -> None:
        self.socket = sock
        self._answers = answers
        self._base = base
        self._largest = largest
        self._buffer = b""
        self._refusal = _INVALID
        self.idle = True

    def serve(self, turn: Callable[[], contextlib.AbstractContextManager[Any]]) -> None:
        """Answer until the client or the server closes the connection.

        Args:
            turn: what is held while a request is worked on.
        """
        try:
            while self._one(turn):
                pass
        except InvalidRequest as refusal:
            with contextlib.suppress(OSError):
                self.socket.sendall(refusal.answer or self._refusal)
                _linger(self.socket)
        except OSError:
            return

    def _one(self, turn: Callable[[], contextlib.AbstractContextManager[Any]]) -> bool:
        """Answer one request; gives whether another may follow."""
        self.idle = True
        head = self._head()
        if head is None:
            return False
        self.idle = False
        known = self._answers.known(head)
        if known.modern:
            self._refusal = _INVALID_CLOSED if known.closes else _INVALID_KEPT
        body = self._body(known.environ, known.coding, known.length)
        with turn():
            answer = _Answer(self.socket, known)
            ready = self._answers.ready(known, body)
            if ready is not None:
                return answer.give(ready)
            environ = {**known.environ, **self._base}
            environ["CONTENT_LENGTH"] = str(len(body))
            environ["wsgi.input"] = io.BytesIO(body)
            environ[BODY] = body
            kept = answer.send(self._answers.app, environ)
        return kept and not environ.get(CLOSES)

    def _head(self) -> bytes | None:
        """The bytes before the empty line; None where the client has gone."""
        while True:
            found = self._buffer.find(_END)
            if found >= 0:
                head, self._buffer = self._buffer[:found], self._buffer[found + 4 :]
                return head
            other = _ANY_END.search(self._buffer)
            if other and other.start():
                head, self._buffer = self._buffer[: other.start()], self._buffer[other.end() :]
                return head
            first = self._buffer[:1]
            if (first and not 0x20 < first[0] < 0x7F) or len(self._buffer) > _LONGEST_HEAD:  # noqa: PLR2004 - characters of a method
                raise InvalidRequest
            data = self.socket.recv(_CHUNK)
            if not data:
                return None
            self._buffer += data

    def _body(self, environ: dict[str, Any], coding: str, length: str) -> bytes:
        if not coding and not length:
            return b""
        if environ.get("HTTP_EXPECT", "").lower() == "100-continue":
            self.socket.sendall(_CONTINUE)
        if coding:
            return b"".join(iter(self._chunk, b""))
        return self._exactly(int(length))

    def _exactly(self, count: int) -> bytes:
        """So many bytes.

        Raises:
            InvalidRequest: more than a body may have.
            ConnectionError: the client has gone before.
        """
        if count > self._largest:
            raise InvalidRequest(_TOO_LARGE)
        found, self._buffer = self._buffer[:count], self._buffer[count:]
        if len(found) == count:
            return found
        whole = bytearray(count)
        whole[: len(found)] = found
        view, at = memoryview(whole), len(found)
        while at < count:
            got = self.socket.recv_into(view[at:])
            if not got:
                raise ConnectionError
            at += got
        return bytes(whole)

    def _line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            data = self.socket.recv(_CHUNK)
            if not data:
                raise ConnectionError
            self._buffer += data
            if len(self._buffer) > 2 * _CHUNK:
                raise InvalidRequest
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _chunk(self) -> bytes:
        """The next chunk of a chunked body; empty behind the last one."""
        found = _CHUNK_HEAD.fullmatch(self._line())
        if not found:
            raise InvalidRequest
        count = int(found[1], 16)
        if count == 0:
            while self._line():
                pass
            return b""
        data = self._exactly(count)
        if self._line():
            raise InvalidRequest
        return data


class _Answer:
    """One answer on its way.

    Args:
        sock: connected to the client.
        known: line and headers of the request.
    """

    def __init__(self, sock: socket.socket, known: Known) -> None:
        self._socket = sock
        self._modern = known.modern
        self._keeps = known.modern and not known.closes
        self._head = b""
        self._chunked = False
        self._bodiless = known.environ["REQUEST_METHOD"] == "HEAD"

    def give(self, ready: Ready) -> bool:
        """Send an answer that is ready; gives whether the connection stays open."""
        self._start("200", ready.headers)
        self._whole(ready.body)
        return self._keeps

    def send(self, app: WSGIApplication, environ: dict[str, Any]) -> bool:
        """Have the request answered; gives whether the connection stays open."""
        chunks: Iterable[bytes] = ()
        try:
            chunks = app(environ, self._start)
            if isinstance(chunks, list):
                self._whole(b"".join(chunks))
            else:
                self._by_and_by(chunks)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - any app may raise anything
            self._failed(error)
            return False
        finally:
            getattr(chunks, "close", lambda: None)()
        return self._keeps

    def _start(
        self, status: str, headers: list[tuple[str, str]], *_: Any
    ) -> Callable[[bytes], object]:
        code = int(status[:3])
        self._bodiless = self._bodiless or code in _BODILESS
        found = [(_lower(name), value) for name, value in headers]
        known = dict(found)
        lines = [f"HTTP/1.1 {code} {phrase_of(code)}"]
        if "server" not in known:
            lines += [f"date: {_date(int(time.time()))}", "server: uvicorn"]
        lines += [f"{name}: {known[name]}" for name in _FIRST_NAMES if name in known]
        lines += [f"{name}: {value}" for name, value in found if name not in _FIRST_NAMES]
        if "content-length" not in known and code not in _BODILESS:
            self._chunked = self._modern
            self._keeps = self._keeps and self._modern
            lines += ["Transfer-Encoding: chunked"] if self._modern else []
        if not self._keeps:
            lines.append("Connection: close")
        self._head = "\r\n".join([*lines, "\r\n"]).encode("latin-1", errors="replace")
        return lambda data: self._by_and_by([data])

    def _whole(self, body: bytes) -> None:
        """Send head and body at once."""
        if self._chunked:
            self._by_and_by([body])
            return
        body = b"" if self._bodiless else body
        if len(body) <= _SMALL:
            self._socket.sendall(self._head + body)
        else:
            self._socket.sendall(self._head)
            self._socket.sendall(body)

    def _by_and_by(self, chunks: Iterable[bytes]) -> None:
        """Send each chunk as it comes; the head goes out with the first one."""
        for chunk in chunks:
            if self._head:
                self._socket.sendall(self._head)
                self._head = b""
            if chunk and not self._bodiless:
                framed = b"%x\r\n%b\r\n" % (len(chunk), chunk) if self._chunked else chunk
                self._socket.sendall(framed)
        ends = self._chunked and not self._bodiless
        self._socket.sendall(self._head + (b"0\r\n\r\n" if ends else b""))

    def _failed(self, error: Exception) -> None:
        """As uvicorn answers where an app raised: 500, and the connection is closed."""
        print(f"sdapi-mock failed: {error!r}", file=sys.stderr)  # noqa: T201 - a fault of the mock
        if not self._head:
            self._keeps = False
            plain = [("content-type", "text/plain; charset=utf-8"), ("content-length", "21")]
            self._start("500 Internal Server Error", plain)
            self._socket.sendall(self._head + b"Internal Server Error")


def phrase_of(status: int) -> str:
    """The reason phrase of a status; empty for one that nobody knows.

    Args:
        status: HTTP status code.
    """
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _linger(sock: socket.socket) -> None:
    """Read on a little after a refusal, so that closing does not take it from the client."""
    import socket as sockets  # noqa: PLC0415 - for one constant

    sock.shutdown(sockets.SHUT_WR)
    sock.settimeout(0.2)
    while sock.recv(_CHUNK):
        pass
