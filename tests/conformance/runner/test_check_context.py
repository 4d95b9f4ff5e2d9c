"""What the context shares between checks, and what it counts."""

from __future__ import annotations

from collections import Counter

import pytest
import requests
from doubles import Ask, Reply, Server, broken, deaf, instead, mock, reply, served
from judging import make_context
from recorded import Recorded

from conformance.runner.budget import PICTURE
from conformance.verdict import BudgetSpent, Failed, NotSupported

_NOT_FOUND = reply({"detail": "Not Found"}, 404)


class _Counted:
    """A server that counts what it is asked."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.asked: Counter[str] = Counter()

    def __call__(self, ask: Ask) -> Reply:
        self.asked[f"{ask.method} {ask.route}"] += 1
        return self._server(ask)


def test_a_shared_picture_is_made_once_and_counted_once() -> None:
    server = _Counted(Recorded("a1111-1.10.1"))
    with served(server):
        context = make_context()
        assert context.one_image is context.one_image
        assert context.meter.spent == 64 * 64 / PICTURE
    assert server.asked["POST /sdapi/v1/txt2img"] == 1


def test_every_look_at_a_shared_picture_is_remembered_with_the_check() -> None:
    with served(Recorded("a1111-1.10.1")):
        context = make_context()
        made = context.one_image
        context.sender.begin(None)
        assert context.one_image is made
        assert context.sender.touched == (made.exchange,)


def test_the_shared_requests_differ_in_what_their_names_say() -> None:
    with served(Recorded("a1111-1.10.1")):
        context = make_context()
        assert context.one_image.payload["seed"] == 7
        assert context.one_image_again.payload == context.one_image.payload
        assert context.batch_of_two.payload == {**context.one_image.payload, "batch_size": 2}
        assert context.two_iterations.payload == {**context.one_image.payload, "n_iter": 2}
        assert context.one_image_again is not context.one_image


def test_a_shared_picture_that_could_not_be_made_fails_every_check_alike() -> None:
    server = _Counted(deaf(mock(), route="txt2img", method="POST", answer=_NOT_FOUND))
    with served(server):
        context = make_context("a1111")
        for _ in range(2):
            with pytest.raises(Failed, match="it is absent"):
                _ = context.one_image.images
    assert server.asked["POST /sdapi/v1/txt2img"] == 1


def test_a_list_is_read_once_for_all_checks() -> None:
    server = _Counted(mock())
    with served(server):
        context = make_context("a1111")
        assert context.read("samplers") is context.read("/sdapi/v1/samplers")
        context.get("samplers")
    assert server.asked["GET /sdapi/v1/samplers"] == 2


def test_an_absent_route_is_unsupported_where_it_is_not_promised() -> None:
    with served(Recorded("koboldcpp-1.111")):
        context = make_context("kobold")
        with pytest.raises(NotSupported, match="GET /sdapi/v1/progress is absent"):
            context.get("progress")
        with pytest.raises(NotSupported, match="POST /sdapi/v1/png-info is absent"):
            context.post("png-info", json={})


def test_an_absent_route_is_a_failure_where_it_is_promised() -> None:
    server = deaf(mock(), route="progress", method="GET", answer=_NOT_FOUND)
    absent = pytest.raises(Failed, match="the route GET /sdapi/v1/progress; actual: it is absent")
    with served(server), absent:
        make_context("a1111").get("progress")


def test_a_404_about_something_else_is_no_absent_route() -> None:
    words = reply({"error": "HTTPException", "detail": "Model not found"}, 404)
    with served(broken(mock(), instead(words), route="loras")):
        assert make_context("kobold").get("loras").status == 404


def test_a_generation_beyond_the_budget_is_not_asked_for() -> None:
    server = _Counted(mock())
    with served(server):
        context = make_context("a1111", budget=0.0001)
        with pytest.raises(BudgetSpent):
            _ = context.one_image
    assert server.asked["POST /sdapi/v1/txt2img"] == 0


def test_a_broken_connection_of_a_shared_read_is_a_failure_with_its_words() -> None:
    def breaks(_: Ask) -> Reply:
        raise requests.exceptions.ChunkedEncodingError("cut")

    with served(breaks):
        context = make_context("a1111")
        with pytest.raises(Failed) as raised:
            context.read("samplers")
    assert "in the middle of its answer" in raised.value.actual


def test_the_size_of_small_pictures_can_be_chosen() -> None:
    with served(Recorded("a1111-1.10.1")):
        assert make_context(size=128).one_image.payload["width"] == 128
