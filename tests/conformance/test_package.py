"""The package as its users import it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import conformance


@pytest.mark.parametrize("name", conformance.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(conformance, name).__module__.startswith("conformance.")


def test_public_names_are_sorted() -> None:
    assert conformance.__all__ == sorted(conformance.__all__)


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Server'"):
        _ = conformance.Server


def test_the_pytest_plugin_loads_nothing_heavy() -> None:
    code = "import sys, conformance.plugin; print(*sorted(sys.modules))"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"requests", "PIL", "hypothesis", "conformance.client", "mockserver"}
