"""The faster server: granian, whose worker builds the app anew in a process of its own."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.admin import AdminRules
from mockserver.backends.registry import create_app, simulate
from mockserver.core.config import Config
from mockserver.core.errors import ServeError
from mockserver.faults import Fault
from mockserver.http.layers import KEY
from mockserver.http.rsgi import RsgiApp
from mockserver.http.threaded_server import INTERRUPTED, STOPPED, claim, url_of
from mockserver.journal.har import Console
from mockserver.profiles.loader import load_profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.http.app import MockApp


#: How the worker learns which server it simulates.
_ENVIRONMENT = "SDAPI_MOCK_WORKER"
_POLL = 0.02
_PATIENCE = 30.0
_WATCH = 0.5


def serve_granian(app: MockApp, host: str, port: int, ready: Callable[[str], None]) -> int:
    """Serve an app like `app` with granian; as `serve`.

    Args:
        app: says how the workers' apps are made.
        host: name or address to bind to.
        port: 0 for any free one.
        ready: is called with the address.

    Raises:
        ServeError: granian is not installed, or the port cannot be had.
    """
    try:
        from granian.constants import Interfaces  # noqa: PLC0415 - an extra
        from granian.server import Server  # noqa: PLC0415 - an extra
    except ImportError as error:
        message = "granian is not installed; pip install 'sdapi-conformance[fast]'"
        raise ServeError(message) from error
    claimed = claim(host, port)
    url = url_of(claimed)
    chosen = claimed.getsockname()[1]
    claimed.close()
    os.environ[_ENVIRONMENT] = _describe(app)
    given: list[int] = []

    class Foreground(Server):  # type: ignore[misc, valid-type]  # chosen at import
        """A server that remembers how it was ended."""

        def signal_handler_interrupt(self, number: int, *rest: Any) -> None:
            """Ctrl-C and SIGTERM."""
            given.append(number)
            super().signal_handler_interrupt(number, *rest)

    server = Foreground(
        "mockserver.http.granian_server:build",
        address=host,
        port=chosen,
        interface=Interfaces.RSGI,
        websockets=False,
        factory=True,
        log_enabled=False,
    )
    threading.Thread(target=_announce, args=(url, ready), daemon=True).start()
    server.serve()
    return INTERRUPTED if given == [signal.SIGINT] else STOPPED


def build() -> RsgiApp:
    """The worker's app, from what the parent left in the environment."""
    given: dict[str, Any] = json.loads(os.environ[_ENVIRONMENT])
    config = given["config"]
    config["auth"] = tuple(tuple(pair) for pair in config["auth"])
    config["state_file"] = Path(config["state_file"]) if config["state_file"] else None
    profile = dataclasses.replace(load_profile(given["profile"]), fixtures=given["fixtures"])
    app = create_app(simulate(profile, Config(**config)))
    app.webui.gallery.max_bytes, app.journal.limit = given["kept"]
    app.journal_layer.lint_header = given["lint"]
    app.journal_layer.strict = given["strict"]
    app.journal_layer.console = Console() if given["console"] else None
    app.admin_layer.rules = AdminRules(**given["admin"])
    for fault in given["faults"]:
        app.faults.arm(Fault(**fault))
    app.extensions[KEY] = _Worker()
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    # What is loaded by now stays: it need not be searched for garbage.
    gc.freeze()
    return RsgiApp(app)


def _follow(parent: int) -> None:
    """End this worker when its parent is gone, however that ended."""
    while os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(STOPPED)


class _Worker:
    """Ends the parent, and with it this worker."""

    def stop(self) -> None:
        os.kill(os.getppid(), signal.SIGTERM)

    def kill(self) -> None:
        os.kill(os.getppid(), signal.SIGTERM)
        os._exit(STOPPED)

    def reset_connection(self, host: str, port: str) -> None:
        """Nothing: granian cannot break a connection."""


def _describe(app: MockApp) -> str:
    config = vars(app.webui.config).copy()
    config["state_file"] = str(config["state_file"]) if config["state_file"] else None
    profile = app.webui.profile
    given = {
        "profile": profile.name,
        "fixtures": profile.fixtures,
        "config": config,
        "kept": (app.webui.gallery.max_bytes, app.journal.limit),
        "lint": app.journal_layer.lint_header,
        "strict": app.journal_layer.strict,
        "console": app.journal_layer.console is not None,
        "admin": dataclasses.asdict(app.admin_layer.rules),
        "faults": [dataclasses.asdict(armed.fault) for armed in app.faults],
    }
    return json.dumps(given)


def _announce(url: str, ready: Callable[[str], None]) -> None:
    """Show the address once something answers there."""
    patience = time.monotonic() + _PATIENCE
    while time.monotonic() < patience:
        try:
            _ask(url)
        except OSError:
            time.sleep(_POLL)
        else:
            ready(url)
            return


def _ask(url: str) -> None:
    """Ask for what no journal keeps.

    Raises:
        OSError: nothing answers.
    """
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(f"{url}/_mock/ready", timeout=1).close()  # noqa: S310 - our own address
