"""A live server that is asked: one session, timeouts, and its problems in words."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import InsecureRequestWarning

from mockserver.core.errors import BadInput, Unreachable
from mockserver.core.json_values import json_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.recording.plan import Step


#: Seconds until a connection stands.
_CONNECT = 5.0
_CHUNK = 64 * 1024
#: More than any batch of pictures: an answer beyond it has no end.
LARGEST = 512 * 1024 * 1024
_UNAUTHORIZED = 401
_OK = 200


class Endless(requests.RequestException):
    """An answer does not end; raised while reading it."""


@dataclass(frozen=True)
class Received:
    """What a server answered.

    Attributes:
        status: HTTP status; None where it closed the connection without an answer.
        headers: names in lower case.
        body: the bytes, unpacked.
    """

    status: int | None
    headers: dict[str, str]
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether the body is declared as JSON and is some."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip()
        return kind == "application/json" and self.json is not None

    @property
    def json(self) -> Any:
        """The body as a JSON value; None where it is none."""
        return json_or_none(self.body)


class LiveServer:
    """A server at an address.

    Args:
        url: its address, with the path below which its API lies, if any.
        auth: user and password.
        timeout: seconds that an answer may take.
        headers: sent with every request, as a token is.
        verify: check certificates: True, False, or the file of an authority.

    Attributes:
        url: without a slash at its end.
        host: the address's host.
        auth: user and password, or None.
        headers: as given.
        timeout: seconds for the connection and for an answer.

    Raises:
        BadInput: the address is none.
    """

    def __init__(
        self,
        url: str,
        auth: tuple[str, str] | None = None,
        timeout: float = 600.0,
        *,
        headers: Mapping[str, str] | None = None,
        verify: bool | str = True,
    ) -> None:
        self.url = url.rstrip("/")
        self.host = _host(self.url)
        self.auth = auth
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["User-Agent"] = "sdapi-mock-record"
        self.headers = dict(headers or {})
        self.session.headers.update(self.headers)
        self.session.verify = verify
        if verify is False:
            # Said once, by whoever asked for it.
            warnings.simplefilter("ignore", InsecureRequestWarning)
        if auth:
            self.session.auth = HTTPBasicAuth(auth[0].encode(), auth[1].encode())
        self.timeout = (_CONNECT, timeout)

    def ask(self, step: Step) -> Received:
        """The answer to a step.

        Args:
            step: of the plan.

        Raises:
            Unreachable: there is none, and the server does not answer anything else either.
        """
        try:
            return self.send(step.method, step.path, step.body)
        except requests.RequestException as error:
            if not self.is_alive():
                raise Unreachable(self._gone(error)) from error
            return Received(None, {}, b"")

    def get(self, path: str) -> Received:
        """The answer to a GET.

        Args:
            path: with its query, from the slash on.

        Raises:
            Unreachable: there is none.
        """
        try:
            return self.send("GET", path, None)
        except requests.RequestException as error:
            raise Unreachable(self._gone(error)) from error

    def send(self, method: str, path: str, body: bytes | None) -> Received:
        """Send one request; problems are those of `requests`.

        Args:
            method: of HTTP.
            path: with its query, from the slash on.
            body: JSON; None for none.
        """
        headers = {"Content-Type": "application/json"} if body is not None else {}
        started = monotonic()
        answer = self.session.request(
            method,
            self.url + path,
            data=body,
            headers=headers,
            timeout=self.timeout,
            allow_redirects=False,
            stream=True,
        )
        with answer:
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Received(answer.status_code, found, self._whole(answer, started))

    def _whole(self, answer: requests.Response, started: float) -> bytes:
        """The body, if it comes to its end in time: a drop now and then is no answer."""
        body = bytearray()
        for chunk in answer.iter_content(_CHUNK):
            body += chunk
            if len(body) > LARGEST:
                raise Endless
            if monotonic() - started > self.timeout[1]:
                raise requests.ReadTimeout
        return bytes(body)

    def is_alive(self) -> bool:
        """Whether anything is answered at all."""
        try:
            self.send("GET", "/sdapi/v1/samplers", None)
        except requests.RequestException:
            return False
        return True

    def check_api(self) -> None:
        """Make sure that the API is there.

        Raises:
            Unreachable: nothing answers, or it wants credentials, or is no such API.
        """
        answers = [self.get(f"/sdapi/v1/{name}") for name in ("samplers", "sd-models", "options")]
        if any(answer.status == _OK and answer.is_json for answer in answers):
            return
        if _UNAUTHORIZED in {answer.status for answer in answers}:
            raise Unreachable(
                "the server wants credentials, or others; give --auth env:NAME, where the"
                " environment variable NAME holds user:password, or --token"
            )
        document = self.get("/openapi.json").json
        if any(path.startswith("/sdapi/v1/") for path in _paths(document)):
            return
        raise Unreachable(
            f"{self.shown} answers, but not as /sdapi/v1 does ({answers[0].status} at samplers);"
            " name the address of a server that has the API (the webui needs --api)"
        )

    @property
    def shown(self) -> str:
        """The address without credentials that somebody wrote into it."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def _gone(self, error: requests.RequestException) -> str:
        if isinstance(error, Endless):
            return f"{self.shown} sent more than {LARGEST >> 20} MiB; name another address"
        if isinstance(error, requests.exceptions.SSLError):
            text = "name its authority with --ca-file, give --insecure, or use http://"
            return f"{self.shown} shows no certificate that can be trusted; {text}"
        slow = isinstance(error, requests.ReadTimeout)
        what = "does not answer in time" if slow else "does not answer"
        mend = "give it a longer --timeout" if slow else "start it, or name another address"
        return f"{self.shown} {what}; {mend}"


def _paths(document: Any) -> list[str]:
    """Routes of an OpenAPI document: servers of 2022 have the API, but none of its lists."""
    paths = document.get("paths") if isinstance(document, dict) else None
    return list(paths) if isinstance(paths, dict) else []


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        good = False
    if not good:
        shown = url.rpartition("@")[2]
        text = f"{shown!r} is no address; write it as http://127.0.0.1:7860"
        raise BadInput(text)
    if parts.query or parts.fragment:
        raise BadInput("the address has a query or fragment after its path; leave it out")
    return parts.hostname or ""
