"""A mock on a real port with a gateway before it, and runs that go through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from gateway import Gateway, standing_before

from conformance.cli import execute

if TYPE_CHECKING:
    from mockserver.activated import Activated

# Makes a gateway before the mock, by its fields, and tells the address at which it is reached.
Before = Callable[..., "tuple[str, Gateway]"]
Smoke = Callable[..., "tuple[int, str, str]"]


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials and proxies of whoever runs the tests."""
    for name in ("SDAPI_AUTH", "SDAPI_TOKEN", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def before_the_mock(webui_server: Activated) -> Iterator[Before]:
    """Put a gateway before a mock: ``before_the_mock(prefix="/sd", tls=True)``."""
    with ExitStack() as stack:

        def make(*, ipv6: bool = False, tls: bool = False, **fields: Any) -> tuple[str, Gateway]:
            gateway = Gateway(webui_server.url, **fields)
            return stack.enter_context(standing_before(gateway, ipv6=ipv6, tls=tls)), gateway

        yield make


@pytest.fixture
def smoke(capsys: pytest.CaptureFixture[str]) -> Smoke:
    """Run ``sdapi-check`` in mode smoke: its exit code, output and errors."""

    def run(url: str, *args: str) -> tuple[int, str, str]:
        code = execute([url, "--mode", "smoke", "--patience", "0", *args])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
