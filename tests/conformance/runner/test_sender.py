from __future__ import annotations

from collections import deque

import pytest
import requests
from clock import HandClock
from doubles import URL, Ask, Reply, mock, reply, served

from conformance.client import Client, Timeouts
from conformance.errors import ConnectionFailed
from conformance.runner.budget import RequestSender


def _wire(clock: HandClock | None = None) -> RequestSender:
    return RequestSender(Client(URL), Timeouts(connect=5, read=300), clock=clock or HandClock())


def test_what_a_check_sends_is_remembered_until_the_next_begins() -> None:
    with served(mock()):
        sender = _wire()
        sender.send("GET", "/sdapi/v1/samplers")
        assert [e.path for e in sender.touched] == ["/sdapi/v1/samplers"]
        sender.begin(None)
        assert sender.touched == ()


def test_what_was_made_before_is_remembered_once() -> None:
    with served(mock()):
        sender = _wire()
        exchange = sender.send("GET", "/sdapi/v1/samplers")
        sender.begin(None)
        sender.touch(exchange)
        sender.touch(exchange)
        assert sender.touched == (exchange,)


def test_a_request_that_broke_is_remembered_too() -> None:
    def breaks(_: Ask) -> Reply:
        raise requests.ConnectionError("Connection aborted.")

    with served(breaks):
        sender = _wire()
        with pytest.raises(ConnectionFailed):
            sender.send("GET", "/sdapi/v1/samplers")
        assert [e.status for e in sender.touched] == [None]


def test_a_poll_of_hundreds_keeps_the_latest_fifty() -> None:
    with served(lambda _: reply([])):
        sender = _wire()
        for number in range(60):
            assert sender.send("GET", f"/{number}").path == f"/{number}"
        assert (len(sender.touched), sender.touched[0].path) == (50, "/10")


class _Recording(Client):
    """A client that remembers how long it was asked to wait."""

    def exchange(self, *args: object, **request: object) -> object:
        self.waited = request["timeout"]
        return super().exchange(*args, **request)


@pytest.mark.parametrize(
    ("passed", "read"),
    [
        pytest.param(0.0, 20.0, id="all of it"),
        pytest.param(15.0, 5.0, id="what is left"),
        pytest.param(60.0, 1.0, id="a moment, after the end"),
    ],
)
def test_a_request_may_take_what_is_left_of_the_check(passed: float, read: float) -> None:
    clock = HandClock()
    with served(mock()):
        client = _Recording(URL)
        sender = RequestSender(client, Timeouts(connect=5, read=300), clock=clock)
        sender.begin(20)
        clock.now += passed
        sender.send("GET", "/sdapi/v1/samplers")
    assert (client.waited.read, client.waited.total) == (read, read)


@pytest.mark.parametrize(
    ("method", "read", "waited"),
    [
        pytest.param("POST", 300, 300, id="a generation takes its time"),
        pytest.param("GET", 300, 30, id="a list does not"),
        pytest.param("GET", 7, 7, id="the user is less patient"),
    ],
)
def test_without_a_limit_the_timeouts_are_those_of_the_user(
    method: str, read: float, waited: float
) -> None:
    with served(mock()):
        client = _Recording(URL)
        sender = RequestSender(client, Timeouts(connect=2, read=read))
        sender.begin(None)
        sender.send(method, "/sdapi/v1/samplers")
    assert client.waited == Timeouts(connect=2, read=waited)


def test_a_generation_without_an_answer_may_be_made_until_a_later_one_is_answered() -> None:
    answers = deque([None, reply({"images": []})])

    def hangs(_: Ask) -> Reply:
        answer = answers.popleft()
        if answer is None:
            raise requests.ConnectionError("Connection aborted.")
        return answer

    first, second = ({"prompt": text, "steps": 1} for text in ("a", "b"))
    with served(hangs):
        sender = _wire()
        with pytest.raises(ConnectionFailed):
            sender.send("POST", "/sdapi/v1/txt2img", json=first)
        assert sender.under_way == (first,)
        sender.send("POST", "/sdapi/v1/txt2img", json=second)
        assert sender.under_way == ()
