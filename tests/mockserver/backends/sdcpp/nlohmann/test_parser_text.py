"""JSON text as nlohmann::json writes it."""

from __future__ import annotations

import math

import pytest

from mockserver.backends.sdcpp.nlohmann.parser import dump


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}', id="keys are sorted"),
        pytest.param({"ä": 1, "z": 2, "Z": 3}, '{"Z":3,"z":2,"ä":1}', id="by their bytes"),
        pytest.param('é"\n\x01', '"é\\"\\n\\u0001"', id="text"),
        pytest.param([1, 1.0, -0.0], "[1,1.0,-0.0]", id="numbers"),
        pytest.param(math.inf, "null", id="no number"),
    ],
)
def test_texts(value: object, text: str) -> None:
    assert dump(value) == text
