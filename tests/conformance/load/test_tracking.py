from __future__ import annotations

from random import Random

import pytest

from conformance.load.judging import Order
from conformance.load.samples import Seen
from conformance.load.tracking import Tracker
from conformance.load.workload import Job

_ORDER = Order.make(Job(64, 64, 4), Random(1), "run")  # noqa: S311 - nothing secret


def _tracker(**more: bool) -> Tracker:
    return Tracker(_ORDER, 10.0, impatient=False, **more)


def test_the_work_begins_between_the_last_look_at_the_queue_and_the_first_at_the_work() -> None:
    tracker = _tracker()
    tracker.task(11.0, {"queued": True, "active": False, "completed": False})
    tracker.task(12.0, {"queued": True, "active": False, "completed": False})
    tracker.task(13.0, {"queued": False, "active": True, "completed": False})
    tracker.task(14.0, {"queued": False, "active": True, "completed": False})
    assert tracker.started(None, 15.0) == (12.5, Seen.TASK)


def test_who_is_served_at_the_first_look_did_not_wait() -> None:
    tracker = _tracker()
    tracker.task(10.2, {"queued": False, "active": True, "completed": False})
    assert tracker.started(None, 15.0) == (10.0, Seen.TASK)


def test_another_server_behind_a_balancer_knows_nothing_of_the_task() -> None:
    tracker = _tracker()
    tracker.task(11.0, {"queued": True, "active": False, "completed": False})
    tracker.task(12.0, {"queued": False, "active": False, "completed": False})
    tracker.task(13.0, {"queued": False, "active": True, "completed": False})
    assert tracker.started(None, 15.0) == (12.0, Seen.TASK)


_NONE = {"queued": False, "active": False, "completed": False}


def test_several_servers_answer_where_one_forgot_a_task_that_another_knows() -> None:
    tracker = _tracker()
    # Not yet there is not forgotten.
    tracker.task(11.0, _NONE)
    assert not tracker.several
    tracker.task(12.0, {**_NONE, "active": True})
    tracker.task(13.0, {**_NONE, "completed": True})
    assert not tracker.several
    tracker.task(14.0, _NONE)
    assert tracker.several


def test_without_tasks_the_stamp_of_the_picture_shows_when_its_job_began() -> None:
    tracker = _tracker()
    for at, stamp in ((11.0, "20261129120000"), (12.0, "20261129120002"), (13.0, "20261129120002")):
        tracker.progress(at, {"state": {"job_timestamp": stamp}})
    assert tracker.started("20261129120002", 15.0) == (11.5, Seen.STAMP)
    assert tracker.started("20261129120009", 15.0) == (None, Seen.NO)
    assert tracker.started(None, 15.0) == (None, Seen.NO)


def test_a_stamp_of_a_short_job_may_be_that_of_the_one_before() -> None:
    tracker = _tracker()
    tracker.progress(11.0, {"state": {"job_timestamp": "20261129120002"}})
    assert tracker.started("20261129120002", 12.0) == (None, Seen.NO)


@pytest.mark.parametrize("answer", [None, [], {}, {"state": None}, {"state": {"job_timestamp": 3}}])
def test_a_progress_that_cannot_be_read_shows_nothing(answer: object) -> None:
    tracker = _tracker()
    tracker.progress(11.0, answer)
    tracker.task(12.0, answer)
    assert tracker.started("3", 15.0) == (None, Seen.NO)
