from __future__ import annotations

from datetime import UTC, datetime

from loads import plan, sample

from conformance.load.result import LoadResult, Recorder
from conformance.load.samples import Outcome, Seen

_NOW = datetime(2026, 11, 29, tzinfo=UTC)
_TALLY = {"count": 2, "failed": 1, "seconds": 0.5, "slowest": 0.4}


def _report(*samples: object) -> dict[str, object]:
    made = [each.to_json() for each in samples]
    return {"event": "report", "spent": 2.0, "samples": made, "tallies": {"progress": _TALLY}}


def _usage(role: str, **more: float) -> dict[str, object]:
    return {"event": "usage", "role": role, "cpu": 1.0, "memory": 80.0, "base": 60.0, **more}


def _recorded(*events: dict[str, object]) -> LoadResult:
    recorder = Recorder(plan(stages=(1, 2)), _NOW)
    for event in events:
        recorder.handle(event)
    return recorder.result()


_STAGE = {"event": "stage", "number": 0, "load": 1, "at": 100.0}
_NEXT = {"event": "stage", "number": 1, "load": 2, "at": 110.0}
_END = {
    "event": "end",
    "at": 120.0,
    "reason": "the ramp is at its end",
    "breached": False,
    "spent": 3.0,
    "unfinished": 0,
    "lost": False,
}


def test_a_result_has_the_stages_and_pictures_of_the_events() -> None:
    found = _recorded(_STAGE, _report(sample(100, 102)), _NEXT, _report(sample(111, 113)), _END)
    assert [(stage.start, stage.seconds, stage.pictures) for stage in found.stages] == [
        (0.0, 10.0, 1),
        (10.0, 10.0, 1),
    ]
    assert found.seconds == 20.0
    assert (found.reason, found.spent) == ("the ramp is at its end", 3.0)
    assert not found.lost


def test_requests_of_all_reports_add_up() -> None:
    found = _recorded(_STAGE, _report(), _report(), _END)
    assert found.tallies["progress"].count == 4
    assert found.tallies["progress"].failed == 2
    assert found.tallies["progress"].mean == 0.25


def test_a_load_that_was_cut_off_has_a_result_too() -> None:
    found = _recorded(_STAGE, _report(sample(100, 106)))
    assert found.reason == "it was cut off"
    assert found.lost
    assert found.stages[0].seconds == 6.0
    assert found.spent == 2.0
    assert _recorded().stages == ()


def test_the_effort_is_that_of_all_workers_and_of_the_one_that_counts() -> None:
    worker = _usage("worker", users=4)
    found = _recorded(
        _STAGE, _report(sample(100, 102)), _END, _usage("master", users=0), worker, worker
    )
    assert found.effort is not None
    assert (found.effort.cpu, found.effort.counting, found.effort.users) == (2.0, 1.0, 4)
    assert found.effort.requests == 3


def test_problems_are_counted_the_commonest_first() -> None:
    wrong = sample(100, 101, outcome=Outcome.WRONG, problem="info has another's seed")
    failed = sample(100, 101, outcome=Outcome.FAILED, problem="HTTP 500")
    found = _recorded(_STAGE, _report(failed, wrong, wrong), _END)
    assert found.problems == {"info has another's seed": 2, "HTTP 500": 1}
    assert found.capacity is None


def test_it_is_known_how_the_beginning_of_the_work_was_seen() -> None:
    stamped = sample(100, 101, seen=Seen.STAMP)
    found = _recorded(_STAGE, _report(sample(100, 101), stamped), _END)
    assert found.seen == {Seen.TASK: 1, Seen.STAMP: 1, Seen.NO: 0}


def test_why_a_load_was_cut_off_is_said_where_it_is_known() -> None:
    recorder = Recorder(plan(stages=(1, 2)), _NOW)
    recorder.handle(_STAGE)
    recorder.cut_off = "the process that makes the load ended: signal 9"
    assert recorder.result().reason == "the process that makes the load ended: signal 9"
