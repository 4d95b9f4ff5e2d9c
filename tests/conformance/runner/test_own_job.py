"""A picture of ours is interrupted, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from doubles import URL, Ask, Reply, Server, reply, served

from conformance.client import Client
from conformance.detection.readiness import Patience
from conformance.runner import generation, own_job
from conformance.runner.own_job import stop_own_job

_OURS = generation.one_image(64) | {"steps": 20}
_TASK = _OURS | {"force_task_id": "task(ours)"}


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_job, "_GAP", 0.0)


class _Working:
    """A server that works until it is interrupted."""

    def __init__(self, steps: int, count: int = 1, task: str = "") -> None:
        self.state = {"job_count": count, "sampling_steps": steps}
        self.task = task
        self.interrupted = False

    def __call__(self, ask: Ask) -> Reply:
        if ask.route.endswith("/interrupt"):
            self.interrupted, self.state = True, {"job_count": 0}
            return reply({})
        if ask.route == "/internal/progress":
            if not self.task:
                return reply({"detail": "Not Found"}, 404)
            return reply({"active": self.task == ask.json["id_task"], "queued": True})
        return reply({"progress": 0.5, "state": self.state})


@pytest.mark.parametrize(
    ("server", "payload", "ours"),
    [
        pytest.param(_Working(20), _OURS, True, id="its steps"),
        pytest.param(_Working(30), _OURS, False, id="others' steps"),
        pytest.param(_Working(20, count=4), _OURS, False, id="others' pictures"),
        pytest.param(_Working(20, task="task(ours)"), _TASK, True, id="its task"),
        pytest.param(_Working(20, task="task(theirs)"), _TASK, False, id="ours waits behind it"),
        pytest.param(_Working(20), _TASK, True, id="no tasks, its steps"),
        pytest.param(_Working(5), _OURS | {"init_images": ["x"]}, True, id="a share of its steps"),
        pytest.param(_Working(20, count=0), _OURS, False, id="idle"),
    ],
)
def test_only_a_job_of_ours_is_interrupted(
    server: _Working, payload: dict[str, Any], ours: bool
) -> None:
    with served(server):
        words = list(stop_own_job(Client(URL), [payload]))
    assert server.interrupted is ours
    assert ("the picture that this run had asked for was interrupted" in words) is ours


def test_nothing_is_asked_where_nothing_is_under_way() -> None:
    def silent(ask: Ask) -> Reply:
        pytest.fail(f"{ask.path} was asked")

    server: Server = silent
    with served(server):
        assert list(stop_own_job(Client(URL), [])) == []


def test_a_job_that_seems_to_be_somebody_elses_is_reported_and_goes_on() -> None:
    server = _Working(30)
    with served(server):
        (words,) = stop_own_job(Client(URL), [_OURS])
    assert words.startswith("the server works on, for somebody else")
    assert not server.interrupted


def test_a_job_that_does_not_end_is_reported() -> None:
    working = _Working(20)

    def stubborn(ask: Ask) -> Reply:
        if ask.route.endswith("/interrupt"):
            return Reply(599, {}, b"")
        return working(ask)

    with served(stubborn), pytest.MonkeyPatch.context() as patch:
        patch.setattr(own_job, "_PATIENCE", Patience(limit=0.0, gap=0.0))
        words = list(stop_own_job(Client(URL), [_OURS]))
    assert words == ["the picture that this run had asked for could not be interrupted"]


@pytest.mark.parametrize("state", [None, [], {}, {"job_count": None}])
def test_a_server_that_shows_no_state_is_taken_for_idle(state: Any) -> None:
    with served(lambda _: reply({"state": state})):
        assert list(stop_own_job(Client(URL), [_OURS])) == []
