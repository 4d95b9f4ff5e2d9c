"""What a check is registered with, and what it samples by that."""

from __future__ import annotations

import pytest

from conformance.checks import Check
from conformance.errors import SuiteError
from conformance.runner.registry import all_checks, check


def _check(*needs: str, own_steps: int = 0) -> Check:
    return Check("LIST-001", lambda _: None, frozenset(needs), own_steps)


@pytest.mark.parametrize(
    ("asked", "made", "steps"),
    [
        pytest.param(_check(own_steps=3), (), 3, id="its own"),
        pytest.param(_check("one_image", "batch_of_two"), (), 3, id="shared pictures"),
        pytest.param(_check("one_image", "batch_of_two"), ("one_image",), 2, id="one made before"),
        pytest.param(_check("one_image", own_steps=3), (), 4, id="both"),
        pytest.param(_check(), (), 0, id="neither"),
    ],
)
def test_a_check_samples_its_own_and_what_was_not_made_before(
    asked: Check, made: tuple[str, ...], steps: int
) -> None:
    assert asked.steps(frozenset(made)) == steps


def test_long_jobs_cost_what_was_measured_or_what_is_foreseen() -> None:
    asked = _check("watched", "queued", "one_image")
    assert asked.long_pixel_steps(64, (), {}) == (20 + 24) * 64**2
    assert asked.long_pixel_steps(64, ("queued",), {"watched": 7}) == 7


def test_a_requirement_has_one_check() -> None:
    all_checks()
    with pytest.raises(SuiteError, match="LIST-001 has two checks"):
        check("LIST-001")(lambda _: None)


def test_a_check_needs_pictures_that_a_context_makes() -> None:
    with pytest.raises(SuiteError, match="LIST-999 needs pictures, which no context has"):
        check("LIST-999", needs=("one_image", "pictures"))(lambda _: None)
