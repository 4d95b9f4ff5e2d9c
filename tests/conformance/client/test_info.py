"""The info of an answer in all of its forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from conformance.client import InfoForm, read_info
from conformance.errors import InfoError
from conformance.properties import strategies

if TYPE_CHECKING:
    from conformance.properties.strategies import SentInfo

INFOTEXT = "a fox\nSteps: 1, Sampler: Euler, CFG scale: 7.0, Seed: 9, Size: 64x64, Version: v1.6.0"


@given(strategies.infos())
def test_every_form_is_read(sample: SentInfo) -> None:
    info = read_info(sample.sent)
    assert info.data == (sample.data or {})
    assert (info.form in {InfoForm.OBJECT, InfoForm.JSON_STRING}) == (sample.data is not None)


@given(strategies.infos())
def test_asking_an_info_anything_never_fails(sample: SentInfo) -> None:
    info = read_info(sample.sent)
    assert all(isinstance(seed, int) for seed in info.all_seeds)
    assert all(isinstance(text, str) for text in info.infotexts + info.all_prompts)
    assert isinstance(info.seed, int | None)
    assert isinstance(info.version, str | None)
    assert isinstance(info.sampler_name, str | None)


@pytest.mark.parametrize(
    ("sent", "form"),
    [
        pytest.param({"seed": 9}, InfoForm.OBJECT, id="October 2022"),
        pytest.param('{"seed": 9}', InfoForm.JSON_STRING, id="since November 2022"),
        pytest.param(INFOTEXT, InfoForm.TEXT, id="an infotext"),
        pytest.param("", InfoForm.EMPTY, id="KoboldCpp 1.76"),
        pytest.param(" \n", InfoForm.EMPTY, id="white space"),
        pytest.param(None, InfoForm.ABSENT, id="a shim"),
        pytest.param("[1]", InfoForm.TEXT, id="JSON that is no object"),
        pytest.param("null", InfoForm.TEXT, id="a prompt that is JSON"),
        pytest.param("[" * 100_000, InfoForm.TEXT, id="brackets without end"),
    ],
)
def test_the_form_is_reported(sent: Any, form: InfoForm) -> None:
    assert read_info(sent).form is form


@pytest.mark.parametrize("sent", [5, 1.5, True, [], ["a"]])
def test_other_types_are_refused(sent: Any) -> None:
    with pytest.raises(InfoError, match="neither object nor text"):
        read_info(sent)


def test_an_object_in_a_string_answers_by_its_keys() -> None:
    info = read_info(
        json.dumps(
            {
                "seed": 7,
                "all_seeds": [7, 8],
                "all_prompts": ["a", "b"],
                "sampler_name": "Euler",
                "infotexts": [INFOTEXT],
                "version": "v1.10.1",
            },
        ),
    )
    assert (info.seed, info.all_seeds, info.all_prompts) == (7, [7, 8], ["a", "b"])
    assert (info.sampler_name, info.version) == ("Euler", "v1.10.1")
    assert info.parsed[0].seed == 9


@pytest.mark.parametrize(
    ("sent", "seed"),
    [
        pytest.param({"all_seeds": [5]}, 5, id="from all seeds"),
        pytest.param({"infotexts": [INFOTEXT]}, 9, id="from the infotext"),
        pytest.param(INFOTEXT, 9, id="from plain text"),
        pytest.param({"seed": True}, None, id="a truth value is no seed"),
        pytest.param("", None, id="nowhere"),
    ],
)
def test_the_seed_is_found_where_it_is(sent: Any, seed: int | None) -> None:
    assert read_info(sent).seed == seed


def test_the_version_is_taken_from_the_infotext_before_v1_7() -> None:
    assert read_info({"infotexts": [INFOTEXT]}).version == "v1.6.0"


def test_values_of_wrong_types_are_passed_over() -> None:
    info = read_info({"all_seeds": 5, "all_prompts": "x", "infotexts": [1, "y"], "version": 1})
    assert (info.all_seeds, info.all_prompts, info.infotexts) == ([], [], ["y"])
    assert info.version is None
