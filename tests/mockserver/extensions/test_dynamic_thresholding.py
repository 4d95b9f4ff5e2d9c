"""Dynamic Thresholding writes its parameters, acts, and fails where upstream does."""

from __future__ import annotations

import pytest
from extended import Extended

TITLE = "Dynamic Thresholding (CFG Scale Fix)"


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("dynamic-thresholding")


def test_its_parameters_are_in_the_infotext_and_the_picture_changes(webui: Extended) -> None:
    plain, made = webui.txt2img(), webui.txt2img({TITLE: [True]})

    assert list(made.told) == [
        "Dynamic thresholding enabled",
        "Mimic scale",
        "Separate Feature Channels",
        "Scaling Startpoint",
        "Variability Measure",
        "Interpolate Phi",
        "Threshold percentile",
        "Sampler",
    ]
    assert made.info["infotexts"][0].count("Sampler: Euler") == 1
    assert made.json["images"] != plain.json["images"]


def test_modes_add_their_minimum_and_the_schedules_value(webui: Extended) -> None:
    args = [True, 7.0, 100.0, "Half Cosine Down", 1.5, "Power Up", 0.0, 4.0]
    told = webui.txt2img({TITLE: args}).told

    assert list(told.items())[-5:] == [
        ("Mimic mode", "Half Cosine Down"),
        ("Mimic scale minimum", 1.5),
        ("CFG mode", "Power Up"),
        ("CFG scale minimum", 0.0),
        ("Scheduler value", 4.0),
    ]


@pytest.mark.parametrize("sampler", ["DDIM", "PLMS"])
def test_a_sampler_that_it_cannot_use_gives_the_plain_picture(
    webui: Extended, sampler: str
) -> None:
    plain = webui.txt2img(sampler_name=sampler)
    made = webui.txt2img({TITLE: [True]}, sampler_name=sampler)

    assert made.json["images"] == plain.json["images"]
    assert made.told == plain.told


def test_a_single_step_is_an_error(webui: Extended) -> None:
    made = webui.txt2img({TITLE: [True]}, steps=1)

    assert (made.status, made.crash) == (500, ("ZeroDivisionError", "division by zero"))


def test_any_infotext_switches_it_on(webui: Extended) -> None:
    made = webui.txt2img(infotext="a cat\nSteps: 3, Sampler: Euler")

    assert made.told["Dynamic thresholding enabled"] is True
    assert made.told["Scaling Startpoint"]["value"] == "MEAN"
    assert made.told["Scaling Startpoint"]["__type__"] == "update"
