"""What a run wrote, what the server made of it, and what differs by anybody's doing."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from conformance.runner.option_record import (
    ANY,
    OwnWrites,
    describe_differences,
    differences,
    moved,
    options_at_risk,
)

if TYPE_CHECKING:
    from conformance.client.transport import Outgoing


@pytest.mark.parametrize(
    ("written", "now", "made"),
    [
        pytest.param(2, 2.0, True, id="as a float"),
        pytest.param("80", 80, True, id="the number of a text"),
        pytest.param("80", 81, False, id="another number"),
        pytest.param("80", "80.0", False, id="another text"),
        pytest.param("1", True, False, id="a boolean"),
        pytest.param("x", 1, False, id="a text that is no number"),
        pytest.param(2, 3, False, id="another value"),
        pytest.param("tiny-b", "tiny-b [f75f886628]", True, id="a checkpoint with its hash"),
        pytest.param("tiny-a [a9f]", "tiny-b [f75]", False, id="another checkpoint"),
        pytest.param("tiny-b [f75]", "tiny-b", False, id="a title that lost its hash"),
    ],
)
def test_a_value_is_made_of_what_was_written(written: Any, now: Any, made: bool) -> None:
    own = OwnWrites()
    own.write({"a": written})
    assert own.made("a", now) is made
    assert not own.made("b", now)


def test_a_request_of_unknown_values_may_have_made_any() -> None:
    own = OwnWrites()
    own.write({"a": 1})
    own.override(["a"])
    own.write({"a": 2})
    assert own.made("a", 7)
    assert not own.made("b", 7)
    own.override([ANY])
    assert own.made("b", 7)
    assert not own.made("sd_model_checkpoint", "x")
    assert own.names == ["a", ANY]


def test_what_a_write_changes_besides_is_its_own() -> None:
    own = OwnWrites()
    own.cause({"b": (1, 2)})
    assert (own.made("b", 2), own.made("b", 1)) == (True, False)


def test_differences_are_those_of_values_and_say_what_is_absent() -> None:
    before = {"a": 80, "b": True, "c": 1, "sd_checkpoint_hash": "x"}
    after = {"a": 80.0, "b": 1, "d": 2, "sd_checkpoint_hash": "y"}
    assert differences(before, after) == {
        "b": (True, 1),
        "c": (1, "<absent>"),
        "d": ("<absent>", 2),
    }
    assert moved({"sd_model_checkpoint": "x", "a": 1}, {"sd_model_checkpoint": "y", "a": 2}) == {
        "a": (1, 2)
    }


def test_differences_in_a_sentence_are_few_and_hide_secrets() -> None:
    left = {"civitai_token": ("planted", "x"), **{f"o{n}": (n, n + 1) for n in range(6)}}
    said = describe_differences(left)
    assert said.startswith("civitai_token was '***' and is '***'; o0 was 0 and is 1; ")
    assert said.endswith("o3 was 3 and is 4; and 2 more")
    assert describe_differences(left, 7).endswith("o5 was 5 and is 6")


@pytest.mark.parametrize(
    ("method", "path", "body", "names"),
    [
        pytest.param("POST", "options", {"a": 1, "b": 2}, ("a", "b"), id="a write"),
        pytest.param("POST", "options/?x=1", {"a": 1}, ("a",), id="another way to write it"),
        pytest.param("POST", "options", {}, (), id="a write of nothing"),
        pytest.param("GET", "options", {"a": 1}, None, id="a read"),
        pytest.param("POST", "txt2img", {"override_settings": {"a": 1}}, ("a",), id="overrides"),
        pytest.param("POST", "img2img", {"infotext": "x"}, (ANY,), id="an infotext"),
        pytest.param("POST", "txt2img", {"override_settings": ["a"]}, None, id="no object"),
        pytest.param("POST", "txt2img", {"prompt": "x", "infotext": ""}, None, id="neither"),
        pytest.param("POST", "png-info", {"override_settings": {"a": 1}}, None, id="another route"),
        pytest.param("POST", "options", [1], (), id="no options"),
        pytest.param("POST", "txt2img", None, None, id="no body"),
    ],
)
def test_a_request_may_change_the_options_that_it_names(
    method: str, path: str, body: Any, names: tuple[str, ...] | None
) -> None:
    sent = None if body is None else json.dumps(body).encode()
    outgoing = SimpleNamespace(method=method, path=f"/sdapi/v1/{path}", body=sent)
    assert options_at_risk(cast("Outgoing", outgoing)) == names
