"""Answers that are ready: given at once, on the thread that reads, past the layers of the app.

Lists that lie rendered and pictures that were answered before take a few microseconds. Threads,
layers and Flask's own objects around them would take ten times that. This way leaves out only what
is known to change nothing: every condition under which a layer has a word in an answer is looked
at, and whatever is not sure goes the long way. Answers come from the same routes, headers from the
same function, and the journal keeps the same calls.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from mockserver.faults.middleware import HEADER
from mockserver.journal.call import Message, safe_headers, shrunk
from mockserver.journal.middleware import (
    BODY,
    PICTURES,
    SHORT_BODY,
    Answered,
    Asked,
    request_headers,
)

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from mockserver.http.layers import LayeredApp


#: What routes with ready answers look at in the environment.
_LOOKED_AT = ("CONTENT_TYPE", "HTTP_ACCEPT_ENCODING")
#: Headers with which layers answer differently.
_DECIDING = ("HTTP_ORIGIN", HEADER)
_OK = 200


@dataclass(frozen=True)
class Head:
    """Line and headers of a request, which clients send again and again.

    Attributes:
        asked: what is asked for.
        sent: headers as the journal keeps them.
        environ: what routes with ready answers look at.
        plain: whether no layer looks at its headers.
    """

    asked: Asked
    sent: tuple[tuple[str, str], ...]
    environ: dict[str, str]
    plain: bool

    @classmethod
    def of(cls, environ: WSGIEnvironment) -> Head:
        """The head of a request.

        Args:
            environ: as WSGI has it.
        """
        return cls(
            Asked(
                environ["REQUEST_METHOD"],
                environ.get("PATH_INFO", ""),
                environ.get("QUERY_STRING", ""),
            ),
            safe_headers(request_headers(environ)),
            {name: environ[name] for name in _LOOKED_AT if name in environ},
            not any(name in environ for name in _DECIDING),
        )


class Ready(NamedTuple):
    """An answer with status 200.

    Attributes:
        headers: as the app gives them to a server.
        body: its JSON.
    """

    headers: list[tuple[str, str]]
    body: bytes


class AtOnce:
    """Gives the ready answers of an app.

    Args:
        app: the app.
    """

    def __init__(self, app: LayeredApp) -> None:
        self._app = app

    def answer(self, head: Head, body: bytes) -> Ready | None:
        """The answer to a request; None for one that has to go the long way.

        Args:
            head: its line and headers.
            body: its body.
        """
        if not head.plain or self._steered():
            return None
        try:
            return self._answer(head, body)
        except Exception:  # noqa: BLE001 - the long way fails the same, and shows it
            return None

    def _answer(self, head: Head, body: bytes) -> Ready | None:
        app = self._app
        began, started = time.perf_counter(), app.webui.clock.now()
        environ: WSGIEnvironment = {**head.environ, BODY: body}
        found = app.flags_layer.dispatcher.at_once(head.asked, environ, began)
        if found is None:
            return None
        answer, headers = found
        kept, cut = shrunk(body)
        sent = Message(head.sent, kept, cut, len(body))
        got = Message.kept(headers, answer, (), environ.get(SHORT_BODY))
        times = started, time.perf_counter() - began, began
        call = Answered(head.asked, sent, _OK, got, ())
        app.journal_layer.keep(call, times, environ.get(PICTURES, answer))
        return Ready(headers, answer)

    def _steered(self) -> bool:
        """Whether a layer has a word in answers now."""
        app = self._app
        return bool(
            app.faults.current
            or app.fault_layer.latency is not None
            or app.journal_layer.interferes
            or app.webui.config.no_api
            or app.webui.config.auth
        )
