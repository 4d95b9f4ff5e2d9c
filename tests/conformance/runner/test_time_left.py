"""How long a run will still take."""

from __future__ import annotations

import pytest

from conformance.checks import Check
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.plan import Plan, PlannedCheck, TimeLeft
from conformance.verdict import Result, Verdict


def _planned(cost: float) -> PlannedCheck:
    return PlannedCheck(load_catalogue()["LIST-001"], Check("LIST-001", lambda _: None), cost)


def _took(seconds: float) -> Result:
    requirement = load_catalogue()["LIST-001"]
    return Result(requirement=requirement, verdict=Verdict.PASS, seconds=seconds)


_READ, _PICTURE = _planned(0.0), _planned(0.01)


def test_nothing_is_reported_before_three_checks_are_over() -> None:
    left = TimeLeft(Plan((_READ,) * 4, ()))
    for _ in range(2):
        left.finished(_READ, _took(2.0))
    assert left.seconds is None
    left.finished(_READ, _took(2.0))
    assert left.seconds == pytest.approx(2.0)


def test_pictures_are_not_guessed_from_reads() -> None:
    left = TimeLeft(Plan((_READ,) * 3 + (_PICTURE,) * 3, ()))
    for _ in range(3):
        left.finished(_READ, _took(0.1))
    assert left.seconds is None
    left.finished(_PICTURE, _took(10.0))
    assert left.seconds == pytest.approx(20.0)


def test_at_the_end_nothing_is_left() -> None:
    left = TimeLeft(Plan((_READ,) * 3, ()))
    for _ in range(3):
        left.finished(_READ, _took(1.0))
    assert left.seconds == 0
