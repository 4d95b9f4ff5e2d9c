from __future__ import annotations

from typing import Any

import pytest

from conformance.checks import Check
from conformance.detection.profile import ServerProfile
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.requirement import Level
from conformance.runner.budget import PICTURE
from conformance.runner.plan import Limits, Mode, make_plan
from conformance.verdict import Verdict

_ONE = 64 * 64 / PICTURE


def _check(name: str, *needs: str, **more: Any) -> Check:
    return Check(name, lambda _: None, frozenset(needs), **more)


def _plan(checks: list[Check], mode: Mode = Mode.FULL, **limits: Any) -> Any:
    profile = ServerProfile.parse(limits.pop("profile", "a1111-1.10.1"))
    requirements = [load_catalogue()[check.id] for check in checks]
    by_id = {check.id: check for check in checks}
    return make_plan(requirements, by_id, Limits(profile=profile, mode=mode, **limits))


def test_mild_effects_come_first_and_looking_back_comes_last() -> None:
    plan = _plan(
        [
            _check("HTTP-018", last=True),
            _check("INTERRUPT-004"),
            _check("OPT-004"),
            _check("TXT2IMG-001", "one_image"),
            _check("LIST-001"),
        ],
    )
    order = [planned.requirement.id for planned in plan.checks]
    assert order == ["LIST-001", "TXT2IMG-001", "OPT-004", "INTERRUPT-004", "HTTP-018"]


def test_the_order_is_the_same_every_time() -> None:
    checks = [_check(name) for name in load_catalogue().ids]
    orders = {tuple(p.requirement.id for p in _plan(checks).checks) for _ in range(3)}
    assert len(orders) == 1


def test_a_shared_picture_is_counted_with_the_first_that_needs_it() -> None:
    plan = _plan(
        [_check("TXT2IMG-001", "one_image"), _check("TXT2IMG-018", "one_image", "batch_of_two")]
    )
    assert [round(planned.cost / _ONE) for planned in plan.checks] == [1, 2]
    assert plan.cost == pytest.approx(3 * _ONE)


def test_what_a_check_samples_itself_is_counted_by_size() -> None:
    plan = _plan([_check("TXT2IMG-030", own_steps=2)], size=128)
    assert plan.cost == pytest.approx(8 * _ONE)


def test_what_a_server_does_not_promise_is_not_applicable() -> None:
    (result,) = _plan([_check("LIST-021")], profile="a1111-1.6").left_out
    assert result.verdict is Verdict.NOT_APPLICABLE
    assert result.reason == "it applies to a1111>=1.10, forge, reforge, and this is a1111 1.6"


def test_what_the_mode_forbids_is_not_run() -> None:
    (result,) = _plan([_check("OPT-004")], Mode.SAFE).left_out
    assert (result.verdict, "--mode restore" in result.reason) == (Verdict.NOT_RUN, True)


def test_a_requirement_without_a_check_is_not_run() -> None:
    limits = Limits(profile=ServerProfile.parse("a1111"), mode=Mode.FULL)
    plan = make_plan([load_catalogue()["LIST-001"]], {}, limits)
    assert [(r.verdict, r.reason) for r in plan.left_out] == [(Verdict.NOT_RUN, "it has no check")]


def test_the_budget_leaves_out_what_is_too_dear_and_runs_what_is_free() -> None:
    plan = _plan(
        [
            _check("TXT2IMG-001", "one_image"),
            _check("TXT2IMG-018", "batch_of_two"),
            _check("TXT2IMG-002", "one_image"),
            _check("LIST-001"),
        ],
        budget=1.5 * _ONE,
    )
    assert {p.requirement.id for p in plan.checks} == {"LIST-001", "TXT2IMG-001", "TXT2IMG-002"}
    assert [r.id for r in plan.left_out] == ["TXT2IMG-018"]
    assert "of the budget of" in plan.left_out[0].reason


def test_a_budget_of_nothing_runs_the_reads() -> None:
    plan = _plan([_check("TXT2IMG-001", "one_image"), _check("LIST-001")], budget=0)
    assert [p.requirement.id for p in plan.checks] == ["LIST-001"]


def test_a_budget_of_just_what_the_plan_costs_leaves_nothing_out() -> None:
    checks = [_check("TXT2IMG-001", "one_image"), _check("TXT2IMG-018", "batch_of_two")]
    cost = _plan(checks).cost
    assert _plan(checks, budget=cost).left_out == ()
    assert [r.id for r in _plan(checks, budget=cost * 0.999).left_out] == ["TXT2IMG-018"]


@pytest.mark.parametrize(
    ("profile", "level"),
    [
        pytest.param("a1111-1.10.1", Level.MUST, id="all of the kind meet it"),
        pytest.param("sdnext", Level.SHOULD, id="genuine servers do not"),
    ],
)
def test_a_requirement_binds_more_where_every_genuine_server_of_the_kind_meets_it(
    profile: str, level: Level
) -> None:
    (planned,) = _plan([_check("LIST-010")], profile=profile).checks
    assert planned.requirement.level is level
