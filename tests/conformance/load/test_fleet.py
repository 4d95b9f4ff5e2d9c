from dataclasses import replace

import loads
import pytest
from loads import plan

from conformance.load.capacity import Capacity
from conformance.load.fleet import fleet, fleet_lines, memory_of_user

CAPACITY = Capacity(rate=12.0, reached=True, knee=2.0, servers=1.0, service=5.0, possible=12.0)
ONE = plan(task_ids=True)
EFFORT = replace(loads.EFFORT, counting=0.1)


def test_a_fleet_needs_what_one_server_needed_as_often_as_there_are_servers() -> None:
    found = fleet(10_000, ONE, CAPACITY, EFFORT)
    assert found.users == 20_000
    assert found.rate == pytest.approx(2000)
    # 2000 pictures a second at 30 ms, each worker busy for 60 % of the time.
    assert found.workers == 100
    assert found.users_each == 200
    assert found.memory_each == pytest.approx(60 + 200 * 0.2)
    assert found.network == pytest.approx(2000 * 0.5 * 8)
    assert found.connections == 40_000


def test_the_scarcest_thing_decides_how_many_machines_there_are() -> None:
    assert fleet(10_000, ONE, CAPACITY, EFFORT).machines == 7
    heavy = replace(EFFORT, bytes=500_000_000)
    assert fleet(10_000, ONE, CAPACITY, heavy).machines == 14


def test_a_process_that_cannot_count_so_fast_divides_the_fleet() -> None:
    found = fleet(10_000, ONE, CAPACITY, replace(EFFORT, counting=0.15))
    assert found.master == pytest.approx(3.0)
    assert found.parts == 5
    assert "5 parts of the fleet" in "\n".join(fleet_lines(found))


def test_measured_on_three_servers_a_fleet_has_so_many_threes() -> None:
    assert fleet(9_000, plan(behind=3), replace(CAPACITY, servers=3.0), EFFORT).users == 6000


def test_servers_that_nobody_named_are_counted_all_the_same() -> None:
    found = fleet(9_000, ONE, replace(CAPACITY, rate=36.0, servers=2.9), EFFORT)
    assert found.rate == pytest.approx(1800)


def test_polls_of_users_in_a_queue_are_no_polls_of_users_who_need_not_wait() -> None:
    # Ten polls in five seconds of work, and a hundred where many waited; a picture is as five.
    queued = replace(EFFORT, cpu=EFFORT.cpu * 105 / 15, requests=10_100)
    assert fleet(10_000, ONE, CAPACITY, queued).cpu == pytest.approx(0.03)


def test_a_batch_is_one_request_of_several_pictures() -> None:
    batches = replace(CAPACITY, rate=48.0, possible=48.0, batch=4.0)
    found = fleet(10_000, ONE, batches, EFFORT)
    assert (found.users, found.budget) == (20_000, 240_000)
    assert found.rate == pytest.approx(8000)


def test_few_pictures_say_nothing_of_a_fleet() -> None:
    assert fleet(10_000, ONE, CAPACITY, replace(EFFORT, pictures=20)) is None


def test_a_process_that_freed_memory_has_users_that_cost_none() -> None:
    assert memory_of_user(replace(EFFORT, memory=50.0)) == 0.0
