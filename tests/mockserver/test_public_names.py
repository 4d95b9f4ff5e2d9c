"""What the package offers, and what it does not import before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

import mockserver


def test_every_public_name_can_be_had() -> None:
    assert all(getattr(mockserver, name) is not None for name in mockserver.__all__)
    assert sorted(mockserver.__all__) == mockserver.__all__


def test_a_name_that_is_not_public_is_missing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        mockserver.nope  # noqa: B018 - the look-up is the test


def test_the_plugin_costs_other_test_runs_nothing() -> None:
    code = "import sys, mockserver.plugin; print([m for m in ('flask', 'PIL') if m in sys.modules])"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own code

    assert done.stdout.strip() == "[]"
