"""The mock inside the process: requests to its address never leave it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.registry import create_app, simulate
from mockserver.core.config import Config
from mockserver.core.errors import BadInput
from mockserver.core.simulated import DEFAULT_PROFILE
from mockserver.http.app import KEY
from mockserver.intercept import Activation, patched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from mockserver.core.clock import Clock
    from mockserver.core.simulated import SimulatedServer
    from mockserver.extensions import InstalledExtensions
    from mockserver.faults import ArmedFault, Faults
    from mockserver.http.app import MockApp
    from mockserver.journal.call import Call
    from mockserver.journal.journal import Journal
    from mockserver.profiles.profile import Profile


@dataclass(frozen=True)
class Activated:
    """A mock that answers in this process.

    Attributes:
        url: the address it answers, without a slash at the end.
        webui: the simulated server behind it.
        app: the same app that a real port would serve.
    """

    url: str
    webui: SimulatedServer
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
    def requests(self) -> list[Call]:
        """What the mock was asked, in order."""
        return self.app.journal.calls()

    def verify(self, route: str, **wanted: Any) -> list[Call]:
        """Make sure that the mock was asked so; gives the calls.

        Args:
            route: ``txt2img``, ``GET progress``, a path or a pattern of it.
            wanted: ``times``, ``method``, ``json``, ``query``, ``headers``, and fields of the
                body as in ``steps=range(20, 31)``; as of `Journal.verify`.

        Raises:
            JournalMismatch: it was not; the text shows the nearest call field by field.
        """
        return self.app.journal.verify(route, **wanted)

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
    """Answer requests to `url` in this process, without a port.

    requests, urllib3, httpx (sync and async) and aiohttp are answered; whatever else opens a
    connection to that address is refused. Requests to any other address go where they always
    went.

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
    process = _InProcess(app.faults)
    app.extensions[KEY] = process
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with patched(Activation(active.url, app, process.refuses, process.is_killed)):
        try:
            yield active
        finally:
            app.ending_layer.release()


class _InProcess:
    """The lifecycle of a mock without a port: it refuses connections once it has ended."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._stopped = False
        self._killed = False

    def stop(self) -> None:
        self._stopped = True

    def kill(self) -> None:
        self._stopped = self._killed = True

    def refuses(self) -> bool:
        """Whether a new connection is refused now."""
        return self._stopped or self._faults.refuses()

    def is_killed(self) -> bool:
        """Whether its process is gone."""
        return self._killed

    def reset_connection(self, host: str, port: str) -> None:
        """Nothing: the connection itself sees that it is reset."""
