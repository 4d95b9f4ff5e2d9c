"""Regional Prompter acts on prompts with its words, and swallows what it trips over."""

from __future__ import annotations

from typing import Any

import pytest
from extended import Extended

TITLE = "Regional Prompter"
REGIONS = "green hair BREAK blue skirt"


def args(**changes: Any) -> list[Any]:
    slots = [True, False, "Matrix", "Columns", "Mask", "Prompt", "1,1", "0.2", False, False, False]
    slots += ["Attention", [False], "0", "0", "0.4", None, "0", "0", False]
    for number, value in changes.items():
        slots[int(number.removeprefix("slot"))] = value
    return slots


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("regional-prompter")


@pytest.mark.parametrize("word", ["BREAK", "AND", "ADDCOL", "ADDROW", "ADDCOMM", "ADDBASE"])
def test_each_of_its_words_makes_it_act(webui: Extended, word: str) -> None:
    prompt = f"green hair {word} blue skirt"
    plain = webui.txt2img(prompt=prompt)
    made = webui.txt2img({TITLE: args()}, prompt=prompt)

    assert len(made.told) == 18
    assert made.json["images"] != plain.json["images"]


def test_without_its_words_nothing_happens(webui: Extended) -> None:
    assert webui.txt2img({TITLE: args()}).told == {}


def test_ratios_are_quoted_in_the_infotext(webui: Extended) -> None:
    made = webui.txt2img({TITLE: args()}, prompt=REGIONS)

    assert 'RP Ratios: "1,1", RP Base Ratios: 0.2,' in made.info["infotexts"][0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([False], "No Options"),
        (False, "No Options"),
        (True, "disable convert 'AND' to 'BREAK'"),
        (["Flip prompts", "nope"], "Flip prompts"),
        ("Flip prompts,debug", "Flip prompts,debug"),
    ],
)
def test_options_are_taken_in_each_of_their_forms(webui: Extended, given: Any, told: str) -> None:
    made = webui.txt2img({TITLE: args(slot12=given)}, prompt=REGIONS)

    assert made.told["RP Options"] == told


def test_a_mask_that_is_missing_is_claimed_all_the_same(webui: Extended) -> None:
    made = webui.txt2img({TITLE: args(slot2="Mask", slot16="nope.png")}, prompt=REGIONS)

    assert (made.status, made.told["RP Divide mode"]) == (200, "Mask")


def test_options_of_another_type_switch_it_off(webui: Extended) -> None:
    made = webui.txt2img({TITLE: args(slot12=7)}, prompt=REGIONS)

    assert (made.status, made.told) == (200, {})
