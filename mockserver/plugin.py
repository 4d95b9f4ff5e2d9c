"""Pytest plugin: a mock for each test, module or session that asks for one.

``webui`` answers in the process, ``webui_server`` on a real port; with ``_module`` or ``_session``
behind its name a fixture lives as long as that. ``make_webui`` and ``make_webui_server`` make
several. All are set up alike: by the ini value ``sdapi_mock``, by the marker
``sdapi_mock(name=value)``, by arguments of the factories; the nearest wins.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockserver.activated import Activated


_DEFAULT = "a1111-1.10.1"
_INI = "sdapi_mock"
_MARKER = "sdapi_mock"
_PROFILE = "sdapi_mock_profile"
_JOURNALS = pytest.StashKey[list[dict[str, Any]]]()
_EXTENSIONS = "sdapi_mock_extensions"
_STARTED = "(profile=..., step_time=..., clock='manual', faults=['oom'], ...): how the mock starts."
_MARKERS = (
    _MARKER + _STARTED,
    f"{_PROFILE}(name): the server that the mock simulates for this test.",
    f"{_EXTENSIONS}(name, ...): the extensions that the mock has for this test.",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini values that say how mocks are started where a test does not say it.

    Args:
        parser: of pytest.
    """
    parser.addini(_PROFILE, "Server that webui and webui_server simulate.", default=_DEFAULT)
    text = "Judge the client by what it asked all mocks of this run; .html, .xml, .json or .txt."
    parser.getgroup("sdapi-mock").addoption("--sdapi-mock-report", metavar="FILE", help=text)
    text = "How mocks are started: lines of name = value, as step_time = 0.01."
    parser.addini(_INI, text, type="linelist", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known.

    Args:
        config: of pytest.
    """
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The verdict on the client, where it was asked for.

    Args:
        terminalreporter: of pytest.
        config: of pytest.
    """
    file = config.getoption("--sdapi-mock-report")
    if not file:
        return
    from mockserver.cli.report_command import write_report  # noqa: PLC0415 - on demand
    from mockserver.clients.report import summary  # noqa: PLC0415 - as above
    from mockserver.clients.requirements import judge_all  # noqa: PLC0415 - as above

    journals = config.stash.setdefault(_JOURNALS, [])
    verdict = judge_all(journals)
    write_report(Path(file), verdict)
    terminalreporter.write_sep("-", "verdict on the client of sdapi-mock")
    terminalreporter.write_line(summary(verdict))
    for outcome in verdict.failed:
        asked = outcome.requirement
        terminalreporter.write_line(f"{asked.id} {asked.level} {asked.sentence}")
        for place in outcome.broken:
            terminalreporter.write_line(f"  {place}")


def _remembering(stack: ExitStack, request: pytest.FixtureRequest, active: Activated) -> Activated:
    """Keep what a mock was asked for the report of the run."""
    if request.config.getoption("--sdapi-mock-report"):
        kept = request.config.stash.setdefault(_JOURNALS, [])
        stack.callback(lambda: kept.append(active.journal.as_json()))
    return active


def _of_ini(config: pytest.Config) -> dict[str, Any]:
    """Settings of the ini file; values are JSON, or texts where they are none."""
    found: dict[str, Any] = {"profile": str(config.getini(_PROFILE))}
    for line in config.getini(_INI):
        name, equals, text = (part.strip() for part in line.partition("="))
        if not equals:
            raise pytest.UsageError(f"{_INI}: write name = value, not {line!r}")
        try:
            found[name] = json.loads(text)
        except ValueError:
            found[name] = text
    return found


def _of_markers(node: pytest.Item | pytest.Collector) -> dict[str, Any]:
    """Settings of the markers, the nearest last."""
    found: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers())):
        if marker.name == _MARKER:
            if marker.args:
                raise pytest.UsageError(f"write @pytest.mark.{_MARKER}(step_time=0.01), with names")
            found |= marker.kwargs
        elif marker.name == _PROFILE:
            if len(marker.args) != 1 or marker.kwargs:
                text = f'write @pytest.mark.{_PROFILE}("{_DEFAULT}"), with one name'
                raise pytest.UsageError(text)
            found["profile"] = str(marker.args[0])
        elif marker.name == _EXTENSIONS:
            if not marker.args or marker.kwargs or not all(isinstance(a, str) for a in marker.args):
                text = f'write @pytest.mark.{_EXTENSIONS}("controlnet", "adetailer")'
                raise pytest.UsageError(text)
            found["extensions"] = marker.args
    return found


def _settings(request: pytest.FixtureRequest, own: dict[str, Any] | None = None) -> dict[str, Any]:
    """How one mock is started."""
    from mockserver.core.errors import BadInput  # noqa: PLC0415 - loaded in every pytest run
    from mockserver.testing import check_settings  # noqa: PLC0415 - as above

    found = {**_of_ini(request.config), **_of_markers(request.node), **(own or {})}
    for name in ("auth", "extensions", "cors_origins"):
        if isinstance(found.get(name), list):
            found[name] = tuple(tuple(v) if isinstance(v, list) else v for v in found[name])
    try:
        check_settings(found)
    except BadInput as error:
        raise pytest.UsageError(str(error)) from error
    return found


def _in_process(
    stack: ExitStack, request: pytest.FixtureRequest, own: dict[str, Any], number: int = 1
) -> Activated:
    """A mock in this process; further ones have addresses of their own."""
    from mockserver.testing import TEST_ADDRESS, activate  # noqa: PLC0415 - as above

    settings = _settings(request, own)
    address = TEST_ADDRESS if number == 1 else TEST_ADDRESS.replace("webui", f"webui{number}")
    active = stack.enter_context(activate(settings.pop("url", address), **settings))
    return _remembering(stack, request, active)


def _on_port(
    stack: ExitStack, request: pytest.FixtureRequest, own: dict[str, Any], number: int = 1
) -> Activated:
    """A mock on a free port of the loopback."""
    from mockserver.testing import serve_in_thread  # noqa: PLC0415 - as above

    del number
    settings = _settings(request, own)
    settings.pop("url", None)
    return _remembering(stack, request, stack.enter_context(serve_in_thread(**settings)))


@pytest.fixture
def webui(request: pytest.FixtureRequest) -> Iterator[Activated]:
    """A fresh mock for this test, in this process, at http://webui.test:7860.

    requests, urllib3, httpx and aiohttp are answered there. It has ``url``, ``requests`` and
    ``verify`` (what it was asked), ``fault`` and ``faults`` (what goes wrong), ``models``,
    ``loras``, ``styles`` (what lies on its machine), ``clock``, ``reset()``, ``webui`` (the
    simulated server) and ``app``.

    Args:
        request: of pytest.
    """
    with ExitStack() as stack:
        yield _in_process(stack, request, {})


@pytest.fixture
def webui_server(request: pytest.FixtureRequest) -> Iterator[Activated]:
    """A fresh mock for this test on a real port, for every library and other processes too.

    It has what `webui` has.

    Args:
        request: of pytest.
    """
    with ExitStack() as stack:
        yield _on_port(stack, request, {})


@pytest.fixture(scope="module")
def webui_module(request: pytest.FixtureRequest) -> Iterator[Activated]:
    """A mock for all tests of a module, in this process; `reset()` makes it fresh.

    Args:
        request: of pytest.
    """
    with ExitStack() as stack:
        yield _in_process(stack, request, {})


@pytest.fixture(scope="module")
def webui_server_module(request: pytest.FixtureRequest) -> Iterator[Activated]:
    """A mock for all tests of a module, on a real port; `reset()` makes it fresh.

    Args:
        request: of pytest.
    """
    with ExitStack() as stack:
        yield _on_port(stack, request, {})


@pytest.fixture(scope="session")
def webui_session(request: pytest.FixtureRequest) -> Iterator[Activated]:
    """A mock for the whole run, in this process; `reset()` makes it fresh.

    Args:
        request: of pytest.
    """
    with ExitStack() as stack:
        yield _in_process(stack, request, {})


@pytest.fixture(scope="session")
def webui_server_session(request: pytest.FixtureRequest) -> Iterator[Activated]:
    """A mock for the whole run, on a real port; `reset()` makes it fresh.

    Args:
        request: of pytest.
    """
    with ExitStack() as stack:
        yield _on_port(stack, request, {})


def _factory(
    request: pytest.FixtureRequest, make: Callable[..., Activated]
) -> Iterator[Callable[..., Activated]]:
    count = 0
    with ExitStack() as stack:

        def another(**settings: Any) -> Activated:
            nonlocal count
            count += 1
            return make(stack, request, settings, count)

        yield another


@pytest.fixture
def make_webui(request: pytest.FixtureRequest) -> Iterator[Callable[..., Activated]]:
    """Makes mocks in this process: ``make_webui(profile="forge")``; each has its own address.

    Args:
        request: of pytest.
    """
    yield from _factory(request, _in_process)


@pytest.fixture
def make_webui_server(request: pytest.FixtureRequest) -> Iterator[Callable[..., Activated]]:
    """Makes mocks on ports of their own: ``make_webui_server(step_time=0.01)``.

    Args:
        request: of pytest.
    """
    yield from _factory(request, _on_port)
