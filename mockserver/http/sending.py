"""An answer on its way to a client: written as uvicorn with h11 writes it.

Source: uvicorn, protocols/http/h11_impl.py.
"""

from __future__ import annotations

import sys
import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable
    from wsgiref.types import WSGIApplication

    from mockserver.http.at_once import Ready
    from mockserver.http.request_head import Known


#: A body is sent in one go with its headers up to this size.
_SMALL = 32_768
#: Statuses whose answers have no body.
_BODILESS = {204, 304}
_FIRST_NAMES = ("content-length", "content-type")


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


@lru_cache(maxsize=64)
def _lower(name: str) -> str:
    return name.lower()


class Sending:
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

    @property
    def keeps(self) -> bool:
        """Whether the connection stays open."""
        return self._keeps

    def whole(self, ready: Ready) -> bytes:
        """All bytes of an answer that is ready."""
        self._start("200", ready.headers)
        return self._head if self._bodiless else self._head + ready.body

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
