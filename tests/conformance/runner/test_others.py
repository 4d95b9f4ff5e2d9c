"""Somebody else's jobs convict no server; what each try shows alike does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from clock import HandClock
from doubles import Ask, Reply, deaf, mock, reply, served
from judging import make_context

from conformance.checks import all_checks
from conformance.exchange import Exchange
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.generation import Generation
from conformance.runner.judge import judge
from conformance.runner.long_jobs import LongJobs
from conformance.runner.others import at_work, is_of_another, own_looks
from conformance.runner.watch import INTERNAL, PROGRESS, Observation, WatchedJob
from conformance.verdict import Failed, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doubles import Server

    from conformance.runner.check_context import CheckContext


_OWN, _OTHER = "20260101120005", "20260101120001"
_API = "/sdapi/v1"
_NAMED = load_catalogue()["PROGRESS-020"]


def _exchange(value: Any, path: str = PROGRESS) -> Exchange:
    body = json.dumps(value).encode()
    return Exchange(method="GET", path=path, url=path, status=200, body=body)


def _state(stamp: str, progress: float = 0.5, count: int = 1) -> dict[str, Any]:
    return {"progress": progress, "state": {"job_count": count, "job_timestamp": stamp}}


def _look(after: float, value: Any, path: str = PROGRESS) -> Observation:
    return Observation(path, _exchange(value, path), after, outlived=True)


def _job(*looks: Observation, stamp: str = _OWN) -> WatchedJob:
    info = json.dumps({"job_timestamp": stamp})
    answer = _exchange({"images": [], "parameters": {}, "info": info}, f"{_API}/txt2img")
    return WatchedJob(Generation({}, answer), looks, _exchange(_state(stamp, 0, 0)), seconds=2.0)


def test_looks_at_another_job_before_it_are_left_out() -> None:
    before, own = _look(0.1, _state(_OTHER, 0.9)), _look(0.5, _state(_OWN, 0.1))

    assert own_looks(_job(before, own), [before, own]) == [own]


def test_all_looks_count_where_no_look_has_the_moment_of_the_answer() -> None:
    looks = [_look(0.1, _state(_OTHER)), _look(0.2, _state(_OTHER))]

    assert own_looks(_job(*looks), looks) == looks


@pytest.mark.parametrize("stamp", ["", "0", None])
def test_all_looks_count_where_the_server_does_not_report_when_a_job_began(stamp: Any) -> None:
    looks = [_look(0.1, _state(stamp)), _look(0.2, _state(stamp))]

    assert own_looks(_job(*looks), looks) == looks


def test_of_jobs_that_began_in_the_same_second_the_task_shows_which_ran() -> None:
    waits, runs = ({"queued": q, "active": not q} for q in (True, False))
    looks = [_look(at, _state(_OWN)) for at in (0.1, 0.6, 0.9, 1.9)]
    tasks = [_look(0.2, waits, INTERNAL), _look(0.5, runs, INTERNAL), _look(1.0, runs, INTERNAL)]
    found = own_looks(_job(*looks, *tasks), looks)

    assert [look.after for look in found] == [0.6, 0.9]


@pytest.mark.parametrize(("stamp", "other"), [(_OTHER, True), (_OWN, False), ("", False)])
def test_a_job_that_began_at_another_moment_is_anothers(stamp: str, other: bool) -> None:
    job = _job(_look(0.5, _state(_OWN)))

    assert is_of_another(job, _exchange(_state(stamp))) is other


def _server(*answers: dict[str, Any]) -> Server:
    """A server whose progress answers these, the last one for ever."""
    left = list(answers)

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith("/progress"):
            return reply(left.pop(0) if len(left) > 1 else left[0])
        return reply(None, 404)

    return answer


def _context() -> CheckContext:
    time = HandClock()
    return make_context("a1111-1.10.1", clock=Clock(time, time.sleep))


@pytest.mark.parametrize(
    ("answers", "busy"),
    [
        pytest.param([_state(_OTHER)], True, id="of a moment that is none of the run's"),
        pytest.param([_state("", 0.2), _state("", 0.3)], True, id="moves"),
        pytest.param([_state("", 1.0)], False, id="left behind by a failure"),
        pytest.param([_state(_OTHER, 0.0, 0)], False, id="idle"),
    ],
)
def test_a_server_that_moves_by_itself_works_for_somebody(
    answers: list[dict[str, Any]], busy: bool
) -> None:
    with served(_server(*answers)):
        assert at_work(_context()) is busy


def _tries(*outcomes: str) -> Iterator[str]:
    yield from outcomes


def _judged(*outcomes: str, busy: bool = True) -> tuple[Verdict, str]:
    """The verdict of a check that finds one after the other; empty where it is met."""
    left = _tries(*outcomes)

    def look(context: CheckContext) -> None:
        made = context.post("txt2img", json={})
        found = next(left)
        if found:
            raise Failed("nothing", found, made)

    requirement = replace(load_catalogue()["TXT2IMG-076"])
    idle = deaf(mock(), route="/txt2img", method="POST", answer=reply({}))
    with served(idle):
        context = _context()
        context.shared = busy
        result = judge(requirement, look, context)
    return result.verdict, result.actual or result.reason


def test_a_check_that_holds_when_tried_again_convicts_nobody() -> None:
    verdict, words = _judged("half a picture", "")

    assert verdict is Verdict.PASS_LOOSE
    assert "somebody else's jobs ran meanwhile" in words


def test_what_each_try_shows_alike_is_the_servers() -> None:
    assert _judged("black", "black", "black") == (Verdict.FAIL, "black")


def test_what_each_try_shows_otherwise_is_left_open() -> None:
    verdict, words = _judged("0.1", "0.2", "0.3")

    assert verdict is Verdict.SKIPPED
    assert "try again later" in words


def test_nothing_is_tried_again_where_nobody_else_is_at_work() -> None:
    assert _judged("half a picture", "", busy=False) == (Verdict.FAIL, "half a picture")


def test_the_checks_of_progress_leave_anothers_job_alone() -> None:
    own, other = ({"state": _state(stamp)["state"] | {"job": "x"}} for stamp in (_OWN, _OTHER))
    looks = (_look(at, _state(_OWN) | own) for at in (0.5, 0.6))
    job = replace(_job(*looks), afterwards=_exchange(_state(_OTHER) | other))
    context = _context()
    with patch.object(LongJobs, "watched", job):
        result = judge(_NAMED, all_checks()[_NAMED.id].function, context)

    assert result.verdict is Verdict.SKIPPED
    assert "somebody else's job" in result.reason
