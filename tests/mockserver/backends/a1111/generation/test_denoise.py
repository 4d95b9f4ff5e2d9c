"""The steps of a run: refiner and guidance."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Watched, running, slow, txt2img

from mockserver import Webui
from mockserver.core.errors import ServerError

REFINED = {"steps": 10, "refiner_checkpoint": "tiny-b", "refiner_switch_at": 0.5}


def test_a_refiner_takes_over_and_is_reported() -> None:
    webui = Webui()
    made = txt2img(webui, **REFINED)

    assert made.line.endswith(
        "Refiner: tiny-b [f75f886628], Refiner switch at: 0.5, Version: v1.10.1"
    )
    assert webui.checkpoints.current.model_name == "tiny-b"
    assert "Model: tiny-a" in txt2img(webui).line


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"refiner_switch_at": 1}, id="at the very end"),
        pytest.param({"refiner_checkpoint": "tiny-a"}, id="the same checkpoint"),
        pytest.param({"refiner_checkpoint": "None"}, id="the word none"),
        pytest.param({"refiner_checkpoint": ""}, id="no name"),
    ],
)
def test_a_refiner_that_never_takes_over_is_not_reported(fields: dict[str, Any]) -> None:
    assert "Refiner" not in txt2img(**{**REFINED, **fields}).line


def test_a_refiner_without_a_switch_takes_over_at_once() -> None:
    line = txt2img(**{**REFINED, "refiner_switch_at": None}).line

    assert "Refiner: tiny-b [f75f886628], Version" in line


def test_an_unknown_refiner_is_a_500() -> None:
    with pytest.raises(ServerError, match="Exception: Could not find checkpoint with name nope"):
        txt2img(refiner_checkpoint="nope")


def test_the_switch_can_go_by_steps() -> None:
    made = txt2img(**REFINED, override_settings={"refiner_switch_by_sample_steps": True})

    assert "Refiner switch by sampling steps: True" in made.line


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        pytest.param("second pass", "Refiner: tiny-b", id="the default"),
        pytest.param("first pass", "Hires refiner: first pass", id="first"),
        pytest.param("both passes", "Hires refiner: both passes", id="both"),
    ],
)
def test_hires_fix_says_which_pass_is_refined(wanted: str, told: str) -> None:
    made = txt2img(
        **REFINED,
        enable_hr=True,
        denoising_strength=0.9,
        override_settings={"hires_fix_refiner_pass": wanted},
    )

    assert told in made.line


@pytest.mark.parametrize(
    ("cfg_scale", "error"),
    [
        pytest.param(
            None, "TypeError: unsupported operand type(s) for *: 'NoneType' and 'float'", id="none"
        ),
        pytest.param(
            float("nan"),
            "NansException: A tensor with NaNs was produced in Unet. "
            "Use --disable-nan-check commandline argument to disable this check.",
            id="not a number",
        ),
    ],
)
def test_a_guidance_that_cannot_be_used_is_a_500(cfg_scale: float | None, error: str) -> None:
    with pytest.raises(ServerError) as caught:
        txt2img(cfg_scale=cfg_scale)

    assert str(caught.value) == error


def test_the_refiner_takes_over_in_the_middle_of_the_steps() -> None:
    webui = slow()
    watched = Watched(webui)
    loaded = []

    def note(poll: dict[str, Any]) -> bool:
        loaded.append((poll["state"]["sampling_step"], webui.checkpoints.current.model_name))
        return False

    watched.start(**REFINED)
    watched.finish(note)

    steps_before = [step for step, name in loaded if name == "tiny-a"]
    steps_after = [step for step, name in loaded if name == "tiny-b"]
    assert 0 < max(steps_before) < max(steps_after)


def test_a_generation_takes_its_steps_and_what_lies_around_them() -> None:
    webui = slow()
    begun = webui.clock.now()

    with running(webui, steps=4) as watched:
        watched.finish()

    # A quarter of a step to prepare, one to encode, four, and half of one to decode.
    assert webui.clock.now() - begun == pytest.approx(0.25 + 1 + 4 + 0.5)
