"""Requests sent and answers read, with nothing decided about either."""

from __future__ import annotations

import math
import os
import threading
import time
import warnings
import weakref
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import requests
from requests.cookies import extract_cookies_to_jar
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError, InsecureRequestWarning

from conformance.client.connection import (
    LARGEST_BODY,
    TooLarge,
    TooSlow,
    Turn,
    failure,
    outcome_of,
)
from conformance.errors import AddressError
from conformance.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.client.address import Address
    from conformance.client.connection import Timeouts


_CHUNK = 64 * 1024
#: Seconds after which a connection that rests is given up: uvicorn closes it after five, and a
#: request that crosses with that is lost, as if the server had failed.
_RESTED = 2.0
_BROKEN = HTTPStatus.INTERNAL_SERVER_ERROR
_AUTHORITY_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True, kw_only=True)
class Route:
    """How to reach a server.

    Args:
        address: where it is.
        headers: sent with every request.
        verify: check certificates: True, False, or the file of an authority.
        proxies: scheme -> proxy URL; None for the environment's, which are not used to reach
            this machine itself; empty for none.
        secrets: texts that no rendering may show.
    """

    address: Address
    headers: Mapping[str, str]
    verify: bool | str = True
    proxies: Mapping[str, str] | None = None
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One request to send.

    Args:
        method: HTTP method.
        path: path and query below the base address, starting with a slash.
        headers: added to, or instead of, the route's; None takes one away.
        body: bytes, or None for none.
        timeouts: how long to wait.
        patient: whether it may be sent again where somebody asks for it to come later.
    """

    method: str
    path: str
    timeouts: Timeouts
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: bytes | None = None
    patient: bool = True


class Transport:
    """Sends requests over connections that are kept, one set for each thread.

    After a status of 500 or above the connections are given up: the webui of November 2022
    drops a kept connection after an error.

    Args:
        route: how to reach the server.
        record: called with every exchange, failed ones too.
        clock: seconds, rising.

    Every function in ``before`` gets each request before it goes out, and may wait, make
    requests of its own, or raise. Every function in ``again`` gets each patient request with its
    answer and its number of tries; where one returns True, the request is sent again.
    """

    def __init__(
        self,
        route: Route,
        record: Callable[[Exchange], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._route = route
        self._record = record
        self._clock = clock
        self.before: list[Callable[[Outgoing], None]] = []
        self.again: list[Callable[[Exchange, int], bool]] = []
        self.turn = Turn()
        self._local = threading.local()
        # Each with when it was last used, infinity if never. Weak, so that the connections of a
        # thread go when it goes.
        self._sessions: weakref.WeakKeyDictionary[requests.Session, float] = (
            weakref.WeakKeyDictionary()
        )
        self._lock = threading.Lock()

    def send(self, outgoing: Outgoing) -> Exchange:
        """Send one request and read its whole answer; redirects are not followed.

        Args:
            outgoing: the request.

        Returns:
            Request and answer, whatever the status.

        Raises:
            ConnectionFailed: no whole answer came.
            AddressError: the request cannot be put into HTTP.
        """
        tries = 1
        with self.turn:
            exchange = self._send(outgoing)
            while outgoing.patient and any(wanted(exchange, tries) for wanted in self.again):
                tries += 1
                exchange = self._send(outgoing)
        return exchange

    def _send(self, outgoing: Outgoing) -> Exchange:
        for hook in self.before:
            hook(outgoing)
        prepared = self._prepare(outgoing)
        started = self._clock()
        if started - self._sessions[self._session()] > _RESTED:
            self._give_up_connections()
        answer = _Answer()
        try:
            self._read(prepared, outgoing, started, answer)
        # Some errors of urllib3 come through requests as they are.
        except (requests.RequestException, HTTPError, TooLarge, TooSlow) as error:
            outcome = outcome_of(error, outgoing.timeouts)
            self._give_up_connections()
            exchange = self._exchange(prepared, outgoing, answer, started, error=outcome[1])
            raise failure(outcome, exchange, self._route.address.base) from error
        if (answer.status or 0) >= _BROKEN:
            self._give_up_connections()
        self._sessions[self._session()] = self._clock()
        return self._exchange(prepared, outgoing, answer, started)

    @contextmanager
    def anew(self) -> Iterator[None]:
        """Inside, this thread sends over a new connection, and shows no cookie of an earlier one.

        A balancer sees a stranger, whom it may send to another server.
        """
        kept: requests.Session | None = getattr(self._local, "session", None)
        session = self._local.session = self._new_session()
        try:
            yield
        finally:
            session.close()
            self._local.session = kept

    def lend(self) -> Callable[[], None]:
        """What another thread does to send over the connections of this one, by turns."""
        session = self._session()

        def borrow() -> None:
            self._local.session = session

        return borrow

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for session in list(self._sessions):
                session.close()

    def _prepare(self, outgoing: Outgoing) -> requests.PreparedRequest:
        session = self._session()
        headers = CaseInsensitiveDict[Any](session.headers)
        headers.update(outgoing.headers)
        for name in [name for name, value in headers.items() if value is None]:
            del headers[name]
        prepared = requests.PreparedRequest()
        try:
            prepared.prepare_method(outgoing.method)
            prepared.prepare_url(self._route.address.url(outgoing.path), None)
            prepared.prepare_headers(headers)
            prepared.prepare_cookies(session.cookies)
            prepared.prepare_body(outgoing.body, None)
            _refuse_unsendable(prepared)
        except (requests.RequestException, UnicodeError) as error:
            # The words of requests would repeat the header, which may be a secret.
            raise AddressError(
                "the request cannot be sent: its address or a header "
                f"holds a character that HTTP does not allow ({type(error).__name__})",
            ) from error
        return prepared

    def _read(
        self,
        prepared: requests.PreparedRequest,
        outgoing: Outgoing,
        started: float,
        answer: _Answer,
    ) -> None:
        timeouts, session = outgoing.timeouts, self._session()
        url = prepared.url or ""
        # Straight through the adapter: nobody wants the redirects and hooks of a session, which
        # cost a sixth of a request.
        with session.get_adapter(url).send(
            prepared,
            timeout=(timeouts.connect, timeouts.read),
            stream=True,
            verify=self._verify(),
            proxies=self._proxies(url),
        ) as response:
            if "set-cookie" in response.headers:
                extract_cookies_to_jar(  # type: ignore[no-untyped-call]
                    session.cookies, prepared, response.raw
                )
            answer.status = response.status_code
            answer.headers = {name.lower(): value for name, value in response.headers.items()}
            for chunk in cast("Iterator[bytes]", response.iter_content(_CHUNK)):
                answer.body += chunk
                if len(answer.body) > LARGEST_BODY:
                    raise TooLarge
                if timeouts.total is not None and self._clock() - started > timeouts.total:
                    raise TooSlow

    def _exchange(
        self,
        prepared: requests.PreparedRequest,
        outgoing: Outgoing,
        answer: _Answer,
        started: float,
        error: str | None = None,
    ) -> Exchange:
        exchange = Exchange(
            method=outgoing.method,
            path=outgoing.path,
            url=prepared.url or "",
            request_headers={name: _text(value) for name, value in prepared.headers.items()},
            request_body=outgoing.body,
            status=answer.status,
            response_headers=answer.headers,
            body=bytes(answer.body),
            elapsed=self._clock() - started,
            error=error,
            secrets=self._route.secrets,
        )
        self._record(exchange)
        return exchange

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self._new_session()
        return session

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.headers.update(self._route.headers)
        with self._lock:
            self._sessions[session] = math.inf
        return session

    def _give_up_connections(self) -> None:
        self._session().close()

    def _verify(self) -> bool | str:
        if self._route.verify is False:
            # Said once, in the report, and not with every request.
            warnings.simplefilter("ignore", InsecureRequestWarning)
            return False
        if self._route.verify is True:
            return not self._route.address.base.startswith("https") or (
                _authority_of_environment() or True
            )
        return self._route.verify

    def _proxies(self, url: str) -> dict[str, str]:
        if self._route.proxies is not None:
            return dict(self._route.proxies)
        if self._route.address.is_loopback:
            return {}
        return dict(get_environ_proxies(url))


class _Answer:
    """What has arrived so far."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.body = bytearray()


def _authority_of_environment() -> str | None:
    for name in _AUTHORITY_VARIABLES:
        file = os.environ.get(name)
        if file and not Path(file).exists():
            raise AddressError(f"the certificate file {file!r}, named by {name}, does not exist")
        if file:
            return file
    return None


def _refuse_unsendable(request: requests.PreparedRequest) -> None:
    for value in request.headers.values():
        if isinstance(value, str):
            value.encode("latin-1")


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
