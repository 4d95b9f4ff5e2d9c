"""Infotexts of every version and implementer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.client import Infotext, parse_infotext, write_infotext
from conformance.client.info import quote_value
from conformance.properties import strategies

PARAMETERS = "Steps: 20, Sampler: Euler a, CFG scale: 7.0, Seed: 42, Size: 512x768"


@given(strategies.infotexts())
def test_what_is_written_is_read_again(infotext: Infotext) -> None:
    assert parse_infotext(write_infotext(infotext)) == infotext


@given(strategies.infotexts())
def test_parameters_keep_their_order(infotext: Infotext) -> None:
    assert list(parse_infotext(write_infotext(infotext)).parameters) == list(infotext.parameters)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    read = parse_infotext(text)
    assert isinstance(read.prompt, str)
    assert all(value for value in read.parameters.values())


@given(strategies.prompts())
def test_a_text_without_parameters_is_all_prompt(prompt: str) -> None:
    alone = prompt.replace(":", "")
    assert parse_infotext(alone) == Infotext(prompt=alone.strip())


def test_the_three_parts_are_distinguished() -> None:
    read = parse_infotext(f"a fox\nin snow\nNegative prompt: cat,\ndog\n{PARAMETERS}")
    assert read.prompt == "a fox\nin snow"
    assert read.negative_prompt == "cat,\ndog"
    assert read.parameters["Sampler"] == "Euler a"


def test_the_usual_values_are_at_hand() -> None:
    read = parse_infotext(f"x\n{PARAMETERS}, Version: v1.10.1")
    assert (read.steps, read.seed, read.cfg_scale, read.size) == (20, 42, 7.0, (512, 768))
    assert (read.sampler, read.version) == ("Euler a", "v1.10.1")


def test_values_that_are_absent_or_strange_are_none() -> None:
    read = parse_infotext("x\nSteps: many, Seed: none, CFG scale: high, Size: big")
    assert (read.steps, read.seed, read.cfg_scale, read.size) == (None, None, None, None)
    assert (read.sampler, read.version) == (None, None)


@pytest.mark.parametrize(
    ("text", "prompt", "parameters"),
    [
        pytest.param(
            "fox\nSteps: 5, Sampler: Euler",
            "fox\nSteps: 5, Sampler: Euler",
            {},
            id="two pairs belong to the prompt",
        ),
        pytest.param(
            "fox\nSteps: 5, Sampler: Euler, Seed: 1",
            "fox",
            {"Steps": "5", "Sampler": "Euler", "Seed": "1"},
            id="three pairs are parameters",
        ),
        pytest.param(
            "Steps: 5, Sampler: Euler, Seed: 1",
            "",
            {"Steps": "5", "Sampler": "Euler", "Seed": "1"},
            id="no prompt at all",
        ),
        pytest.param(
            'x\nA b: 1, Hashes: "a: 1, b: \\"2\\"", Seed: 1',
            "x",
            {"A b": "1", "Hashes": 'a: 1, b: "2"', "Seed": "1"},
            id="quoted values hold commas, colons and quotes",
        ),
        pytest.param(
            'x\nSteps: 1, Name: "open, Seed: 1, Size: 8x8',
            "x",
            {"Steps": "1", "Name": '"open', "Seed": "1", "Size": "8x8"},
            id="a quote that never closes is kept up to the comma",
        ),
        pytest.param(
            'x\nSteps: 1, Name: "a" b, Seed: 1',
            "x",
            {"Steps": "1", "Name": '"a" b', "Seed": "1"},
            id="a quote that closes too soon is kept as it is",
        ),
        pytest.param(
            "x\nSteps: 1, Empty: , Seed: 1, ",
            "x",
            {"Steps": "1", "Seed": "1"},
            id="empty values are dropped",
        ),
        pytest.param(
            "x\nSteps: 1, Seed: 1, Q: 5, Steps: 2",
            "x",
            {"Steps": "2", "Seed": "1"},
            id="a later value wins, a key of one letter is none",
        ),
        pytest.param(
            'x\nSteps: 1, Seed: 1, Bad: "\\x", Size: 8x8',
            "x",
            {"Steps": "1", "Seed": "1", "Bad": '"\\x"', "Size": "8x8"},
            id="a quoted value that is no JSON is kept with its quotes",
        ),
    ],
)
def test_parameters_are_read_by_the_grammar(
    text: str, prompt: str, parameters: dict[str, str]
) -> None:
    read = parse_infotext(text)
    assert (read.prompt, read.parameters) == (prompt, parameters)


def test_the_last_line_alone_holds_parameters() -> None:
    read = parse_infotext(f"fox\n{PARAMETERS}\n{PARAMETERS.replace('42', '43')}")
    assert (read.prompt, read.seed) == (f"fox\n{PARAMETERS}", 43)


def test_an_object_at_the_end_is_one_value() -> None:
    text = 'fox\nSteps: 1, Seed: 2, Sampler: NONE, SDCPP: {"a": {"b": "c, d: e"}, "f": [1, 2]}'
    read = parse_infotext(text)
    assert read.parameters["SDCPP"] == '{"a": {"b": "c, d: e"}, "f": [1, 2]}'
    assert list(read.parameters) == ["Steps", "Seed", "Sampler", "SDCPP"]


def test_an_object_that_never_closes_is_kept_up_to_the_comma() -> None:
    read = parse_infotext('fox\nSteps: 1, Seed: 2, SDCPP: {"a": 1, Size: 8x8')
    assert (read.parameters["SDCPP"], read.size) == ('{"a": 1', (8, 8))


def test_the_single_line_of_koboldcpp_is_read() -> None:
    read = parse_infotext(
        "Prompt: a | b\nc: d | NegativePrompt: x | Steps: 1 | CFGScale: 5 | Guidance: 0"
        " | Seed: 1234 | Size: 64x64 | Sampler: euler_a | Clip skip: -1 | Version: KoboldCpp",
    )
    assert (read.prompt, read.negative_prompt) == ("a | b\nc: d", "x")
    assert (read.steps, read.cfg_scale, read.size) == (1, 5.0, (64, 64))
    assert read.parameters["Clip skip"] == "-1"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Euler a", "Euler a"),
        ("a, b", '"a, b"'),
        ("12:30", '"12:30"'),
        ("a\nb", '"a\\nb"'),
        ("狐, 狸", '"狐, 狸"'),
        ('say "x"', 'say "x"'),
    ],
)
def test_values_are_quoted_where_they_must_be(value: str, written: str) -> None:
    assert quote_value(value) == written


@pytest.mark.parametrize(
    ("line", "value"),
    [
        pytest.param('RNG: "x, y"', "x, y", id="quotes end the line"),
        pytest.param('RNG: "x, y", b: 2', "x, y", id="a comma follows the quotes"),
        pytest.param('RNG: "x" y, b: 2', '"x" y', id="a word follows the quotes"),
        pytest.param('RNG: {"n": [1, 2]}', '{"n": [1, 2]}', id="an object ends the line"),
        pytest.param("RNG: {no object, b: 2", "{no object", id="a bracket that opens nothing"),
        pytest.param("RNG: last", "last", id="a plain value ends the line"),
    ],
)
def test_a_value_ends_where_its_kind_says(line: str, value: str) -> None:
    parsed = parse_infotext(f"fox\nSteps: 1, Seed: 2, Size: 3x4, {line}")
    assert parsed.parameters["RNG"] == value
