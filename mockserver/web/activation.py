"""The mock inside the process: requests to its address never leave it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
import responses

from mockserver.errors import BadInput
from mockserver.families import simulate
from mockserver.web.app import create_app
from mockserver.web.hang_up import HungUp
from mockserver.web.in_process import call
from mockserver.web.lifecycle import KEY
from mockserver.webui.config import Config
from mockserver.webui.simulated import DEFAULT_PROFILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from mockserver.extensions import InstalledExtensions
    from mockserver.faults import ArmedFault, Faults
    from mockserver.journal import Journal
    from mockserver.profile import Profile
    from mockserver.web.app import MockApp
    from mockserver.webui.clock import Clock
    from mockserver.webui.simulated import Simulated

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Activated:
    """A mock that answers in this process.

    Attributes:
        url: the address it answers, without a slash at the end.
        webui: the simulated server behind it.
        app: the same app that a real port would serve.
    """

    url: str
    webui: Simulated
    app: MockApp

    @property
    def extensions(self) -> InstalledExtensions:
        """The extensions of the simulated webui: ``extensions.add("controlnet")``, ``remove``.

        Raises:
            BadInput: the simulated program has no extensions.
        """
        found = getattr(self.webui, "extensions", None)
        if found is None:
            raise BadInput(f"{self.webui.profile.name} has no extensions; only webuis have them")
        installed: InstalledExtensions = found
        return installed

    @property
    def journal(self) -> Journal:
        """What the mock was asked: ``journal.calls("/sdapi/v1/txt2img")``, ``verify``."""
        return self.app.journal

    @property
    def faults(self) -> Faults:
        """What goes wrong on demand: ``faults.add("oom", times=1)``, ``faults.clear()``."""
        return self.app.faults

    def fault(self, name: str, **given: Any) -> AbstractContextManager[ArmedFault]:
        """A fault for as long as the ``with`` lasts: ``with webui.fault("oom"):``.

        Args:
            name: of the catalogue.
            given: ``route``, ``when``, ``after``, ``times``, ``probability``, ``seed``,
                ``latency`` in seconds, and the kind's own choices.

        Raises:
            FaultError: an unknown name, or a value that cannot be.
        """
        return self.app.faults.armed(name, **given)


@contextmanager
def activate(
    url: str = "http://127.0.0.1:7860",
    *,
    profile: Profile | str = DEFAULT_PROFILE,
    clock: Clock | None = None,
    **config: Any,
) -> Iterator[Activated]:
    """Answer requests to `url` in this process, through ``responses``, without a socket.

    Requests to any other address go where they always went.

    Args:
        url: the address; it may carry a path prefix (``http://host/sd``).
        profile: which server is simulated.
        clock: its time.
        config: fields of Config (``fresh=True``, ``auth=(("user", "pass"),)``).

    Yields:
        The mock, with its address and the simulated server.

    Raises:
        BadInput: the address is none, for no request would ever go there.
    """
    if not re.match(r"https?://[^/]", url):
        raise BadInput(f"{url!r} is no address; write it as http://127.0.0.1:7860")
    app = create_app(simulate(profile, Config(**config), clock))
    active = Activated(url.rstrip("/"), app.webui, app)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_passthru(re.compile(""))
        answerer = _Answerer(active, mock)
        app.extensions[KEY] = answerer
        app.config["PROPAGATE_EXCEPTIONS"] = True
        address = re.compile(re.escape(active.url) + r"(?:[/?#]|$)")
        for method in _METHODS:
            mock.add_callback(method, address, answerer.answer, content_type=None)
        yield active


class _Answerer:
    """Answers intercepted requests, until the simulated server ends."""

    def __init__(self, active: Activated, mock: responses.RequestsMock) -> None:
        self._active = active
        self._mock = mock
        self._stopped = False
        self._killed = False

    def stop(self) -> None:
        self._stopped = True

    def kill(self) -> None:
        self._stopped = self._killed = True

    def reset_connection(self, host: str, port: str) -> None:
        """Nothing: there is no connection."""

    def answer(self, request: requests.PreparedRequest) -> _Answer:
        """Status, headers and body; pictures of earlier answers are not kept in memory."""
        self._mock.calls.reset()
        if self._stopped:
            raise requests.ConnectionError("the simulated server was stopped")
        prefix = self._active.url
        rest = (request.url or "").removeprefix(prefix) or "/"
        host = "/".join(prefix.split("/", 3)[:3])
        body = request.body or b""
        data = body.encode() if isinstance(body, str) else bytes(body)
        method = request.method or "GET"
        try:
            status, headers, answer = call(
                self._active.app, method, host + rest, request.headers, data
            )
        except HungUp as error:
            raise requests.ConnectionError(str(error)) from error
        if self._killed:
            raise requests.ConnectionError("the simulated server was killed")
        return status, dict(headers), answer
