"""Recorded answers of real servers, shared by the tests of the judge."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from recorded import whole

from mockserver.fixtures.recording import Step, read_recording

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[2] / "fixtures"
SERVERS = sorted(file.stem for file in (FIXTURES / "recordings").glob("*.jsonl"))


@cache
def recorded_steps(server: str) -> list[Step]:
    """Every request and answer of a recording, in order; pictures reduced to their facts."""
    cases = read_recording(FIXTURES / "recordings" / f"{server}.jsonl")
    return [step for case in cases for step in case.steps]


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> str:
    """The name of each recorded server in turn."""
    name: str = request.param
    return name


@pytest.fixture
def body_of() -> Callable[[Step], Any]:
    """The body of a recorded answer, with real pictures in it, of the recorded size and text."""
    return lambda step: whole(step.answer.body)


@pytest.fixture
def recorded() -> Callable[[str], list[Step]]:
    """The steps recorded on a server, by its name."""
    return recorded_steps


@pytest.fixture
def openapi() -> dict[str, Any]:
    """The API's own description by v1.10.1."""
    text = (FIXTURES / "a1111-1.10.1" / "openapi.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
