"""The layers that let faults happen: one around the simulated server, one around everything.

``FaultLayer`` lies inside the journal, which so keeps the answer that the client gets.
``EndingLayer`` lies outside it and breaks the connection, or lets the body drip.
"""

from __future__ import annotations

import threading
import zlib
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mockserver.core.json_values import json_bytes
from mockserver.faults.exchange import Answer, Asked, Ending, Hook, Next, chain, json_answer
from mockserver.faults.fault import Fault, FaultError
from mockserver.faults.kind import Site
from mockserver.faults.registry import fault_of_text, kind_of
from mockserver.http.dropped import ConnectionClosed
from mockserver.journal.middleware import BODY, FIRED, UNANSWERED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from mockserver.core.clock import Clock
    from mockserver.core.simulated import SimulatedServer
    from mockserver.faults.latency import Latency
    from mockserver.faults.registry import Faults


HEADER = "HTTP_X_SDAPI_MOCK"
#: Where the inner layer leaves for the outer one how an answer ends.
ENDING = "sdapi.ending"
#: Endings of which the client gets no byte.
_UNANSWERED = {Ending.RESET, Ending.CLOSED, Ending.NEVER}
_OWN = "/_mock"
_GENERATIONS = {"/sdapi/v1/txt2img", "/sdapi/v1/img2img"}
_GZIP = 31
#: In so many pieces a body drips.
_PIECES = 20
#: Nobody waits longer for an answer that never comes, seconds.
_LONGEST = 3600.0


class FaultLayer:
    """Lets armed faults happen to the requests they fit.

    Args:
        app: the WSGI app inside.
        faults: what is armed.
        webui: the simulated server.

    Attributes:
        may_steer: whether a request's own header may name a fault for it.
        latency: how long generations take; None for the time that the mock was started with.
    """

    def __init__(self, app: WSGIApplication, faults: Faults, webui: SimulatedServer) -> None:
        self._app = app
        self._faults = faults
        self._site = Site(webui)
        self._pace = webui.pace
        self.latency: Latency | None = None
        self.may_steer: Callable[[WSGIEnvironment], bool] = lambda _: True

    def answer_for(self, webui: SimulatedServer) -> None:
        """Answer for another server from the next request on.

        Args:
            webui: the server.
        """
        self._site = Site(webui)
        self._pace = webui.pace

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request as WSGI says; without a fault the app's answer is untouched."""
        if environ.get("PATH_INFO") in _GENERATIONS and self.latency is not None:
            return self._paced(environ, start)
        return self._faulty(environ, start)

    def _paced(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Let a generation take its time: the steps become as long as the latency says."""
        latency = self.latency
        step_time = latency.step_time_of(_asked(environ).json) if latency else None
        if step_time is None:
            return self._faulty(environ, start)
        with self._pace.of_request(step_time):
            return self._faulty(environ, start)

    def _faulty(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        header = environ.get(HEADER)
        if header and not self.may_steer(environ):
            header = None
        if not self._faults.current and not header:
            return self._app(environ, start)
        if environ.get("PATH_INFO", "").startswith(_OWN):
            return self._app(environ, start)
        asked = _asked(environ)
        try:
            armed = self._faults.choose(asked)
            chosen = [*self._of_header(header, asked), *armed]
        except FaultError as error:
            return _send(json_answer(400, json_bytes({"error": str(error)})), environ, start)
        if not chosen:
            return self._app(environ, start)
        environ[FIRED] = tuple(fault.kind for fault in chosen)
        hooks = [self._hook(fault) for fault in chosen]
        return _send(chain(hooks, self._inner(environ))(asked), environ, start)

    def _of_header(self, header: str | None, asked: Asked) -> list[Fault]:
        """The fault that a request's header names; further times of it are armed for its path."""
        if not header:
            return []
        fault = fault_of_text(header)
        if fault.times and fault.times > 1:
            named = {"route": asked.path, "times": fault.times - 1, "latency": fault.latency}
            self._faults.add(fault.kind, **named, **fault.options)
        return [fault]

    def _hook(self, fault: Fault) -> Hook:
        kind = kind_of(fault.kind)
        build = kind.build({**kind.options, **fault.options}, self._site)

        def hook(asked: Asked, following: Next) -> Answer:
            if fault.latency:
                self._site.clock.sleep(fault.latency)
            return build(asked, following)

        return hook

    def _inner(self, environ: WSGIEnvironment) -> Next:
        """What the simulated server itself answers, without compression."""

        def answer(asked: Asked) -> Answer:
            """The server's answer to a request whose body a fault may have changed."""
            answered: list[Any] = []

            def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[..., Any]:
                answered[:] = [int(status.split(" ", 1)[0]), headers]
                return lambda _: None

            own = {**environ, "wsgi.input": BytesIO(asked.body)}
            own["CONTENT_LENGTH"] = str(len(asked.body))
            own[BODY] = asked.body
            chunks = self._app(own, start)
            try:
                body = b"".join(chunks)
            finally:
                getattr(chunks, "close", lambda: None)()
            found = Answer(answered[0], tuple(answered[1]), body).without("content-length")
            if found.header("content-encoding") != "gzip":
                return found
            unpacked = zlib.decompress(body, _GZIP)
            return Answer(found.status, found.without("content-encoding").headers, unpacked)

        return answer


class EndingLayer:
    """Ends answers as their faults say.

    Args:
        app: the WSGI app inside, with the journal.
        clock: the time on which bodies drip.
        reset: called with the environment of a connection that will be reset, before it breaks.

    Attributes:
        released: set when nobody is to wait any longer for answers that never come.
    """

    def __init__(
        self, app: WSGIApplication, clock: Clock, reset: Callable[[WSGIEnvironment], None]
    ) -> None:
        self._app = app
        self._clock = clock
        self._reset = reset
        self.released = threading.Event()

    def release(self) -> None:
        """End all waits for answers that never come."""
        self.released.set()
        self.released = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request as WSGI says."""
        chunks = self._app(environ, start)
        answer: Answer | None = environ.get(ENDING)
        if answer is None:
            return chunks
        if answer.ending is Ending.RESET:
            self._reset(environ)
        return self._ended(answer)

    def _ended(self, answer: Answer) -> Iterator[bytes]:
        body = answer.body
        if answer.ending is Ending.DRIP:
            size = max(len(body) // _PIECES, 1)
            clock = self._clock
            for begin in range(0, len(body), size):
                clock.sleep(answer.pause)
                yield body[begin : begin + size]
            return
        if answer.ending is Ending.CUT and answer.sent:
            yield body[: answer.sent]
        if answer.ending is Ending.NEVER:
            self.released.wait(_LONGEST)
        raise ConnectionClosed("a fault of the mock ended the connection", answer.ending.value)


def _asked(environ: WSGIEnvironment) -> Asked:
    """The request, with its body put back."""
    length = environ.get("CONTENT_LENGTH") or ""
    body = b""
    if length.isdigit() or environ.get("wsgi.input_terminated"):
        body = environ["wsgi.input"].read(*([int(length)] if length.isdigit() else []))
        environ["wsgi.input"] = BytesIO(body)
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", errors="replace")
    return Asked(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), headers, body)


def _send(answer: Answer, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    """Give a fault's answer on; how it ends is left for the outer layer."""
    if answer.ending is not Ending.WHOLE:
        environ[ENDING] = answer
        environ[UNANSWERED] = answer.ending in _UNANSWERED
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body
    headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
    start(f"{answer.status} {phrase_of(answer.status)}", headers)
    return [body]


def phrase_of(status: int) -> str:
    """The reason phrase of a status, of those that Python does not know too.

    Args:
        status: HTTP status.
    """
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
