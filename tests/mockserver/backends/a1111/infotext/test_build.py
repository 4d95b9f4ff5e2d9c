"""The infotext of a picture."""

from __future__ import annotations

from typing import Any

import pytest
from generations import txt2img

from mockserver import Webui
from mockserver.backends.a1111.generation.context import Callbacks
from mockserver.backends.a1111.infotext.parse import parse_generation_parameters
from mockserver.core.errors import ServerError

PLAIN = (
    "Steps: 2, Sampler: Euler, Schedule type: Automatic, CFG scale: 7.0, Seed: 1234, "
    "Size: 64x64, Model hash: a9f628e616, Model: tiny-a, Version: v1.10.1"
)


def test_an_infotext_has_the_prompt_and_one_line_of_parameters() -> None:
    assert txt2img().infotexts == [f"a red fox\n{PLAIN}"]


def test_a_negative_prompt_stands_between() -> None:
    made = txt2img(negative_prompt="a, b")

    assert made.infotexts == [f"a red fox\nNegative prompt: a, b\n{PLAIN}"]


def test_without_a_prompt_the_parameters_stand_alone() -> None:
    assert txt2img(prompt="").infotexts == [PLAIN]


def test_blanks_at_the_ends_of_the_whole_go() -> None:
    assert txt2img(prompt="  fox  ").infotexts == [f"fox  \n{PLAIN}"]


def test_pictures_carry_their_own_infotext() -> None:
    made = txt2img(batch_size=2, n_iter=2)

    assert made.texts == made.infotexts
    assert len(set(made.infotexts)) == 4


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param(
            {"subseed": 5, "subseed_strength": 0.3},
            "Model: tiny-a, Variation seed: 5, Variation seed strength: 0.3, Version",
            id="variation",
        ),
        pytest.param(
            {"seed_resize_from_w": 32, "seed_resize_from_h": 48},
            "Model: tiny-a, Seed resize from: 32x48, Version",
            id="seed resize",
        ),
        pytest.param(
            {"restore_faces": True},
            "Seed: 1234, Face restoration: CodeFormer, Size: 64x64",
            id="face restoration",
        ),
        pytest.param({"tiling": True}, "Model: tiny-a, Tiling: True, Version", id="tiling"),
        pytest.param({"cfg_scale": 1e30}, "CFG scale: 1e+30", id="a large number"),
    ],
)
def test_what_is_not_the_default_has_its_place(fields: dict[str, Any], told: str) -> None:
    assert told in txt2img(**fields).line


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"seed_resize_from_w": 32}, id="half a seed resize"),
        pytest.param({"subseed": 5}, id="a variation without strength"),
        pytest.param({"denoising_strength": 0.5}, id="a strength without hires fix"),
    ],
)
def test_what_means_nothing_has_none(fields: dict[str, Any]) -> None:
    assert txt2img(**fields).line == PLAIN


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"seed_resize_from_w": None}, id="the width"),
        pytest.param({"seed_resize_from_w": 32, "seed_resize_from_h": None}, id="the height"),
    ],
)
def test_a_value_that_cannot_be_compared_is_a_500_before_anything_is_sampled(
    fields: dict[str, Any],
) -> None:
    webui = Webui()
    with pytest.raises(ServerError) as caught:
        txt2img(webui, **fields)

    assert caught.value.text == "'<=' not supported between instances of 'NoneType' and 'int'"
    assert webui.state.sampling_steps == 0


@pytest.mark.parametrize(
    "prompt",
    [
        pytest.param("a, b: c", id="commas and colons"),
        pytest.param("line one\nline two", id="lines"),
        pytest.param("(emphasis:1.2) [x|y]", id="emphasis"),
        pytest.param('"quoted", \\escaped', id="quotes"),
        pytest.param("狐 🦊 café", id="any letters"),
    ],
)
def test_what_is_built_is_parsed_to_the_same_prompts(prompt: str) -> None:
    webui = Webui()
    made = txt2img(webui, prompt=prompt, negative_prompt=prompt)

    parsed = parse_generation_parameters(made.infotexts[0], webui.options, ())

    assert (parsed["Prompt"], parsed["Negative prompt"]) == (prompt, prompt)
    assert (parsed["Steps"], parsed["Seed"], parsed["Size-1"]) == ("2", "1234", "64")


@pytest.mark.parametrize(
    ("width", "height", "shown"),
    [
        pytest.param(0, 64, False, id="no width"),
        pytest.param(64, 0, False, id="no height"),
        pytest.param(64, 64, True, id="both"),
        pytest.param(-1, -1, True, id="the field's own default"),
    ],
)
def test_a_version_shows_a_seed_resize_unless_a_side_is_nought(
    width: int, height: int, shown: bool
) -> None:
    webui = Webui("a1111-47a44c7")

    made = txt2img(webui, seed_resize_from_w=width, seed_resize_from_h=height)

    assert ("Seed resize from" in made.line) is shown


@pytest.mark.parametrize(("width", "height"), [(0, 64), (64, 0), (-1, 64), (64, -1)])
def test_the_newest_version_shows_no_seed_resize_without_two_sides(width: int, height: int) -> None:
    made = txt2img(seed_resize_from_w=width, seed_resize_from_h=height)

    assert "Seed resize from" not in made.line


def test_the_newest_version_shows_a_seed_resize_of_two_sides() -> None:
    assert "Seed resize from: 64x32" in txt2img(seed_resize_from_w=64, seed_resize_from_h=32).line


class _Adds(Callbacks):
    """An extension that sets a parameter of each picture."""

    active = True

    def __init__(self, *values: str) -> None:
        self._values = list(values)

    def process(self, p: Any) -> None:
        p.extra_generation_params["Added"] = self._values


def test_a_list_says_a_parameter_of_each_picture_as_far_as_it_goes() -> None:
    webui = Webui()
    webui.callbacks = _Adds("one", "two")

    first, second, third = txt2img(webui, batch_size=3).infotexts

    assert ("Added: one" in first, "Added: two" in second) == (True, True)
    assert "Added" not in third


class _LeavesOneHiresPrompt(Callbacks):
    """An extension that leaves fewer hires prompts than pictures."""

    active = True

    def postprocess_image(self, p: Any, picture: object, number: int) -> object:
        del p.all_hr_prompts[1:]
        return super().postprocess_image(p, picture, number)


def test_a_picture_without_a_hires_prompt_of_its_own_says_none() -> None:
    webui = Webui()
    webui.callbacks = _LeavesOneHiresPrompt()

    first, second = txt2img(
        webui, batch_size=2, enable_hr=True, denoising_strength=0.5, hr_prompt="a cat"
    ).infotexts

    assert "Hires prompt: a cat" in first
    assert "Hires prompt" not in second


class _EachItsOwn(Callbacks):
    """An extension that gives each picture prompts of its own."""

    active = True

    def process(self, p: Any) -> None:
        count = range(len(p.all_prompts))
        p.all_prompts = [f"fox {number}" for number in count]
        p.all_negative_prompts = [f"dog {number}" for number in count]


def test_a_picture_says_the_prompts_that_it_was_made_of() -> None:
    webui = Webui()
    webui.callbacks = _EachItsOwn()
    said = [text.splitlines()[:2] for text in txt2img(webui, batch_size=2, n_iter=2).infotexts]

    assert said == [[f"fox {number}", f"Negative prompt: dog {number}"] for number in range(4)]
