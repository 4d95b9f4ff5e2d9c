"""The head of an HTTP/1.1 request, read as h11 reads it.

Source: h11, _readers.py, _abnf.py and _events.py.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes

from mockserver.http.at_once import Head

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from mockserver.http.at_once import AtOnce, Ready


#: Heads that are remembered: how many, and how long they may be.
_MOST_KNOWN, _LONGEST_KNOWN = 256, 4096
_LINE_END = re.compile(r"\r?\n")
_TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9a-zA-Z]+")
_TARGET = re.compile(r"[\x21-\x7e]+")
_VERSION = re.compile(r"HTTP/[0-9]\.[0-9]")
#: Characters that no header has.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PLAIN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class InvalidRequest(Exception):  # noqa: N818 - what uvicorn's answer calls it
    """What came is no HTTP request.

    Args:
        answer: what is sent before the connection is closed; empty for what uvicorn sends.
    """

    def __init__(self, answer: bytes = b"") -> None:
        super().__init__("no HTTP request")
        self.answer = answer


@lru_cache(maxsize=256)
def environ_key(name: str) -> str:
    """The environment's name for a header.

    Args:
        name: of the header, in whatever case.

    Raises:
        InvalidRequest: no header can have that name.
    """
    if not _TOKEN.fullmatch(name):
        raise InvalidRequest
    plain = name.lower()
    return _PLAIN.get(plain) or "HTTP_" + plain.upper().replace("-", "_")


def _fields_of(lines: list[str]) -> dict[str, str]:
    """The headers as the environment has them; of several with one name all, with commas.

    Raises:
        InvalidRequest: what h11 refuses.
    """
    found: dict[str, str] = {}
    last = ""
    for line in lines:
        if line[:1] in {" ", "\t"} and last:
            found[last] = f"{found[last]} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise InvalidRequest
        last, value = environ_key(name), value.strip(" \t")
        if last not in found:
            found[last] = value
        elif last == "HTTP_HOST" or (last == "CONTENT_LENGTH" and found[last] != value):
            raise InvalidRequest
        elif last != "CONTENT_LENGTH":
            found[last] = f"{found[last]},{value}"
    return found


def parse_head(head: bytes) -> tuple[dict[str, Any], bool]:
    """A request's line and headers as WSGI has them.

    Args:
        head: all before the empty line.

    Returns:
        The environment's part that the request decides, and whether it is HTTP/1.1.

    Raises:
        InvalidRequest: what h11 refuses.
    """
    text = head.decode("latin-1")
    if _CONTROL.search(text):
        raise InvalidRequest
    lines = text.split("\r\n")
    if "\n" in text.replace("\r\n", ""):
        lines = _LINE_END.split(text)
    parts = lines[0].split(" ")
    if len(parts) != 3 or not _VERSION.fullmatch(parts[2]):  # noqa: PLR2004 - method, target, version
        raise InvalidRequest
    method, target, version = parts
    if not _TOKEN.fullmatch(method) or not _TARGET.fullmatch(target):
        raise InvalidRequest
    environ: dict[str, Any] = _fields_of(lines[1:])
    modern = version >= "HTTP/1.1"
    if version == "HTTP/1.1" and "HTTP_HOST" not in environ:
        raise InvalidRequest
    path, _, query = target.partition("?")
    environ["REQUEST_METHOD"] = method
    environ["RAW_URI"] = target
    environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1") if "%" in path else path
    environ["QUERY_STRING"] = query
    environ["SERVER_PROTOCOL"] = version
    return environ, modern


def framing_of(environ: dict[str, Any]) -> tuple[str, str]:
    """How a body is framed: its coding and its length, each "" for none.

    Args:
        environ: as WSGI has it.

    Raises:
        InvalidRequest: what h11 refuses.
    """
    coding = environ.pop("HTTP_TRANSFER_ENCODING", "").lower()
    length = environ.get("CONTENT_LENGTH", "")
    if coding not in {"", "chunked"} or (length and not (length.isascii() and length.isdigit())):
        raise InvalidRequest
    return coding, length


class Known(NamedTuple):
    """Line and headers of a request, read.

    Attributes:
        environ: the environment's part that they decide; not to be changed.
        modern: whether the client speaks HTTP/1.1.
        closes: whether the client wants the connection closed.
        coding: how the body is framed, "" for not at all.
        length: of the body, "" for none.
        head: what ready answers look at.
    """

    environ: dict[str, Any]
    modern: bool
    closes: bool
    coding: str
    length: str
    head: Head


class Answers:
    """What answers the requests of all connections, and the heads that came before.

    Args:
        app: answers.
        at_once: answers what lies ready; None where nothing does.
    """

    def __init__(self, app: WSGIApplication, at_once: AtOnce | None) -> None:
        self.app = app
        self._at_once = at_once
        self._heads: dict[bytes, Known] = {}

    def known(self, head: bytes) -> Known:
        """A head, read.

        Args:
            head: all before the empty line.

        Raises:
            InvalidRequest: what h11 refuses.
        """
        known = self._heads.get(head)
        if known is None:
            environ, modern = parse_head(head)
            closes = "close" in environ.get("HTTP_CONNECTION", "").lower()
            coding, length = framing_of(environ)
            known = Known(environ, modern, closes, coding, length, Head.of(environ))
            if len(head) <= _LONGEST_KNOWN:
                if len(self._heads) >= _MOST_KNOWN:
                    self._heads.clear()
                self._heads[head] = known
        return known

    def ready(self, known: Known, body: bytes) -> Ready | None:
        """The answer to a request, where it lies ready.

        Args:
            known: its head.
            body: its body.
        """
        return self._at_once.answer(known.head, body) if self._at_once is not None else None
