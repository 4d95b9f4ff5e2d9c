"""SimulatedServer servers on ports of their own, of any profile."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

from mockserver.activated import Activated
from mockserver.backends.registry import create_app, simulate
from mockserver.core.config import Config
from mockserver.http.threaded_server import ThreadedServer
from mockserver.profiles.loader import load_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask


@contextmanager
def listening(
    profile: str = "a1111-1.10.1",
    *,
    hook: Callable[[Flask], None] | None = None,
    **config: Any,
) -> Iterator[str]:
    """A simulated server in a thread; its address, until the ``with`` ends."""
    with running(profile, hook=hook, **config) as active:
        yield active.url


@contextmanager
def running(
    profile: str = "a1111-1.10.1",
    *,
    hook: Callable[[Flask], None] | None = None,
    **config: Any,
) -> Iterator[Activated]:
    """A simulated server in a thread, with all that a test may steer."""
    app = create_app(simulate(load_profile(profile), Config(**config)))
    if hook is not None:
        hook(app)
    server = ThreadedServer(app)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Activated(server.url, app.webui, app)
    finally:
        server.end()
        thread.join()
