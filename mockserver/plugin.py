"""Pytest plugin: a fresh mock for each test that asks for one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.testing import Activated


_PATIENCE = 5.0
_DEFAULT = "a1111-1.10.1"
_INI = "sdapi_mock_profile"
_MARKER = "sdapi_mock_profile"
_EXTENSIONS = "sdapi_mock_extensions"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini value that says which server is simulated where a test does not say it."""
    parser.addini(_INI, "Server that webui and webui_server simulate.", default=_DEFAULT)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    words = f"{_MARKER}(name): the server that webui and webui_server simulate for this test."
    config.addinivalue_line("markers", words)
    words = f"{_EXTENSIONS}(name, ...): the extensions that webui and webui_server have."
    config.addinivalue_line("markers", words)


def _profile(request: pytest.FixtureRequest) -> str:
    """Name of the profile: of the nearest marker, else of the ini file."""
    marker = request.node.get_closest_marker(_MARKER)
    if marker is None:
        return str(request.config.getini(_INI))
    if len(marker.args) != 1 or marker.kwargs:
        raise pytest.UsageError(f'write @pytest.mark.{_MARKER}("{_DEFAULT}"), with one name')
    return str(marker.args[0])


def _extensions(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Names of extensions, of the nearest marker."""
    marker = request.node.get_closest_marker(_EXTENSIONS)
    if marker is None:
        return ()
    if not marker.args or marker.kwargs or not all(isinstance(a, str) for a in marker.args):
        raise pytest.UsageError(f'write @pytest.mark.{_EXTENSIONS}("controlnet", "adetailer")')
    return tuple(marker.args)


@pytest.fixture
def webui(request: pytest.FixtureRequest) -> Iterator[Activated]:
    """A mock of v1.10.1, or of the marked profile, in this process, at http://127.0.0.1:7860.

    It has ``url``, ``webui`` (the simulated server), ``app`` and ``journal`` (what it was asked).
    """
    from mockserver.testing import activate  # noqa: PLC0415 - loaded in every pytest run

    with activate(profile=_profile(request), extensions=_extensions(request)) as active:
        yield active


@pytest.fixture
def webui_server(request: pytest.FixtureRequest) -> Iterator[Activated]:
    """A mock of v1.10.1, or of the marked profile, on a real port, for other processes too.

    It has ``url``, ``webui`` (the simulated server), ``app`` and ``journal`` (what it was asked).
    """
    from mockserver.backends.registry import (  # noqa: PLC0415
        create_app,
        simulate,
    )
    from mockserver.core.config import Config  # noqa: PLC0415 - as above
    from mockserver.http.threaded_server import ThreadedServer  # noqa: PLC0415 - as above
    from mockserver.testing import Activated  # noqa: PLC0415 - as above

    config = Config(extensions=_extensions(request))
    app = create_app(simulate(_profile(request), config))
    server = ThreadedServer(app)
    thread = threading.Thread(target=server.run, name="sdapi-mock", daemon=True)
    thread.start()
    yield Activated(server.url, app.webui, app)
    server.end()
    thread.join(_PATIENCE)
