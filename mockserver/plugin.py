"""Pytest plugin: a fresh mock for each test that asks for one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.web.activation import Activated

_PATIENCE = 5.0


@pytest.fixture
def webui() -> Iterator[Activated]:
    """A mock of v1.10.1 that answers at http://127.0.0.1:7860 in this process, without a socket.

    It has ``url``, ``webui`` (the simulated server) and ``app``.
    """
    from mockserver.web.activation import activate  # noqa: PLC0415 - loaded in every pytest run

    with activate() as active:
        yield active


@pytest.fixture
def webui_server() -> Iterator[Activated]:
    """A mock of v1.10.1 on a real port of the loopback, for clients in other processes.

    It has ``url``, ``webui`` (the simulated server) and ``app``.
    """
    from mockserver.web.activation import Activated  # noqa: PLC0415 - loaded in every pytest run
    from mockserver.web.app import create_app  # noqa: PLC0415 - as above
    from mockserver.web.serving import ThreadedServer  # noqa: PLC0415 - as above

    app = create_app()
    server = ThreadedServer(app)
    thread = threading.Thread(target=server.run, name="sdapi-mock", daemon=True)
    thread.start()
    yield Activated(server.url, app.webui, app)
    server.end()
    thread.join(_PATIENCE)
