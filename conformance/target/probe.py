"""The cheap reads by which a server is recognised."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.client.timeouts import Timeouts
from conformance.client.words import read_words
from conformance.errors import ConnectionFailed, Unreachable

if TYPE_CHECKING:
    from conformance.client.client import Client
    from conformance.client.exchange import Exchange

API = "/sdapi/v1"
OPENAPI = "/openapi.json"
NOWHERE = f"{API}/zz-conformance-nowhere"
# None of these reads waits for a generation, so a server that is slower than this hangs.
READING = Timeouts(read=30.0, total=60.0)
# Asked in this order; none changes anything or waits for a generation.
PATHS = (
    f"{API}/options",
    f"{API}/samplers",
    f"{API}/sd-models",
    f"{API}/progress",
    OPENAPI,
    NOWHERE,
    f"{API}/schedulers",
    f"{API}/extensions",
    f"{API}/sd-vae",
    f"{API}/latent-upscale-modes",
    f"{API}/loras",
    f"{API}/embeddings",
    f"{API}/scripts",
)


class Probe:
    """The answers to the cheap reads, each asked once.

    Args:
        client: the way to the server.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answers: dict[str, Exchange] = {}
        read = min(READING.read, client.timeouts.read)
        self._timeouts = replace(client.timeouts, read=read, total=READING.total)

    def ask(self, path: str) -> Exchange:
        """The answer to GET ``path``; a connection that failed is an exchange with ``error``.

        Raises:
            Unreachable: nothing answers there at all.
        """
        if path not in self._answers:
            try:
                self._answers[path] = self._client.exchange("GET", path, timeout=self._timeouts)
            except Unreachable:
                raise
            except ConnectionFailed as error:
                self._answers[path] = error.exchange
        return self._answers[path]

    def json(self, path: str) -> Any:
        """The JSON of a successful answer to GET ``path``; None for anything else."""
        exchange = self.ask(path)
        if not exchange.ok:
            return None
        try:
            return exchange.json
        except ValueError:
            return None

    def has(self, path: str) -> bool:
        """Whether the server has the route: any answer but that of an absent route."""
        exchange = self.ask(path)
        return exchange.status is not None and not absent(exchange)

    @property
    def answers(self) -> tuple[Exchange, ...]:
        """Everything asked so far."""
        return tuple(self._answers.values())


def absent(exchange: Exchange) -> bool:
    """Whether an answer means that the server does not serve the route or method at all."""
    if exchange.status is None:
        return False
    return read_words(exchange.status, exchange.response_headers, exchange.body).route_absent
