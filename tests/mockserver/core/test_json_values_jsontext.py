"""JSON that may be none."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.json_values import json_or_none


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param('{"a": [1]}', {"a": [1]}, id="an object"),
        pytest.param(b"\xef\xbb\xbf[]", [], id="bytes with a mark in front"),
        pytest.param("{", None, id="cut"),
        pytest.param(b"\xff\x00\xfe", None, id="no text"),
        pytest.param("[" * 100_000, None, id="nested too deeply"),
    ],
)
def test_what_is_no_json_is_none(text: str | bytes, value: Any) -> None:
    assert json_or_none(text) == value
