"""An infotext split into prompt, negative prompt and pairs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.backends.a1111.infotext.grammar import spelled, split, unquote, values

PAIRS = "Steps: 20, Sampler: Euler, CFG scale: 7"


def test_the_three_parts() -> None:
    parts = split(f"a fox\nin snow\nNegative prompt: dog\ncat\n{PAIRS}")

    assert parts.prompt == "a fox\nin snow"
    assert parts.negative_prompt == "dog\ncat"
    assert parts.pairs == [("Steps", "20"), ("Sampler", "Euler"), ("CFG scale", "7")]


def test_a_last_line_with_two_pairs_belongs_to_the_prompt() -> None:
    assert split("fox\nSteps: 5, Sampler: Euler").prompt == "fox\nSteps: 5, Sampler: Euler"


def test_a_last_line_with_two_pairs_belongs_to_the_negative_prompt_once_that_began() -> None:
    assert split("fox\nNegative prompt: dog\nSteps: 5").negative_prompt == "dog\nSteps: 5"


def test_lines_are_stripped_and_leading_empty_ones_dropped() -> None:
    assert split(f"\n \n  a fox  \n\n in snow\r\n{PAIRS}").prompt == "a fox\n\nin snow"


def test_a_second_negative_prompt_line_goes_on_with_the_first() -> None:
    assert split(f"p\nNegative prompt: a\nNegative prompt: b\n{PAIRS}").negative_prompt == "a\nb"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("A b: 1, C-d: 2, E/f: 3", {"A b": "1", "C-d": "2", "E/f": "3"}, id="keys"),
        pytest.param("Q: 1, AB: 2, CD: 3, EF: 4", {"AB": "2", "CD": "3", "EF": "4"}, id="short"),
        pytest.param(
            'AB: "x, y: \\"z\\"", CD: 2, EF: 3',
            {"AB": 'x, y: "z"', "CD": "2", "EF": "3"},
            id="quoted",
        ),
        pytest.param('AB: "x, CD: 2, EF: 3', {"AB": '"x', "CD": "2", "EF": "3"}, id="unfinished"),
        pytest.param(
            'AB: "\\x", CD: 2, EF: 3', {"AB": '"\\x"', "CD": "2", "EF": "3"}, id="no JSON"
        ),
        pytest.param("AB: , CD: 2, EF: 3", {"CD": "2", "EF": "3"}, id="empty"),
        pytest.param("AB: 1, AB: 2, CD: 3", {"AB": "2", "CD": "3"}, id="the later one"),
        pytest.param(
            "Size: 64x96, AB: 1, CD: 2",
            {"Size-1": "64", "Size-2": "96", "AB": "1", "CD": "2"},
            id="a size",
        ),
        pytest.param(
            'Size: "64x96", AB: 64X96, CD: 64x',
            {"Size-1": "64", "Size-2": "96", "AB": "64X96", "CD": "64x"},
            id="what is no size",
        ),
    ],
)
def test_pairs_and_their_values(line: str, expected: dict[str, str]) -> None:
    found = values(split(f"fox\n{line}").pairs)

    assert found == expected
    assert list(found) == list(expected)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param('"', '"', id="one quote"),
        pytest.param('"a\\nb"', "a\nb", id="escapes"),
        pytest.param('"a', '"a', id="no end"),
    ],
)
def test_unquote_takes_whole_json_strings_only(text: str, plain: str) -> None:
    assert unquote(text) == plain


@given(st.text())
def test_any_text_can_be_split(text: str) -> None:
    parts = split(text)

    assert all(isinstance(value, str) for value in values(parts.pairs).values())
    assert parts.pairs == [] or len(parts.pairs) >= 3


def test_keys_are_spelled_as_the_server_spells_them() -> None:
    params = {"Hires steps": 3, "Size": "64x64", "Hires": 1}

    assert spelled(params, "Hires", "HiRes") == {"HiRes steps": 3, "Size": "64x64", "Hires": 1}
    assert spelled(params, "Hires", "Hires") == params
