"""A job watched while it runs; events instead of time make it last long enough."""

from __future__ import annotations

from threading import Event

import pytest
import requests
from clock import HandClock
from doubles import URL, Ask, Reply, mock, reply, served
from recorded import Recorded

from conformance.client import Client, Timeouts
from conformance.errors import ConnectionFailed
from conformance.runner.budget import Clock, RequestSender
from conformance.runner.watch import (
    INTERNAL,
    MODELS,
    PROGRESS,
    PROGRESS_BARE,
    Watcher,
    WatchPlan,
)

_PAYLOAD = {"steps": 1, "width": 64, "height": 64}
_PATIENCE = 10


class _Working:
    """A server whose job lasts until it was looked at so many times."""

    def __init__(self, looks: int) -> None:
        self._sound = Recorded("a1111-1.10.1")
        self._left = looks
        self._seen_enough = Event()

    def __call__(self, ask: Ask) -> Reply:
        if ask.route.endswith("txt2img"):
            assert self._seen_enough.wait(_PATIENCE)
            return self._sound(ask)
        self._left -= 1
        if self._left == 0:
            self._seen_enough.set()
        return reply({}) if ask.path == INTERNAL else self._sound(ask)


def _watcher(clock: HandClock) -> Watcher:
    return Watcher(
        RequestSender(Client(URL), Timeouts(read=_PATIENCE)), Clock(clock, lambda _: None)
    )


def test_progress_and_lists_are_looked_at_in_turn_while_the_job_runs() -> None:
    with served(_Working(looks=8)):
        job = _watcher(HandClock()).watch(_PAYLOAD)
    paths = [look.path for look in job.looks[:4]]
    assert paths == [PROGRESS, PROGRESS_BARE, MODELS, INTERNAL]
    assert len(job.of(MODELS)) >= 2
    assert all(look.exchange.status == 200 for look in job.looks)


def test_a_look_knows_whether_the_job_outlived_it() -> None:
    with served(_Working(looks=8)):
        job = _watcher(HandClock()).watch(_PAYLOAD)
    assert [look.outlived for look in job.looks[:7]] == [True] * 7


def test_the_answer_of_the_job_and_the_progress_after_it_are_kept() -> None:
    with served(_Working(looks=4)):
        job = _watcher(HandClock()).watch(_PAYLOAD)
    assert job.generation.picture.size == (64, 64)
    assert job.afterwards.json["state"]["job_count"] == 0


def test_a_job_whose_connection_breaks_is_reported_as_such() -> None:
    def breaks(ask: Ask) -> Reply:
        if ask.route.endswith("txt2img"):
            raise requests.ConnectionError("Connection aborted.")
        return mock_server(ask)

    mock_server = mock()
    with served(breaks), pytest.raises(ConnectionFailed):
        _watcher(HandClock()).watch(_PAYLOAD)


def test_no_other_job_is_sent_before_the_first_has_arrived() -> None:
    asked: list[str] = []
    both = Event()

    def answer(ask: Ask) -> Reply:
        asked.append(ask.route)
        if ask.route.endswith("txt2img"):
            if asked.count(ask.route) == 2:
                both.set()
            assert both.wait(_PATIENCE)
            return sound(ask)
        busy = asked.count(ask.route) > 3 and not both.is_set()
        state = {"job_count": int(busy)}
        return reply({"progress": 0.1 if busy else 0, "eta_relative": 0, "state": state})

    sound = mock()
    how = WatchPlan(paths=(PROGRESS_BARE,), others=(_PAYLOAD,))
    # Progress reads idle for as long as the first is on its way.
    with served(answer):
        job = _watcher(HandClock()).watch(_PAYLOAD, how)
    assert asked[:5].count("/sdapi/v1/txt2img") == 1
    assert len(job.others) == 1
