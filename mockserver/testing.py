"""Mocks for tests: in the process, or on a port of the loopback; one object steers either.

``activate`` answers in the process, ``serve_in_thread`` on a real port. Both give an `Activated`.
"""

from __future__ import annotations

import dataclasses
import re
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.activated import Activated
from mockserver.backends.registry import create_app, simulate
from mockserver.core.clock import ManualClock
from mockserver.core.config import Config
from mockserver.core.errors import BadInput
from mockserver.core.simulated import DEFAULT_PROFILE
from mockserver.faults.fault import closest
from mockserver.faults.registry import fault_of_text
from mockserver.http.layers import KEY
from mockserver.intercept import Activation, patched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mockserver.core.clock import Clock
    from mockserver.faults import Faults
    from mockserver.faults.latency import Latency
    from mockserver.http.app import MockApp
    from mockserver.profiles.profile import Profile


__all__ = [
    "TEST_ADDRESS",
    "Activated",
    "activate",
    "check_settings",
    "known_settings",
    "make_app",
    "serve_in_thread",
]

#: An address that no machine has.
TEST_ADDRESS = "http://webui.test:7860"
_PATIENCE = 5.0
_MANUAL = "manual"
#: What a mock can be started with, beside the fields of Config.
_SETTINGS = ("profile", "clock", "faults", "world", "strict", "latency", "url")


def known_settings() -> list[str]:
    """Names of everything that a mock can be started with."""
    return [*_SETTINGS, *(field.name for field in dataclasses.fields(Config))]


def check_settings(given: Mapping[str, Any]) -> None:
    """Refuse a setting that there is not.

    Args:
        given: settings by name.

    Raises:
        BadInput: an unknown name; says which was probably meant.
    """
    known = known_settings()
    for name in given:
        if name not in known:
            raise BadInput(
                f"no setting {name!r}{closest(name, known)}; there are {', '.join(known)}"
            )


def make_app(  # noqa: PLR0913 - the settings of a mock, each by its name
    profile: Profile | str | Path = DEFAULT_PROFILE,
    *,
    clock: Clock | str | None = None,
    faults: Sequence[str | Mapping[str, Any]] = (),
    world: Mapping[str, Any] | None = None,
    latency: Latency | str | float | None = None,
    strict: bool = False,
    **config: Any,
) -> MockApp:
    """A mock that nobody serves yet.

    Args:
        profile: which server is simulated: a name, or the folder of a recorded one.
        clock: its time; ``"manual"`` for a `ManualClock`.
        faults: armed from the start: ``"oom; times=1"`` or ``{"fault": "oom", "times": 1}``.
        world: files on its machine beside its own: ``{"models": ["my-model"]}``.
        latency: how long generations take; as of `Activated.set_latency`.
        strict: whether what a webui would not do as asked is refused with 400.
        config: fields of Config (``fresh=True``, ``step_time=0.01``).

    Raises:
        BadInput: an unknown setting, or a value that cannot be.
        ProfileError: no such profile.
    """
    check_settings(config)
    if isinstance(clock, str):
        if clock != _MANUAL:
            raise BadInput(f"no clock {clock!r}; write 'manual', or give one")
        clock = ManualClock()
    rules, nowebui = _profile_of(profile)
    if nowebui:
        config.setdefault("nowebui", True)
    app = create_app(simulate(rules, Config(**config), clock))
    for fault in faults:
        if isinstance(fault, str):
            app.faults.arm(fault_of_text(fault))
        else:
            app.faults.add(fault["fault"], **{k: v for k, v in fault.items() if k != "fault"})
    if world:
        Activated("", app.webui, app).world.fill(world)
    app.control.set_latency(latency)
    app.journal_layer.strict = strict
    if faults or world or latency is not None:
        app.control.remember_start()
    return app


def _profile_of(profile: Profile | str | Path) -> tuple[Profile | str, bool]:
    """The profile, and whether its server was recorded without its web UI."""
    if isinstance(profile, str | Path) and Path(profile).is_dir():
        from mockserver.recording.stand_in import stand_in  # noqa: PLC0415 - start-up time

        found = stand_in(Path(profile).resolve(), None)
        return found.profile, found.nowebui
    return (str(profile) if isinstance(profile, Path) else profile), False


@contextmanager
def activate(
    url: str = "http://127.0.0.1:7860",
    *,
    profile: Profile | str | Path = DEFAULT_PROFILE,
    clock: Clock | str | None = None,
    **settings: Any,
) -> Iterator[Activated]:
    """Answer requests to `url` in this process, without a port.

    requests, urllib3, httpx (sync and async) and aiohttp are answered; whatever else opens a
    connection to that address is refused. Requests to any other address go where they always
    went.

    Args:
        url: the address; it may carry a path prefix (``http://host/sd``).
        profile: which server is simulated: a name, or the folder of a recorded one.
        clock: its time; ``"manual"`` for a `ManualClock`.
        settings: further arguments of `make_app`, and fields of Config (``fresh=True``,
            ``auth=(("user", "pass"),)``).

    Yields:
        The mock, with its address and the simulated server.

    Raises:
        BadInput: the address is none, for no request would ever go there; or an unknown setting.
    """
    if not re.match(r"https?://[^/]", url):
        raise BadInput(f"{url!r} is no address; write it as http://127.0.0.1:7860")
    app = make_app(profile, clock=clock, **settings)
    active = Activated(url.rstrip("/"), app.webui, app)
    process = _InProcess(app.faults)
    app.extensions[KEY] = process
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with patched(Activation(active.url, app, process.refuses, process.is_killed)):
        try:
            yield active
        finally:
            app.ending_layer.release()


@contextmanager
def serve_in_thread(
    *,
    profile: Profile | str | Path = DEFAULT_PROFILE,
    clock: Clock | str | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    **settings: Any,
) -> Iterator[Activated]:
    """Answer on a real port, for every library and for other processes too.

    Args:
        profile: which server is simulated: a name, or the folder of a recorded one.
        clock: its time; ``"manual"`` for a `ManualClock`.
        host: address to listen on.
        port: 0 for any free one.
        settings: as of `activate`.

    Yields:
        The mock, with its address and the simulated server.

    Raises:
        BadInput: an unknown setting.
        ServeError: the port cannot be had.
    """
    from mockserver.http.threaded_server import ThreadedServer  # noqa: PLC0415 - start-up time

    app = make_app(profile, clock=clock, **settings)
    server = ThreadedServer(app, host, port)
    thread = threading.Thread(target=server.run, name="sdapi-mock", daemon=True)
    thread.start()
    try:
        yield Activated(server.url, app.webui, app)
    finally:
        app.ending_layer.release()
        server.end()
        thread.join(_PATIENCE)


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
