"""What a test may ask the journal, and what it reads when the answer is no."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import activate
from mockserver.journal.verification import JournalMismatch, differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.activated import Activated

SMALL = {"width": 64, "height": 64, "steps": 1, "prompt": "a fox"}


@pytest.fixture
def webui() -> Iterator[Activated]:
    with activate() as active:
        yield active


def post(webui: Activated, name: str, **body: Any) -> None:
    requests.post(f"{webui.url}/sdapi/v1/{name}", json=body, timeout=5)


def get(webui: Activated, name: str) -> None:
    requests.get(f"{webui.url}/sdapi/v1/{name}", timeout=5)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (20, 20),
        (range(20, 31), 25),
        (re.compile("fox"), "a fox"),
        (str, "x"),
        (lambda value: value > 3, 4),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": {"b": range(3)}}, {"a": {"b": 2, "c": 0}}),
        ([1, {"a": 2}], [1, {"a": 2, "b": 3}]),
        (7, 7.0),
        (None, None),
    ],
)
def test_values_fit(wanted: Any, found: Any) -> None:
    assert differences(wanted, found) == []


@pytest.mark.parametrize(
    ("wanted", "found", "sentence"),
    [
        (20, 30, "the body: wanted 20, was 30"),
        ({"steps": range(20, 31)}, {"steps": 31}, "steps: wanted 20 to 30, was 31"),
        ({"steps": 20}, {}, "steps: wanted 20, was absent"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b: wanted 1, was 2"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "a[1]: wanted 2, was 3"),
        ({"a": [1]}, {"a": [1, 3]}, "a: wanted [1], was [1, 3]"),
        ({"prompt": re.compile("fox")}, {"prompt": "hen"}, "prompt: wanted a text with /fox/, was"),
        ({"tiling": True}, {"tiling": 1}, "tiling: wanted True, was 1"),
        ({"a": 1}, None, "the body: wanted {'a': 1}, was None"),
        ({"a": int}, {"a": "1"}, "a: wanted of type int, was '1'"),
    ],
)
def test_differences_are_named_by_their_place(wanted: Any, found: Any, sentence: str) -> None:
    (difference,) = differences(wanted, found)

    assert str(difference).startswith(sentence)


def test_base64_is_never_shown_in_full() -> None:
    (difference,) = differences({"init_images": ["x"]}, {"init_images": ["A" * 9000]})

    assert len(str(difference)) < 200


def test_fields_can_be_ranges_and_patterns(webui: Activated) -> None:
    post(webui, "txt2img", **SMALL, override_settings={"CLIP_stop_at_last_layers": 2})

    webui.verify("txt2img", times=1, steps=range(1, 5), prompt=re.compile("fox"))
    webui.verify("POST txt2img", override_settings={"CLIP_stop_at_last_layers": 2})
    webui.verify("txt2img", headers={"Content-Type": "application/json"})


def test_the_nearest_call_is_shown_field_by_field(webui: Activated) -> None:
    post(webui, "txt2img", **{**SMALL, "steps": 3, "prompt": "a hen"})
    post(webui, "txt2img", **{**SMALL, "steps": 3})

    with pytest.raises(JournalMismatch) as refused:
        webui.verify("txt2img", steps=2, prompt="a fox")
    assert str(refused.value) == (
        "/sdapi/v1/txt2img was asked 0 times, not at least once; "
        "the nearest call, #2 POST /sdapi/v1/txt2img, has\n  steps: wanted 2, was 3"
    )


def test_times_can_be_a_range(webui: Activated) -> None:
    for _ in range(3):
        get(webui, "progress")

    webui.verify("progress", times=range(2, 5))
    with pytest.raises(JournalMismatch, match="was asked 3 times, not 5 to 9 times"):
        webui.verify("progress", times=range(5, 10))


def test_never_means_never(webui: Activated) -> None:
    webui.journal.never("interrupt")
    post(webui, "interrupt")

    with pytest.raises(JournalMismatch, match="was asked 1 times, not 0 times"):
        webui.journal.never("interrupt")


def test_calls_have_an_order(webui: Activated) -> None:
    get(webui, "options")
    get(webui, "sd-models")
    post(webui, "txt2img", **SMALL)

    webui.journal.verify_order("options", ("txt2img", {"steps": 1}))
    with pytest.raises(JournalMismatch, match="step 2, /sdapi/v1/options, did not come after #3"):
        webui.journal.verify_order("txt2img", "options")


def test_a_route_that_is_nearly_right_is_named(webui: Activated) -> None:
    get(webui, "sd-models")

    with pytest.raises(JournalMismatch, match=r"did you mean /sdapi/v1/sd-models\?"):
        webui.verify("sd-model")


def test_queries_are_asked_for_too(webui: Activated) -> None:
    get(webui, "progress?skip_current_image=true")

    webui.verify("progress", query={"skip_current_image": "true"})
    assert webui.requests[0].path == "/sdapi/v1/progress"
