"""Asks a server as its operator, as a stranger, and as somebody with wrong credentials."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.client.address import Basic, Bearer
from conformance.client.connection import Timeouts
from conformance.client.redaction import is_secret_header
from conformance.detection.probe import API, absent
from conformance.detection.routes import offered_routes
from conformance.errors import ConnectionFailed, GatewayRefused
from conformance.gateway import is_turned_away

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.client.address import Credentials
    from conformance.client.client import Client
    from conformance.deployment.connection import Connection
    from conformance.detection.routes import OfferedRoute
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


# Streams of events never end; what has not answered by then is passed over.
_SOON = Timeouts(connect=10.0, read=10.0, total=10.0)
_ASKS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}
_REDIRECTS = range(HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST)
#: The read by which the server itself is tried: cheap, and of every kind of server.
CHEAP = f"{API}/samplers"
# After so many requests without an answer in time no more are sent.
_MOST_SILENT = 6
_NOBODY, _WRONG = "sdapi-check-nobody", "sdapi-check-wrong"


class Asker:
    """Sends requests that change nothing, each once, and answers what came.

    Strangers get clients of their own, so that neither credentials nor anything else of the run
    is sent with their requests.

    Args:
        connection: how the operator reaches the server.
        context: of the run; its answers are used again.
    """

    def __init__(self, connection: Connection, context: CheckContext) -> None:
        self.connection = connection
        self.context = context
        self._answers: dict[str, Exchange | None] = {}
        self._silent = 0

    def close(self) -> None:
        """Close the connections of the strangers."""
        for client in (self._stranger, self._impostor):
            client.close()

    @cached_property
    def routes(self) -> tuple[OfferedRoute, ...]:
        """What the server offers."""
        return offered_routes(self.context.target.probe, self.context.profile)

    @cached_property
    def shows_credentials(self) -> bool:
        """Whether the operator shows anything to be let in."""
        connection = self.connection
        return connection.credentials is not None or len(self._plain) < len(connection.headers)

    @cached_property
    def asks(self) -> bool:
        """Whether strangers are kept out of the API."""
        exchange = self.stranger("GET", CHEAP)
        return exchange is not None and is_asking(exchange)

    @cached_property
    def is_exposed(self) -> bool:
        """Whether others than the users of this machine reach the server, as far as is known."""
        if not self.context.client.address.is_loopback:
            return True
        flags = self.json(f"{API}/cmd-flags")
        if not isinstance(flags, dict):
            return False
        public = str(flags.get("server_name") or "") in {"0.0.0.0", "::"}  # noqa: S104 - compared
        named = any(flags.get(name) for name in ("listen", "share", "ngrok"))
        # uvicorn gets no host from --nowebui, and then listens on all of them.
        bare = bool(flags.get("nowebui")) and not flags.get("server_name")
        return public or named or bare

    def json(self, path: str) -> Any:
        """The JSON that the operator gets; None for anything else.

        Args:
            path: of a read.
        """
        return self.context.target.probe.json(path)

    def operator(self, path: str) -> Exchange | None:
        """What the operator gets from a read; None where nothing came.

        Args:
            path: of the read.
        """
        try:
            exchange = self.context.target.probe.ask(path)
        except ConnectionFailed:
            return None
        return exchange if exchange.status is not None else None

    def stranger(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **request: Any
    ) -> Exchange | None:
        """What somebody without credentials gets; None where nothing came in time.

        Args:
            method: in capitals.
            path: with any query.
            headers: sent too.
            request: as for ``Client.exchange``.
        """
        key = f"{method} {path} {sorted((headers or {}).items())}"
        if key not in self._answers:
            # A server that answers no stranger is not waited for a hundred times.
            silent = self._silent >= _MOST_SILENT
            answer = None if silent else _sent(self._stranger, method, path, headers, request)
            limited = answer is not None and answer.status == HTTPStatus.TOO_MANY_REQUESTS
            self._answers[key] = None if limited else answer
            self._silent += self._answers[key] is None
        return self._answers[key]

    def impostor(self, route: OfferedRoute) -> Exchange | None:
        """What somebody with wrong credentials gets; None where nothing came in time.

        Args:
            route: that can be asked.
        """
        return _sent(self._impostor, route.method, route.path, None, route.body)

    @cached_property
    def _plain(self) -> dict[str, str]:
        """The headers of the operator that let nobody in."""
        hidden = set(self.connection.secrets)
        return {
            name: value
            for name, value in self.connection.headers.items()
            if not is_secret_header(name) and value not in hidden
        }

    @cached_property
    def _stranger(self) -> Client:
        return self._client()

    @cached_property
    def _impostor(self) -> Client:
        bearer = isinstance(self.connection.auth, Bearer)
        wrong = Bearer(_WRONG) if bearer else Basic(_NOBODY, _WRONG)
        keys = {name: _WRONG for name in self.connection.headers if name not in self._plain}
        return self._client(wrong, keys)

    def _client(
        self, auth: Credentials | None = None, keys: Mapping[str, str] | None = None
    ) -> Client:
        """A client of somebody else; credentials in the address are left out."""
        made = replace(
            self.connection,
            url=self.connection.base,
            auth=auth,
            second_auth=None,
            headers={**self._plain, **(keys or {})},
        ).client()
        rate = self.context.settings.rate
        if rate is not None:
            made.before_each(rate.wait)
        if auth is None:
            made.again_where(self.context.retries.wanted)
        return made


def _sent(
    client: Client,
    method: str,
    path: str,
    headers: Mapping[str, str] | None,
    request: dict[str, Any],
) -> Exchange | None:
    try:
        return client.exchange(method, path, headers=headers, timeout=_SOON, **request)
    except (ConnectionFailed, GatewayRefused):
        return None


def is_asking(exchange: Exchange) -> bool:
    """Whether an answer keeps a stranger out: 401, 403, or a redirect to another path.

    Args:
        exchange: with an answer.
    """
    if exchange.status in _REDIRECTS:
        to = exchange.response_headers.get("location", "").partition("?")[0].rstrip("/")
        return not to.endswith(exchange.path.partition("?")[0].rstrip("/"))
    return exchange.status in _ASKS


def lets_in(exchange: Exchange) -> bool:
    """Whether the route itself answered, be it to refuse what was sent.

    Args:
        exchange: with an answer.
    """
    status = exchange.status or 0
    if is_asking(exchange) or status in _REDIRECTS or absent(exchange):
        return False
    return not is_turned_away(status, exchange.text)
