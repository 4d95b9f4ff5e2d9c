"""What a fault works on: a request, its answer, how the answer ends, and hooks that chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Any

from mockserver.core.json_values import json_or_none

_JSON = "application/json"


class Ending(Enum):
    """How an answer ends on the connection."""

    WHOLE = "whole"
    #: The connection closes in the middle of the body.
    CUT = "cut"
    #: The connection is reset before a byte of the answer was sent.
    RESET = "reset"
    #: The connection closes before a byte of the answer was sent.
    CLOSED = "closed"
    #: No byte ever comes, and the connection stays open.
    NEVER = "never"
    #: The body comes in small pieces with pauses between them.
    DRIP = "drip"


@dataclass(frozen=True)
class Asked:
    """One request.

    Attributes:
        method: HTTP method.
        path: without its query.
        query: as it came.
        headers: names in lower case.
        body: as it came.
    """

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def json(self) -> Any:
        """The body as a JSON value; None where it is none."""
        return json_or_none(self.body)


@dataclass(frozen=True)
class Answer:
    """One answer.

    Attributes:
        status: HTTP status.
        headers: in order, without a length, which follows from the body.
        body: all of it, even where only a part will be sent.
        ending: how it ends.
        sent: how many bytes of the body are sent before the end, of one that is cut.
        pause: seconds between two pieces of a body that drips.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    ending: Ending = Ending.WHOLE
    sent: int = 0
    pause: float = 0.0

    @property
    def json(self) -> Any:
        """The body as a JSON value; None where it is none."""
        return json_or_none(self.body)

    def header(self, name: str) -> str:
        """The value of a header, whatever its case; "" for none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def without(self, *names: str) -> Answer:
        """The same without some headers.

        Args:
            names: in lower case.
        """
        kept = tuple((key, value) for key, value in self.headers if key.lower() not in names)
        return replace(self, headers=kept)

    def with_type(self, kind: str) -> Answer:
        """The same with another Content-Type.

        Args:
            kind: the media type.
        """
        found = self.without("content-type")
        return replace(found, headers=(*found.headers, ("Content-Type", kind)))

    def ends(self, ending: Ending, *, sent: int = 0, pause: float = 0.0) -> Answer:
        """The same with another end.

        Args:
            ending: how it ends.
            sent: bytes of the body that are sent, of one that is cut.
            pause: seconds between two pieces, of one that drips.
        """
        return replace(self, ending=ending, sent=sent, pause=pause)

    def ends_unanswered(self) -> Answer:
        """The same, but the connection closes without a byte of it."""
        return replace(self, ending=Ending.CLOSED)


Next = Callable[[Asked], Answer]
Hook = Callable[[Asked, Next], Answer]


def chain(hooks: list[Hook], last: Next) -> Next:
    """One function out of hooks, each around those behind it.

    Args:
        hooks: the first is the outermost.
        last: what the innermost hook calls: the simulated server.
    """
    found = last
    for hook in reversed(hooks):
        found = _around(hook, found)
    return found


def _around(hook: Hook, inner: Next) -> Next:
    return lambda asked: hook(asked, inner)


def json_answer(status: int, body: bytes) -> Answer:
    """An answer with Content-Type ``application/json`` and nothing else.

    Args:
        status: HTTP status.
        body: JSON, rendered.
    """
    return Answer(status, (("Content-Type", _JSON),), body)
