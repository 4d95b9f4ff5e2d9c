from threading import Thread

from conformance.load.core.budget import Budget


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
