"""How values stand in the parameter line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import Webui
from mockserver.backends.a1111.infotext.grammar import parameter_line
from mockserver.backends.a1111.infotext.parse import parse_generation_parameters


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("plain", "plain", id="plain"),
        pytest.param(7.0, "7.0", id="a number"),
        pytest.param("a, b", '"a, b"', id="a comma"),
        pytest.param("a: b", '"a: b"', id="a colon"),
        pytest.param("a\nb", '"a\\nb"', id="a line break"),
        pytest.param('say "a, b"', '"say \\"a, b\\""', id="quotes within"),
        pytest.param('say "a"', 'say "a"', id="quotes alone"),
        pytest.param("狐, 犬", '"狐, 犬"', id="any letters"),
    ],
)
def test_a_value_is_quoted_where_it_would_be_split(value: Any, text: str) -> None:
    assert parameter_line({"Key": value}) == f"Key: {text}"


@pytest.mark.parametrize(
    ("parameters", "line"),
    [
        pytest.param({"Steps": 2, "Seed": 0}, "Steps: 2, Seed: 0", id="pairs"),
        pytest.param({"Steps": 2, "VAE": None}, "Steps: 2", id="none is left out"),
        pytest.param({"Tiling": "Tiling"}, "Tiling", id="a key equal to its value is bare"),
        pytest.param({"Eta": False}, "Eta: False", id="false is told"),
    ],
)
def test_pairs_are_joined_by_commas(parameters: dict[str, Any], line: str) -> None:
    assert parameter_line(parameters) == line


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip))
def test_what_is_quoted_is_read_back(value: str) -> None:
    webui = Webui()
    line = parameter_line({"Steps": 1, "Sampler": "Euler", "Note": value + ","})

    parsed = parse_generation_parameters(f"fox\n{line}", webui.options, ())

    assert parsed["Note"] == value + ","
