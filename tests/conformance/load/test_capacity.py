import pytest
from loads import plan, ramp, sample

from conformance.load.capacity import capacity_of, seats, users_at, wait_at
from conformance.load.figures import stage_figures
from conformance.load.plan import Arrival
from conformance.load.ramp import Stage


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


def test_a_single_user_shows_no_capacity() -> None:
    assert not ramp(plan(stages=(1,), think=0.0)).capacity.reached


def test_no_picture_is_no_capacity() -> None:
    stage = Stage(number=0, load=1, start=0.0, end=10.0)
    assert capacity_of(plan(stages=(1,)), stage_figures([stage], [])) is None


def test_arrivals_beyond_the_capacity_show_it() -> None:
    # Every second a user, and every two seconds a picture.
    pictures = [sample(n, 2 * n + 2, 2 * n) for n in range(100)]
    stage = Stage(number=0, load=60, start=0.0, end=100.0)
    made = plan(stages=(60,), arrival=Arrival.OPEN)
    found = capacity_of(made, stage_figures([stage], pictures))
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
    assert two.users == pytest.approx([2 * users for users in one.users])
    assert one.users[0] == pytest.approx(result.capacity.knee)
