"""Differences between answers, and what may differ."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.fixtures.recording import Answer, Step
from mockserver.replay.compare import Depth, Volatile, answers


def answer(body: Any = None, status: int | None = 200, **headers: str) -> Answer:
    return Answer(status, headers, has_process_time=True, body=body, is_json=True)


def step(path: str = "/sdapi/v1/txt2img", json: Any = None) -> Step:
    return Step("POST", path, answer(), has_json=True, json=json)


def differences(expected: Answer, actual: Answer, volatile: Step | None = None) -> list[str]:
    found = answers(expected, actual, Volatile(volatile or step(json={"seed": 1, "subseed": 1})))
    return [f"{d.depth.name} {d.place}" for d in found]


@pytest.mark.parametrize(
    ("expected", "actual", "found"),
    [
        pytest.param({"a": 1}, {"a": 1}, [], id="equal"),
        pytest.param({"a": 1}, {"a": 1.0}, ["SHAPE /a"], id="an integer is no float"),
        pytest.param({"a": None}, {"a": 0}, ["SHAPE /a"], id="null is of its own kind"),
        pytest.param({"a": 1}, {"a": 2}, ["VALUE /a"], id="another value"),
        pytest.param({"a": 1}, {"b": 1}, ["SHAPE /"], id="other keys"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, ["VALUE  (order of keys)"], id="order"),
        pytest.param({"a": [1, 2]}, {"a": [1]}, ["SHAPE /a"], id="fewer items"),
        pytest.param(
            [{"a": [1, {"b": "x"}]}], [{"a": [1, {"b": "y"}]}], ["VALUE /0/a/1/b"], id="deep"
        ),
    ],
)
def test_bodies_are_compared_to_the_letter(expected: Any, actual: Any, found: list[str]) -> None:
    assert differences(answer(expected), answer(actual)) == found


def test_the_shallowest_difference_comes_first() -> None:
    found = differences(answer({"a": 1}, allow="GET"), answer({"a": []}, status=404))

    assert found == ["STATUS status", "SHAPE /a", "VALUE header allow"]


def test_headers_that_were_not_recorded_do_not_count() -> None:
    assert differences(answer(), answer(server="x")) == []


@pytest.mark.parametrize(
    ("location", "found"),
    [
        pytest.param("http://other:1/a?b", [], id="another host"),
        pytest.param("http://127.0.0.1:7901/c", ["VALUE header location"], id="another path"),
    ],
)
def test_an_address_is_compared_without_its_host(location: str, found: list[str]) -> None:
    recorded = answer(location="http://127.0.0.1:7901/a?b")

    assert differences(recorded, answer(location=location)) == found


def test_a_body_that_was_not_kept_is_not_compared() -> None:
    assert differences(answer({"omitted": True}), answer({"a": 1})) == []


def test_a_missing_processing_time_is_a_difference() -> None:
    without = Answer(200, {}, has_process_time=False, body=None, is_json=True)

    assert differences(answer(), without) == ["VALUE header x-process-time"]


@pytest.mark.parametrize(
    ("request_body", "place"),
    [
        pytest.param({"seed": 1}, "subseed", id="subseed left to the server"),
        pytest.param({"subseed": 1}, "seed", id="seed left to the server"),
        pytest.param({"subseed": 1, "seed": -1}, "seed", id="seed asked to be random"),
        pytest.param({"seed": 1, "subseed": 1}, "job_timestamp", id="time"),
    ],
)
def test_what_changes_from_run_to_run_may_differ(request_body: Any, place: str) -> None:
    expected, actual = answer({place: 1}), answer({place: 2})

    assert differences(expected, actual, step(json=request_body)) == []


def test_a_seed_that_was_asked_for_may_not_differ() -> None:
    assert differences(answer({"seed": 1}), answer({"seed": 2})) == ["VALUE /seed"]


def test_volatile_values_keep_their_type() -> None:
    found = differences(answer({"seed": 1}), answer({"seed": "1"}), step(json={}))

    assert found == ["SHAPE /seed"]


def test_random_seeds_are_masked_in_infotexts() -> None:
    expected, actual = answer({"t": "a, Seed: 1, Size: 2"}), answer({"t": "a, Seed: 34, Size: 2"})

    assert differences(expected, actual, step(json={})) == []
    assert differences(expected, actual) == ["VALUE /t"]


def test_memory_is_volatile_only_where_it_is_asked_for() -> None:
    expected, actual = answer({"ram": {"free": 1}}), answer({"ram": {"free": 2}})

    assert differences(expected, actual, step("/sdapi/v1/memory")) == []
    assert differences(expected, actual) == ["VALUE /ram/free"]


def test_depths_are_ordered() -> None:
    assert Depth.STATUS < Depth.SHAPE < Depth.VALUE
