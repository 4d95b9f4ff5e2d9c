"""Every requirement is seen to fail: a server breaks it, and its check says so."""

from __future__ import annotations

import pytest
from broken.registry import BrokenServer, family, pairs

from conformance.checks import all_checks
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.judge import judge


@pytest.mark.parametrize(
    ("server", "name"),
    [pytest.param(server, name, id=f"{server.name} by {name}") for server, name in pairs()],
)
def test_a_broken_server_is_convicted(server: BrokenServer, name: str) -> None:
    with server.context() as context:
        result = judge(load_catalogue()[name], all_checks()[name].function, context)
    assert result.verdict.unmet, f"{result.verdict}: {result.reason}"
    assert result.expected
    assert result.actual


@pytest.mark.parametrize("server", family().values(), ids=lambda server: server.name)
def test_a_broken_server_names_requirements_that_exist(server: BrokenServer) -> None:
    assert set(server.convicted_by) <= set(load_catalogue().ids)


def test_every_requirement_convicts_somebody() -> None:
    proven = {name for _, name in pairs()}
    assert set(load_catalogue().ids) - proven == set()
