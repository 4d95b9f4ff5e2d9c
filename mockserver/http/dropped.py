"""Connections that the simulated server drops instead of answering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from collections.abc import Iterator


_NO_ANSWER = 500
#: Key of an environ whose connection the default server closes once the answer is sent.
CLOSES = "mockserver.closes"


class ConnectionClosed(ConnectionAbortedError):  # noqa: N818 - what a simulated server does, not a fault
    """The simulated server closed the connection without an answer.

    It is raised when a server asks the answer for its first byte. As an OSError it makes
    the default server close the connection; granian turns it into a 500.

    Args:
        message: what happened.
        ending: ``closed``, ``reset``, ``cut`` or ``never``, for callers in the same process.
    """

    def __init__(self, message: str, ending: str = "closed") -> None:
        super().__init__(message)
        self.ending = ending


def hang_up() -> Response:
    """An answer that breaks the connection before a byte of it was sent.

    Its status is for servers that cannot break one, as granian.
    """
    return Response(_nothing(), _NO_ANSWER)


def _nothing() -> Iterator[bytes]:
    raise ConnectionClosed("the simulated server closed the connection without an answer")
    yield b""
