"""An answer of txt2img, read as far as it can be read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from doubles import Ask
from recorded import Recorded

from conformance.client import Exchange
from conformance.runner.generation import Generation
from conformance.verdict import Failed

_INFO = {"seed": 7, "infotexts": ["cat\nSteps: 1, Sampler: Euler, Seed: 7, Version: v1.10.1"]}


def _generation(body: Any, status: int = 200) -> Generation:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    exchange = Exchange(
        method="POST", path="/sdapi/v1/txt2img", url="http://x", status=status, body=data
    )
    return Generation({}, exchange)


def _answer(**values: Any) -> dict[str, Any]:
    return {"images": [], "parameters": {}, "info": json.dumps(_INFO)} | values


def _recorded(name: str) -> Generation:
    ask = Ask("POST", "/sdapi/v1/txt2img", {}, b'{"steps": 1}')
    return _generation(Recorded(name)(ask).body)


@pytest.mark.parametrize(
    ("name", "programs"),
    [
        pytest.param("a1111-1.10.1", "v1.10.1", id="1.10.1"),
        pytest.param("sdnext-2025-03", "App: SD.Next", id="SD.Next"),
        pytest.param("koboldcpp-1.111", "KoboldCpp", id="KoboldCpp"),
        pytest.param("sdcpp-master-827", "stable-diffusion.cpp", id="sd.cpp"),
    ],
)
def test_the_answers_of_all_servers_are_read(name: str, programs: str) -> None:
    generation = _recorded(name)
    assert generation.picture.size == (64, 64)
    assert programs in " ".join(generation.programs)


def test_the_infotext_is_taken_apart() -> None:
    generation = _generation(_answer())
    assert (generation.values.seed, generation.values.sampler) == (7, "Euler")


@pytest.mark.parametrize(
    ("body", "status", "part", "expected", "actual"),
    [
        pytest.param({"detail": "no"}, 500, "answer", "200 and a picture", "500 no", id="an error"),
        pytest.param(b"<html>", 200, "answer", "an answer in JSON", "no JSON", id="a page"),
        pytest.param([1], 200, "answer", "a JSON object", "a JSON list", id="a list"),
        pytest.param({}, 200, "images", "the key images", "it has nothing", id="no images"),
        pytest.param(
            _answer(images="x"), 200, "images", "images as an array", "text", id="one image"
        ),
        pytest.param(_answer(), 200, "picture", "at least one image", "empty", id="none"),
        pytest.param(
            _answer(images=["zz"]), 200, "picture", "images[0] to be a picture", "", id="no picture"
        ),
        pytest.param(
            _answer(parameters=[]), 200, "parameters", "an object", "an array", id="parameters"
        ),
        pytest.param(_answer(info={}), 200, "info", "info as text", "an object", id="an object"),
        pytest.param(
            _answer(info="{'seed': 7}"), 200, "info", "info as text", "no JSON", id="quotes"
        ),
        pytest.param(_answer(info="[]"), 200, "info", "info as text", "an array", id="an array"),
        pytest.param(_answer(info=5), 200, "any_info", "info as text or object", "int", id="5"),
        pytest.param(
            _answer(info="{}"), 200, "infotexts", "info.infotexts as", "null", id="no infotexts"
        ),
        pytest.param(
            _answer(info='{"infotexts": []}'), 200, "infotext", "one infotext", "empty", id="empty"
        ),
    ],
)
def test_what_cannot_be_read_is_said_by_name(
    body: Any, status: int, part: str, expected: str, actual: str
) -> None:
    generation = _generation(body, status)
    with pytest.raises(Failed) as raised:
        getattr(generation, part)
    assert expected in raised.value.expected
    assert actual in raised.value.actual
    assert raised.value.exchange is generation.exchange


def test_an_answer_without_info_names_no_program() -> None:
    assert _generation({"images": []}).programs == ()
    assert _generation({"detail": "no"}, 500).programs == ()
