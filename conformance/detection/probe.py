"""The cheap reads of a server, each sent once, and the OpenAPI document among them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.client.connection import Timeouts
from conformance.error_body import parse_error_body
from conformance.errors import ConnectionFailed, Unreachable

if TYPE_CHECKING:
    from conformance.client.client import Client
    from conformance.exchange import Exchange


_TXT2IMG = ("StableDiffusionProcessingTxt2Img", "ReqTxt2Img")


@dataclass(frozen=True)
class OpenApi:
    """The parts of a document that distinguish servers; empty where there is none.

    Args:
        title: of the document.
        paths: path -> methods in upper case.
        fields: names of txt2img's request fields.
    """

    title: str = ""
    paths: dict[str, frozenset[str]] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()

    @classmethod
    def read(cls, document: Any) -> OpenApi:
        """Read a document, whatever it is; parts of the wrong shape count as absent.

        Args:
            document: JSON of ``/openapi.json``, or anything else.
        """
        root = as_object(document)
        listed = as_object(root.get("paths"))
        paths = {
            path: methods if isinstance(methods, dict) else {} for path, methods in listed.items()
        }
        return cls(
            title=str(as_object(root.get("info")).get("title", "")),
            paths={path: frozenset(map(str.upper, methods)) for path, methods in paths.items()},
            fields=_fields(root),
        )

    def lists(self, method: str, path: str) -> bool:
        """Whether the document lists a route.

        Args:
            method: in capitals.
            path: such as ``/sdapi/v1/options``.
        """
        return method in self.paths.get(path, ())


def as_object(value: Any) -> dict[str, Any]:
    """A value where it is an object of JSON; an empty one for anything else.

    Args:
        value: of JSON.
    """
    return value if isinstance(value, dict) else {}


def _fields(root: dict[str, Any]) -> frozenset[str]:
    schemas = as_object(as_object(root.get("components")).get("schemas"))
    models = (as_object(schemas.get(name)) for name in _TXT2IMG)
    return frozenset(name for model in models for name in as_object(model.get("properties")))


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
        client: how to reach the server.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answers: dict[str, Exchange] = {}
        read = min(READING.read, client.timeouts.read)
        self._timeouts = replace(client.timeouts, read=read, total=READING.total)

    def ask(self, path: str) -> Exchange:
        """The answer to GET ``path``; a connection that failed is an exchange with ``error``.

        Args:
            path: with any query.

        Returns:
            The first answer to this path; each is asked once.

        Raises:
            Unreachable: nothing answers there at all.
        """
        if path not in self._answers:
            with self._client.turn:  # in which another worker may have asked
                self._answers[path] = self._answers.get(path) or self._asked(path)
        return self._answers[path]

    def _asked(self, path: str) -> Exchange:
        try:
            return self._client.exchange("GET", path, timeout=self._timeouts)
        except Unreachable:
            raise
        except ConnectionFailed as error:
            return error.exchange

    def json(self, path: str) -> Any:
        """The JSON of a successful answer to GET ``path``; None for anything else.

        Args:
            path: with any query.
        """
        exchange = self.ask(path)
        if not exchange.ok:
            return None
        try:
            return exchange.json
        except ValueError:
            return None

    @cached_property
    def openapi(self) -> OpenApi:
        """What its document says; empty where there is none."""
        return OpenApi.read(self.json(OPENAPI))

    def has(self, path: str) -> bool:
        """Whether the server has the route: any answer but that of an absent route.

        Args:
            path: with any query.
        """
        exchange = self.ask(path)
        return exchange.status is not None and not absent(exchange)

    @property
    def answers(self) -> tuple[Exchange, ...]:
        """Everything asked so far."""
        return tuple(self._answers.values())


def absent(exchange: Exchange) -> bool:
    """Whether an answer means that the server does not serve the route or method at all.

    Args:
        exchange: with an answer.
    """
    if exchange.status is None or exchange.ok:
        return False
    return parse_error_body(exchange.status, exchange.response_headers, exchange.body).route_absent
