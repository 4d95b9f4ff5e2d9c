from __future__ import annotations

import time
from random import Random
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from conformance.deployment.connection import Connection
from conformance.load.core.budget import Budget
from conformance.load.core.judging import Order
from conformance.load.core.plan import Habits
from conformance.load.core.sample import Outcome, Seen
from conformance.load.core.workload import Job, Mix
from conformance.load.visitors.crowd import Crowd
from conformance.load.visitors.ledger import Ledger, Report
from conformance.load.visitors.visitor import Look

if TYPE_CHECKING:
    from mockserver.testing import Webui

_ORDER = Order.make(Job(64, 64, 4), Random(1), "run")  # noqa: S311 - nothing secret
# Of 64x64 with 20 steps: a few tenths of a second.
_SLOW = pytest.mark.sdapi_mock(step_time=0.8)


class Users:
    """A crowd for one server, with its ledger and its budget."""

    def __init__(self, url: str, *, budget: float = 100.0, **habits: object) -> None:
        self.ledger = Ledger()
        self.budget = Budget(budget)
        behaviour = {"mix": Mix.parse("64x64x20"), "poll": 0.02, "task_ids": True, **habits}
        connection = Connection(url=url, timeout=20)
        self.crowd = Crowd(Habits(**behaviour), [connection], self.budget.take, self.ledger, seed=1)


def _look(**more: bool) -> Look:
    return Look(_ORDER, 10.0, fickle=False, **more)


def test_the_work_begins_between_the_last_look_at_the_queue_and_the_first_at_the_work() -> None:
    look = _look()
    look.task(11.0, {"queued": True, "active": False, "completed": False})
    look.task(12.0, {"queued": True, "active": False, "completed": False})
    look.task(13.0, {"queued": False, "active": True, "completed": False})
    look.task(14.0, {"queued": False, "active": True, "completed": False})
    assert look.started(None, 15.0) == (12.5, Seen.TASK)


def test_another_server_behind_a_balancer_knows_nothing_of_the_task() -> None:
    look = _look()
    look.task(11.0, {"queued": True, "active": False, "completed": False})
    look.task(12.0, {"queued": False, "active": False, "completed": False})
    look.task(13.0, {"queued": False, "active": True, "completed": False})
    assert look.started(None, 15.0) == (12.0, Seen.TASK)


def test_without_tasks_the_stamp_of_the_picture_shows_when_its_job_began() -> None:
    look = _look()
    for at, stamp in ((11.0, "20261129120000"), (12.0, "20261129120002"), (13.0, "20261129120002")):
        look.progress(at, {"state": {"job_timestamp": stamp}})
    assert look.started("20261129120002", 15.0) == (11.5, Seen.STAMP)
    assert look.started("20261129120009", 15.0) == (None, Seen.NO)
    assert look.started(None, 15.0) == (None, Seen.NO)


def test_a_stamp_of_a_short_job_may_be_that_of_the_one_before() -> None:
    look = _look()
    look.progress(11.0, {"state": {"job_timestamp": "20261129120002"}})
    assert look.started("20261129120002", 12.0) == (None, Seen.NO)


@pytest.mark.parametrize("answer", [None, [], {}, {"state": None}, {"state": {"job_timestamp": 3}}])
def test_a_progress_that_cannot_be_read_shows_nothing(answer: object) -> None:
    look = _look()
    look.progress(11.0, answer)
    look.task(12.0, answer)
    assert look.started("3", 15.0) == (None, Seen.NO)


@_SLOW
def test_a_user_gets_a_picture_and_sees_the_work_on_it_begin(webui_server: Webui) -> None:
    users = Users(webui_server.url)
    visitor = users.crowd.visitor()
    visitor.arrive()
    sample = visitor.picture()
    visitor.close()
    assert sample is not None
    assert (sample.outcome, sample.seen, sample.problem) == (Outcome.WHOLE, Seen.TASK, "")
    report = users.ledger.report()
    assert report.samples == (sample,)
    assert report.tallies["options"].count == 1
    assert report.tallies["progress"].failed == 0


@_SLOW
def test_a_picture_that_waits_for_another_job_has_a_wait(webui_server: Webui) -> None:
    users = Users(webui_server.url)
    webui_server.other_job(0.4)
    sample = users.crowd.visitor().picture()
    assert sample is not None
    assert sample.wait is not None
    assert sample.wait > 0.25
    assert sample.service is not None
    assert sample.wait + sample.service == pytest.approx(sample.total)


@_SLOW
def test_a_fickle_user_interrupts_the_own_picture_alone(webui_server: Webui) -> None:
    users = Users(webui_server.url, interrupts=1.0, mix=Mix.parse("64x64x150"))
    sample = users.crowd.visitor().picture()
    assert sample is not None
    assert (sample.outcome, sample.problem) == (Outcome.INTERRUPTED, "")
    # Once more where the job had not begun to sample when the first one came.
    webui_server.verify("interrupt", times=range(1, 4))


@_SLOW
def test_users_who_are_to_leave_give_up_what_is_being_made(webui_server: Webui) -> None:
    users = Users(webui_server.url, mix=Mix.parse("64x64x150"))
    made: list[object] = []
    both = [Thread(target=lambda: made.append(users.crowd.visitor().picture())) for _ in range(2)]
    for each in both:
        each.start()
    while len(users.ledger.report().running) < 2:
        time.sleep(0.01)
    users.crowd.office.leaving.set()
    for each in both:
        each.join(10)
    assert [sample.outcome for sample in made] == [Outcome.INTERRUPTED] * 2


def test_a_user_without_a_budget_asks_for_nothing(webui_server: Webui) -> None:
    users = Users(webui_server.url, budget=0.001)
    assert users.crowd.visitor().picture() is None
    webui_server.never("txt2img")


def test_a_server_that_is_gone_is_a_failure_in_words() -> None:
    sample = Users("http://127.0.0.1:9").crowd.visitor().picture()
    assert sample is not None
    assert sample.outcome is Outcome.FAILED
    assert "cannot be reached" in sample.problem


def test_an_error_of_the_server_is_a_failure(webui_server: Webui) -> None:
    webui_server.faults.add("oom")
    sample = Users(webui_server.url).crowd.visitor().picture()
    assert sample is not None
    assert sample.outcome is Outcome.FAILED
    assert "HTTP 500" in sample.problem


def test_users_are_spread_over_the_servers_in_turn(webui_server: Webui) -> None:
    connections = [Connection(url=webui_server.url) for _ in range(3)]
    habits = Habits(mix=Mix.parse("64x64x1"))
    crowd = Crowd(habits, connections, Budget(10).take, Ledger(), seed=1)
    visitors = [crowd.visitor() for _ in range(6)]
    samples = [visitor.picture() for visitor in visitors]
    assert [sample.server for sample in samples if sample] == [0, 1, 2, 0, 1, 2]


def test_users_come_at_random_until_nobody_is_to_come(webui_server: Webui) -> None:
    users = Users(webui_server.url, mix=Mix.parse("64x64x1"))
    users.crowd.rate = 3000
    coming = Thread(target=users.crowd.arrivals)
    coming.start()
    found: list[object] = []
    end = time.monotonic() + 10
    while len(found) < 5 and time.monotonic() < end:
        time.sleep(0.02)
        found += users.ledger.report().samples
    users.crowd.close()
    coming.join(5)
    assert not coming.is_alive()
    assert len(found) >= 5


def test_a_report_survives_json_and_is_not_given_twice() -> None:
    ledger = Ledger()
    ledger.sent(1, 10.0)
    ledger.asked("progress", 0.5, good=False)
    report = ledger.report()
    assert report.running == (10.0,)
    assert Report.from_json(report.to_json()) == report
    assert ledger.report().tallies == {}
