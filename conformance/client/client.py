"""A client for one server, and picture files read for its requests."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from conformance.client.address import Address, Basic, Credentials, read_credentials
from conformance.client.calls import ControlCalls, GenerationCalls, ListCalls
from conformance.client.connection import Timeouts
from conformance.client.extension_calls import ExtensionCalls
from conformance.client.fork_fields import family_of
from conformance.client.image import encode_image
from conformance.client.options import changed_options
from conformance.client.redaction import is_secret_header
from conformance.client.transport import Route, Transport
from conformance.errors import AddressError, ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

    from conformance.client.connection import Turn
    from conformance.client.transport import Outgoing
    from conformance.exchange import Exchange


USER_AGENT = "sdapi-check"


MAX_EXCHANGES = 2000
MAX_BYTES = 256 * 1024 * 1024


class ExchangeLog:
    """The latest exchanges, bounded in number and in bytes; safe to share between threads.

    The oldest go first. A check marks its place with ``position`` and reads what came after.

    Args:
        max_exchanges: how many to keep, 2000 by default.
        max_bytes: how many bytes of bodies to keep, 256 MiB by default; the latest exchange
            is kept even if it alone is larger.
    """

    def __init__(self, max_exchanges: int = MAX_EXCHANGES, max_bytes: int = MAX_BYTES) -> None:
        self._max_exchanges = max_exchanges
        self._max_bytes = max_bytes
        self._kept: deque[Exchange] = deque()
        self._bytes = 0
        self._total = 0
        self._lock = Lock()

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange, and drop the oldest beyond the bounds.

        Args:
            exchange: with or without an answer.
        """
        with self._lock:
            self._kept.append(exchange)
            self._bytes += exchange.size
            self._total += 1
            while self._over_bounds():
                self._bytes -= self._kept.popleft().size

    def _over_bounds(self) -> bool:
        if len(self._kept) <= 1:
            return False
        return len(self._kept) > self._max_exchanges or self._bytes > self._max_bytes

    @property
    def position(self) -> int:
        """How many exchanges were ever added."""
        with self._lock:
            return self._total

    @property
    def bytes_kept(self) -> int:
        """Bytes of the bodies kept now."""
        with self._lock:
            return self._bytes

    def since(self, position: int) -> list[Exchange]:
        """The exchanges added after ``position``, oldest first, as far as they are kept.

        Args:
            position: as ``position`` returned it before.
        """
        with self._lock:
            wanted = min(self._total - position, len(self._kept))
            return list(self._kept)[len(self._kept) - wanted :] if wanted > 0 else []

    @property
    def last(self) -> Exchange | None:
        """The latest exchange, None before the first."""
        with self._lock:
            return self._kept[-1] if self._kept else None

    def __iter__(self) -> Iterator[Exchange]:
        """The exchanges kept now, oldest first."""
        with self._lock:
            return iter(list(self._kept))

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)


class Client(ListCalls, GenerationCalls, ControlCalls, ExtensionCalls):
    """A typed client for one server; safe to share between threads.

    Nothing is retried unless ``again_where`` asks for it, and no redirect is followed, so that what
    is seen is what the server did.

    Args:
        base_url: address of the server, with any path prefix: ``https://host/sd/``.
        auth: ``Basic``, ``Bearer``, a pair or ``user:password``; by default what the address holds.
        headers: sent with every request; those that look like credentials are kept secret.
        verify: check certificates: True, False, or the file of a private authority.
        timeout: how long to wait.
        proxies: scheme -> proxy URL; by default the environment's, ``{}`` for none.
        secrets: further texts that no rendering may show.
        log: where exchanges are kept; by default a new one.
        family: kind of the server, as ``sdapi-check --profile`` names it; None for any.

    Raises:
        AddressError: an address, a credential or a file that cannot be used.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each way in which deployments differ
        self,
        base_url: str,
        *,
        auth: Credentials | tuple[str, str] | str | None = None,
        headers: Mapping[str, str] | None = None,
        verify: bool | str | Path = True,
        timeout: Timeouts | None = None,
        proxies: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        log: ExchangeLog | None = None,
        family: str | None = None,
    ) -> None:
        self.address = Address.parse(base_url)
        self.log = ExchangeLog() if log is None else log
        self.family = None if family is None else family_of(family)
        credentials = read_credentials(auth) or _from_address(self.address)
        route = Route(
            address=self.address,
            headers=_headers(headers or {}, credentials),
            verify=_authority(verify),
            proxies=proxies,
            secrets=(*secrets, *_secrets(headers or {}, credentials, proxies or {})),
        )
        super().__init__(Transport(route, self.log.add), timeout or Timeouts())

    def before_each(self, hook: Callable[[Outgoing], None]) -> None:
        """Call a function with every request before it goes out.

        Args:
            hook: may wait, make requests of its own, or raise, which ends the request.
        """
        self._transport.before.append(hook)

    def again_where(self, wanted: Callable[[Exchange, int], bool]) -> None:
        """Send a request again wherever a function says so; without one nothing is retried.

        Args:
            wanted: gets an answer and how often it was asked for; may wait; True to ask again.
        """
        self._transport.again.append(wanted)

    @property
    def turn(self) -> Turn:
        """Whose turn it is to send."""
        return self._transport.turn

    def take_turns(self, turn: Turn) -> Callable[[], None]:
        """Let several threads send by turns, over the connections of this one.

        Args:
            turn: whose turn it is.

        Returns:
            What each of them calls first.
        """
        self._transport.turn = turn
        return self._transport.lend()

    def options_set(self, **values: Any) -> AbstractContextManager[dict[str, Any]]:
        """Change options inside a ``with`` block, and put them back after it.

        Args:
            values: option name -> value.

        Returns:
            A context with the old values.

        Raises:
            OptionError: an option that the server does not list; nothing was written.
            RestoreError: read back, an option differs from what it was.
        """
        return changed_options(self, values)

    def anew(self) -> AbstractContextManager[None]:
        """A context whose requests go over a new connection, without cookies, in this thread.

        A balancer may then choose another server.
        """
        return self._transport.anew()

    def close(self) -> None:
        """Close the connections; the client can still be used, and opens new ones."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.address.base!r})"


def _from_address(address: Address) -> Basic | None:
    return Basic(*address.credentials) if address.credentials else None


def _headers(given: Mapping[str, str], credentials: Credentials | None) -> dict[str, str]:
    own = {"User-Agent": USER_AGENT}
    if credentials is not None:
        own["Authorization"] = credentials.header
    return {**own, **given}


def _authority(verify: bool | str | Path) -> bool | str:
    if isinstance(verify, bool):
        return verify
    if not Path(verify).exists():
        raise AddressError(f"the certificate file {str(verify)!r} does not exist")
    return str(verify)


def _secrets(
    headers: Mapping[str, str],
    credentials: Credentials | None,
    proxies: Mapping[str, str],
) -> tuple[str, ...]:
    found = list(credentials.secrets) if credentials is not None else []
    found += [value for name, value in headers.items() if is_secret_header(name)]
    found += [urlsplit(url).password or "" for url in proxies.values()]
    return tuple(secret for secret in found if secret)


def encode_image_file(file: str | Path, *, data_uri: bool = False) -> str:
    """Encode a picture file for a request, as it is on disk.

    Args:
        file: its path.
        data_uri: with the prefix that the webui of November 2022 and Xinference insist on.

    Raises:
        ImageError: the file cannot be read, or with ``data_uri`` is no picture.
    """
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise ImageError(f"{file}: it cannot be read ({error.strerror})") from error
    return encode_image(data, data_uri=data_uri)
