import pytest
from loads import Balancing, Deployment, plan, ramp, sample

from conformance.load.capacity import capacity_of, seats, users_at, wait_at
from conformance.load.figures import stage_figures
from conformance.load.plan import Arrival
from conformance.load.ramp import Stage
from conformance.load.workload import Mix


@pytest.mark.parametrize("servers", [1, 3])
@pytest.mark.parametrize("think", [0.0, 5.0])
def test_the_capacity_is_what_the_service_time_implies(servers: int, think: float) -> None:
    users = tuple(servers * each for each in (1, 2, 4, 8))
    found = ramp(plan(stages=users, think=think, behind=servers), service=2.0).capacity
    assert found.reached
    assert found.rate == pytest.approx(30 * servers, rel=0.02)
    assert found.servers == pytest.approx(servers, rel=0.02)
    assert found.knee == pytest.approx(servers * (2 + think) / 2, rel=0.02)


def test_servers_that_have_time_left_can_do_at_least_what_they_did() -> None:
    found = ramp(plan(stages=(1, 2), think=20.0), service=2.0).capacity
    assert not found.reached
    assert found.rate < 15


def test_of_servers_that_have_time_left_the_busiest_stage_counts() -> None:
    result = ramp(plan(stages=(1, 2), think=20.0), service=2.0)
    assert result.capacity.rate == max(stage.rate for stage in result.stages)


def test_a_single_user_shows_no_capacity() -> None:
    assert not ramp(plan(stages=(1,), think=0.0)).capacity.reached


def test_no_picture_is_no_capacity() -> None:
    stage = Stage(number=0, load=1, start=0.0, end=10.0)
    assert capacity_of(plan(stages=(1,)), stage_figures(plan(stages=(1,)), [stage], [])) is None


def test_arrivals_beyond_the_capacity_show_it() -> None:
    # Every second a user, and every two seconds a picture.
    pictures = [sample(n, 2 * n + 2, 2 * n) for n in range(100)]
    stage = Stage(number=0, load=60, start=0.0, end=100.0)
    made = plan(stages=(60,), arrival=Arrival.OPEN)
    found = capacity_of(made, stage_figures(made, [stage], pictures))
    assert found.reached
    assert found.rate == pytest.approx(30)
    assert found.knee == found.rate


def test_the_law_gives_the_waits_that_a_queue_has() -> None:
    result = ramp(plan(stages=(2, 4, 8, 16)), each=3000.0)
    for stage in result.stages[2:]:
        law = wait_at(result.capacity, 5.0, stage.load)
        assert stage.wait.mean == pytest.approx(law, rel=0.05)


def test_the_law_is_its_own_inverse() -> None:
    found = ramp(plan()).capacity
    users = users_at(found, 5.0, 30.0)
    assert wait_at(found, 5.0, users) == pytest.approx(30.0)


def test_more_servers_have_as_many_more_seats() -> None:
    result = ramp(plan(behind=3, stages=(3, 6, 12, 24)))
    one, two, *_ = seats(result.plan, result.capacity, (0.0, 10.0))
    assert (one.servers, two.servers) == (3, 6)
    assert (one.rate, two.rate) == (result.capacity.rate, 2 * result.capacity.rate)
    assert two.users == pytest.approx([2 * users for users in one.users])
    assert one.users[0] == pytest.approx(result.capacity.knee)


@pytest.mark.parametrize("service", [0.5, 4.0, 30.0])
@pytest.mark.parametrize("rates", [(0.67, 2.0), (0.9, 1.2), (0.5, 1.0, 1.5)])
def test_users_who_come_at_random_show_the_capacity_of_the_step_time(
    service: float, rates: tuple[float, ...]
) -> None:
    # Of the time in which nobody was there, or too few, nothing is counted.
    implied = 60 / service
    made = plan(stages=tuple(rate * implied for rate in rates), arrival=Arrival.OPEN)
    for seed in range(5):
        found = Deployment([service], seed=seed).load(made, each=40 * service).capacity
        assert found.reached
        assert found.rate == pytest.approx(implied, rel=0.02)
        assert found.knee == found.rate


@pytest.mark.parametrize("balancing", ["least", "turns", "random"])
@pytest.mark.parametrize("arrival", Arrival)
@pytest.mark.parametrize("named", [1, 3])
def test_three_servers_behind_a_balancer_have_three_times_the_capacity(
    balancing: Balancing, arrival: Arrival, named: int
) -> None:
    stages = (6, 24, 60) if arrival is Arrival.CLOSED else (60, 180)
    made = plan(stages=stages, think=0.0, arrival=arrival, behind=named)
    for seed in range(3):
        found = Deployment([2.0] * 3, balancing, seed).load(made, each=120).capacity
        assert found.reached
        assert found.rate == pytest.approx(90, rel=0.05)
        assert round(found.servers) == 3


@pytest.mark.parametrize("arrival", Arrival)
def test_servers_that_are_not_alike_have_the_sum_of_their_capacities(arrival: Arrival) -> None:
    stages = (3, 12, 24) if arrival is Arrival.CLOSED else (40, 120)
    made = plan(stages=stages, think=0.0, arrival=arrival, behind=3)
    found = Deployment([2.0, 3.0, 6.0]).load(made, each=180).capacity
    assert found.rate == pytest.approx(60, rel=0.05)


def test_a_balancer_that_does_not_look_lets_the_fast_wait_for_the_slow() -> None:
    made = plan(stages=(3, 6, 12), think=0.0, behind=3)
    found = Deployment([2.0, 3.0, 6.0], "turns").load(made, each=600).capacity
    # Each has every third picture, so that all are as fast as the slowest.
    assert found.rate == pytest.approx(30, rel=0.05)
    assert found.servers == pytest.approx(11 / 6, rel=0.05)
    assert found.idle == pytest.approx(1 - 11 / 18, rel=0.05)


def test_too_few_users_show_what_would_be_possible() -> None:
    made = plan(stages=(1, 2), think=10.0, behind=1)
    found = Deployment([2.0]).load(made, each=600).capacity
    assert not found.reached
    assert found.rate < 15
    assert found.possible == pytest.approx(30, rel=0.02)


def test_pictures_of_a_batch_count_and_its_request_is_what_users_wait_for() -> None:
    made = plan(stages=(4,), think=0.0, mix=Mix.parse("512x512x20x4"))
    kind = {"job": "512x512x20x4", "pictures": 4}
    pictures = [sample(max(8 * n - 24, 0), 8 * n + 8, 8 * n, **kind) for n in range(20)]
    stages = [Stage(number=0, load=4, start=0.0, end=160.0)]
    found = capacity_of(made, stage_figures(made, stages, pictures))
    assert found.rate == pytest.approx(30)
    assert found.service == pytest.approx(8)
    assert found.knee == pytest.approx(1)
    assert users_at(found, 0.0, 8.0) == pytest.approx(2)


def test_the_capacity_is_that_of_the_mix_whichever_kinds_chance_brought() -> None:
    # Twice as many long ones as the mix has; two and six seconds of work.
    made = plan(stages=(4,), think=0.0, mix=Mix.parse("512x512x20:2,512x512x60:1"))
    kinds = ["512x512x60", "512x512x20", "512x512x60"] * 10
    pictures, at = [], 0.0
    for kind in kinds:
        end = at + (6 if kind.endswith("60") else 2)
        pictures.append(sample(max(at - 15, 0), end, at, job=kind))
        at = end
    stages = [Stage(number=0, load=4, start=0.0, end=at)]
    found = capacity_of(made, stage_figures(made, stages, pictures))
    assert found.rate == pytest.approx(60 / ((2 * 2 + 6) / 3))
    assert found.service == pytest.approx(10 / 3)
