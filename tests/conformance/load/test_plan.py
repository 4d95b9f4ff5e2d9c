from __future__ import annotations

import json
from threading import Thread

from loads import plan

from conformance.load.plan import Arrival, Budget, Limits, Plan
from conformance.load.workload import Mix


def test_a_plan_survives_json() -> None:
    made = plan(stages=(1, 4), limits=Limits(30.0, None), arrival=Arrival.OPEN, interrupts=0.1)
    assert Plan.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_a_stage_waits_for_pictures_of_every_user() -> None:
    made = plan(stages=(1, 2, 4, 8), each=2, least=4)
    assert [made.pictures(number) for number in range(4)] == [4, 4, 8, 16]


def test_each_user_may_wait_for_one_more_picture_when_a_stage_has_its_own() -> None:
    assert plan(stages=(1, 2, 4, 8), each=2, least=4).whole == 32 + 15
    assert plan(stages=(1, 2, 4, 8), each=2, least=4, arrival=Arrival.OPEN).whole == 32


def test_a_request_for_a_batch_costs_as_much_as_its_pictures() -> None:
    made = plan(stages=(2,), each=2, mix=Mix.parse("512x512x20x4"))
    assert (made.whole, made.cost) == (6, 24.0)
    assert "up to 24 pictures in all" in "\n".join(made.lines())


def test_the_default_budget_is_enough_for_the_default_ramp() -> None:
    made = plan()
    assert made.cost <= made.budget


def test_the_plan_says_what_a_budget_too_small_leaves_out() -> None:
    lines = "\n".join(plan(budget=10).lines())
    assert "10 pictures of 512x512 at 20 steps, never more" in lines
    assert "--budget 47 would be enough" in lines


def test_a_budget_of_just_what_the_ramp_takes_is_enough() -> None:
    made = plan()
    assert "would be enough" not in "\n".join(plan(budget=made.cost).lines())
    assert "would be enough" in "\n".join(plan(budget=made.cost - 0.1).lines())


def test_the_plan_says_what_ends_the_ramp() -> None:
    lines = "\n".join(plan(limits=Limits(30.0, 0.01)).lines())
    assert "not there in 30 s" in lines
    assert "more than 1 %" in lines


def test_many_users_at_once_never_exceed_the_budget() -> None:
    budget, taken = Budget(100), []
    spenders = [
        Thread(target=lambda: [taken.append(1) for _ in range(50) if budget.take(1)])
        for _ in range(8)
    ]
    for spender in spenders:
        spender.start()
    for spender in spenders:
        spender.join()
    assert len(taken) == 100
    assert budget.spent == 100


def test_a_refusal_is_for_good_so_that_the_mix_stays() -> None:
    budget = Budget(2)
    assert budget.take(1.5)
    assert not budget.take(1.0)
    assert not budget.take(0.1)
    assert budget.used_up


def test_small_costs_add_up_to_the_whole_budget() -> None:
    budget = Budget(1)
    assert all(budget.take(0.1) for _ in range(10))
    assert not budget.take(0.1)


def test_a_closed_budget_pays_for_nothing() -> None:
    budget = Budget(10)
    budget.close()
    assert not budget.take(1)
    assert budget.spent == 0
