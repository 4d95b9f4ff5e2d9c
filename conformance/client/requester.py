"""Sends requests, waits for servers that start or are busy."""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from conformance.client.address import API_ROOT
from conformance.client.connection import Pace
from conformance.client.transport import Outgoing
from conformance.error_body import ErrorShape, parse_error_body
from conformance.errors import (
    ConformanceError,
    ConnectionFailed,
    GatewayRefused,
    MalformedAnswer,
    PayloadError,
    ServerRefused,
    StillBusy,
)
from conformance.gateway import is_gateway_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.client.answers import Progress
    from conformance.client.connection import Timeouts
    from conformance.client.transport import Transport
    from conformance.exchange import Exchange


class Unset(Enum):
    """Marks an argument that was not given, where None means JSON's null."""

    UNSET = "unset"


UNSET = Unset.UNSET


class Requester:
    """Sends requests and reads answers as JSON.

    Args:
        transport: what sends.
        timeouts: how long to wait where a call does not say.
    """

    def __init__(self, transport: Transport, timeouts: Timeouts) -> None:
        self._transport = transport
        self._timeouts = timeouts

    @property
    def timeouts(self) -> Timeouts:
        """How long to wait where a call does not say."""
        return self._timeouts

    def exchange(  # noqa: PLR0913 - one keyword for each part of a request
        self,
        method: str,
        path: str,
        *,
        json: Any = UNSET,
        data: bytes | str | Mapping[str, str] | None = None,
        headers: Mapping[str, str | None] | None = None,
        timeout: Timeouts | None = None,
        patient: bool = True,
    ) -> Exchange:
        """Send one request and return what came back, whatever its status.

        Args:
            method: HTTP method.
            path: from the root of the server, as in ``/sdapi/v1/samplers``, with any query.
            json: body as JSON, sent with its content type; None sends ``null``.
            data: body as it is, without a content type; a mapping is sent as a form.
            headers: added to, or instead of, the client's; None takes one away.
            timeout: instead of the client's.
            patient: whether a function of ``Client.again_where`` may have it sent again.

        Raises:
            ConnectionFailed: no whole answer came.
        """
        body, kind = _body(json, data)
        all_headers: dict[str, str | None] = {"Content-Type": kind} if kind else {}
        all_headers.update(headers or {})
        return self._transport.send(
            Outgoing(
                method=method.upper(),
                path=path,
                headers=all_headers,
                body=body,
                timeouts=timeout or self._timeouts,
                patient=patient,
            ),
        )

    def ask(self, method: str, route: str, **request: Any) -> Exchange:
        """Call a route of the API, as in ``ask("GET", "samplers")``; its success or an error.

        Args:
            method: HTTP method.
            route: below ``/sdapi/v1/``, with any query.
            request: as for ``exchange``.

        Raises:
            ServerRefused: a status outside 200-299.
            ConnectionFailed: no whole answer came.
        """
        return self.ask_path(method, f"{API_ROOT}/{route}", **request)

    def ask_path(self, method: str, path: str, **request: Any) -> Exchange:
        """``ask`` for a route outside the API, as in ``ask_path("GET", "/internal/ping")``.

        Args:
            method: such as ``GET``.
            path: below the host.
            request: as for ``ask``.

        Returns:
            What came, with a status of 200 to 299.
        """
        exchange = self.exchange(method, path, **request)
        if not exchange.ok:
            raise refusal(exchange)
        return exchange

    def read(self, method: str, route: str, **request: Any) -> tuple[Any, Exchange]:
        """Call a route of the API and read its answer as JSON.

        Args:
            method: such as ``GET``.
            route: below ``/sdapi/v1``.
            request: as for ``ask``.

        Returns:
            The JSON, and the exchange that it came in.

        Raises:
            MalformedAnswer: the answer is not JSON.
            ServerRefused: a status outside 200-299.
            ConnectionFailed: no whole answer came.
        """
        exchange = self.ask(method, route, **request)
        return read_json(exchange), exchange


def read_json(exchange: Exchange) -> Any:
    """The answer as JSON.

    Args:
        exchange: with an answer.

    Raises:
        MalformedAnswer: it is not JSON; a page of HTML is called by its name.
    """
    try:
        return exchange.json
    except ValueError as error:
        came = "an empty body" if not exchange.body.strip() else f"no JSON ({error})"
        if exchange.media_type == "text/html":
            came = "a page of HTML, as a login page or the webui itself would be"
        raise MalformedAnswer(f"JSON was expected, and came {came}", exchange) from error


def refusal(exchange: Exchange) -> ServerRefused:
    """The error for an answer with a status outside 200-299.

    Args:
        exchange: with an answer that is no success.

    Returns:
        ``GatewayRefused`` where something in front of the server answered.
    """
    status = exchange.status or 0
    body = parse_error_body(status, exchange.response_headers, exchange.body)
    if body.shape is not ErrorShape.GATEWAY:
        return ServerRefused(status, body, exchange)
    hint = ""
    if is_gateway_timeout(status):
        hint = f"it gave up after {exchange.elapsed:.1f} s; raise its read timeout"
    return GatewayRefused(status, body, exchange, hint)


def _body(
    value: Any,
    data: bytes | str | Mapping[str, str] | None,
) -> tuple[bytes | None, str | None]:
    if value is not UNSET:
        try:
            return json.dumps(value, allow_nan=False).encode("ascii"), "application/json"
        except (TypeError, ValueError) as error:
            raise PayloadError("the body", f"it cannot be written as JSON: {error}") from error
    if data is None or isinstance(data, bytes):
        return data, None
    if isinstance(data, str):
        return data.encode("utf-8"), None
    return urlencode(data).encode("ascii"), "application/x-www-form-urlencoded"


class ProgressSource(Protocol):
    """Anything that knows the progress of a job, such as a client."""

    def progress(self, *, skip_current_image: bool = False) -> Progress:
        """The progress now.

        Args:
            skip_current_image: whether the answer has no preview.
        """


def watch_progress(
    source: ProgressSource,
    *,
    until: Callable[[Progress], bool],
    pace: Pace | None = None,
    skip_current_image: bool = True,
) -> Iterator[Progress]:
    """Poll progress and yield each answer, the last one being that which ``until`` accepts.

    Args:
        source: is asked for the progress.
        until: accepts the last progress to be yielded.
        pace: how often to ask, and for how long; once a second for five minutes by default.
        skip_current_image: whether to leave the preview out.

    Raises:
        StillBusy: the limit passed first.
    """
    pace = pace or Pace()
    for _ in pace.ticks():
        seen = source.progress(skip_current_image=skip_current_image)
        yield seen
        if until(seen):
            return
    raise StillBusy(f"the job was not done after {pace.limit:g} s")


def wait_until_idle(source: ProgressSource, pace: Pace | None = None, *, looks: int = 2) -> None:
    """Wait until no job runs: so many looks in a row must say so.

    Two by default, for between two jobs of a queue the server looks idle for a moment.

    Args:
        source: is asked for the progress.
        pace: how often to ask, and for how long; once a second for five minutes by default.
        looks: answers in a row that have to say so.

    Raises:
        StillBusy: the limit passed first; says what the server was doing.
    """
    pace = pace or Pace()
    idle = 0
    job = ""
    for _ in pace.ticks():
        seen = source.progress(skip_current_image=True)
        idle = idle + 1 if seen.idle else 0
        if idle >= looks:
            return
        job = seen.state.job or job
    doing = f" with {job!r}" if job else ""
    raise StillBusy(
        f"the server was still busy{doing} after {pace.limit:g} s; somebody else may be using it",
    )


def wait_until_awake(look: Callable[[], object], pace: Pace | None = None) -> float:
    """Wait until a call gets through; returns the seconds it took.

    A refusal by the server itself counts as awake; a gateway's does not.

    Args:
        look: the call, such as ``client.options``.
        pace: how often, and for how long.

    Raises:
        ConnectionFailed, GatewayRefused: of the last look, if the limit passed first.
        ServerRefused, MalformedAnswer: the server is awake and answered so.
    """
    pace = pace or Pace()
    last: ConformanceError = StillBusy("the server was never asked")
    for passed in pace.ticks():
        try:
            look()
        except (ConnectionFailed, GatewayRefused) as error:
            last = error
        else:
            return passed
    raise last
