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
from enum import Enum
from typing import TYPE_CHECKING, Any

from mockserver.http.dropped import CLOSES
from mockserver.http.request_head import InvalidRequest
from mockserver.http.sending import Sending
from mockserver.journal.middleware import BODY

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Callable

    from mockserver.http.at_once import Ready
    from mockserver.http.request_head import Answers


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


class Next(Enum):
    """What becomes of a connection."""

    RESTS = "until its client asks"
    WORKS = "on a thread of its own"
    CLOSES = "now"


class Connection:
    """Answers the requests of one client.

    Args:
        sock: connected to the client.
        answers: answers.
        base: the part of the environment that all its requests share.
        largest: bytes that a body may have.

    Attributes:
        socket: connected to the client.
        address: of the client.
        idle: whether no request is worked on.
    """

    def __init__(
        self, sock: socket.socket, answers: Answers, base: dict[str, Any], largest: int
    ) -> None:
        self.socket = sock
        self.address = base.get("REMOTE_ADDR", ""), base.get("REMOTE_PORT", "")
        self._unsent = b""
        self._closes = self._at_once = False
        self._answers = answers
        self._base = base
        self._largest = largest
        self._buffer = b""
        self._refusal = _INVALID
        self.idle = True

    def at_once(self, turns: threading.Semaphore) -> Next:
        """Read what is there, without waiting, and answer the request if the answer lies ready.

        Args:
            turns: one of them is held while a request is worked on.
        """
        try:
            data = self.socket.recv(_CHUNK)
        except BlockingIOError:
            return Next.RESTS
        except OSError:
            return Next.CLOSES
        if not data:
            return Next.CLOSES
        self._buffer += data
        if not turns.acquire(blocking=False):
            return Next.WORKS
        try:
            return self._ready()
        finally:
            turns.release()

    def _ready(self) -> Next:
        """Answer the request in the buffer if all of it is there and its answer lies ready."""
        end = self._buffer.find(_END)
        try:
            known = self._answers.known(self._buffer[:end]) if end > 0 else None
        except InvalidRequest:
            return Next.WORKS
        if known is None or known.coding or "HTTP_EXPECT" in known.environ:
            return Next.WORKS
        length = int(known.length or 0)
        begin, stop = end + len(_END), end + len(_END) + length
        if stop > len(self._buffer):
            return Next.RESTS if length <= _SMALL else Next.WORKS
        ready = self._answers.ready(known, self._buffer[begin:stop])
        if ready is None:
            return Next.WORKS
        self._buffer = self._buffer[stop:]
        return self._give(Sending(self.socket, known), ready)

    def _give(self, answer: Sending, ready: Ready) -> Next:
        data = answer.whole(ready)
        try:
            sent = self.socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            return Next.CLOSES
        self._unsent = data[sent:]
        if self._unsent or self._buffer:
            self._closes = not answer.keeps
            return Next.WORKS
        return Next.RESTS if answer.keeps else Next.CLOSES

    def serve(self, turn: Callable[[], contextlib.AbstractContextManager[Any]]) -> bool:
        """Answer until the client or the server closes the connection, or the next may lie ready.

        Args:
            turn: what is held while a request is worked on.

        Returns:
            Whether the connection stays open.
        """
        try:
            if self._unsent:
                self.socket.sendall(self._unsent)
                self._unsent = b""
            while not self._closes and self._one(turn):
                if self._at_once and not self._buffer:
                    return True
        except InvalidRequest as refusal:
            with contextlib.suppress(OSError):
                self.socket.sendall(refusal.answer or self._refusal)
                _linger(self.socket)
        except OSError:
            pass
        return False

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
            answer = Sending(self.socket, known)
            ready = self._answers.ready(known, body)
            self._at_once = ready is not None
            if ready is not None:
                self.socket.sendall(answer.whole(ready))
                return answer.keeps
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


def _linger(sock: socket.socket) -> None:
    """Read on a little after a refusal, so that closing does not take it from the client."""
    import socket as sockets  # noqa: PLC0415 - for one constant

    sock.shutdown(sockets.SHUT_WR)
    sock.settimeout(0.2)
    while sock.recv(_CHUNK):
        pass
