"""The strategies reach what they promise, and nothing that they exclude."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from conformance.client import Deviation, Img2Img, Txt2Img
from conformance.client.fields import Img2ImgFields, Txt2ImgFields, field_table
from conformance.properties import property_strategies, strategies

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from conformance.properties.strategies import Encoded, PictureFile, SentInfo

FIXTURES = Path(__file__).parents[3] / "fixtures"
# What is found need not be small.
SEARCH = settings(max_examples=20_000, database=None, deadline=None, phases=[Phase.generate])


@cache
def options_of(server: str) -> dict[str, Any]:
    """The options recorded on a server."""
    document: dict[str, Any] = json.loads((FIXTURES / server / "options.json").read_text("utf-8"))
    return document


OPTION_SERVERS = sorted(file.parent.name for file in FIXTURES.glob("*/options.json"))


# --- prompts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(lambda text: text == "", id="nothing"),
        pytest.param(lambda text: any(ord(c) > 0xFFFF for c in text), id="astral characters"),
        pytest.param(lambda text: any(0xFF < ord(c) <= 0xFFFF for c in text), id="Unicode"),
        pytest.param(lambda text: '"' in text, id="quotes"),
        pytest.param(lambda text: "\\" in text, id="backslashes"),
        pytest.param(lambda text: "\n" in text, id="line ends"),
        pytest.param(lambda text: "," in text and ":" in text, id="commas and colons"),
        pytest.param(lambda text: "\nSteps: 20, Sampler:" in text, id="a line of parameters"),
        pytest.param(lambda text: "\nNegative prompt:" in text, id="a negative prompt"),
        pytest.param(lambda text: "<lora:" in text, id="a network"),
        pytest.param(lambda text: "(fox:1.2)" in text, id="emphasis"),
        pytest.param(lambda text: text != text.strip(), id="outer white space"),
    ],
)
def test_prompts_reach_what_a_prompt_may_hold(wanted: Callable[[str], bool]) -> None:
    assert wanted(find(strategies.prompts(), wanted, settings=SEARCH))


@given(strategies.prompts())
def test_prompts_can_be_sent_and_stored(prompt: str) -> None:
    assert prompt.encode("utf-8").decode("utf-8") == prompt
    assert "\0" not in prompt


# --- payloads --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(field_table(Txt2ImgFields)))
def test_every_field_of_txt2img_is_drawn(name: str) -> None:
    only = property_strategies.txt2img_fields(names=[name])
    assert name in Txt2Img(**find(only, bool, settings=SEARCH))


@pytest.mark.parametrize("name", sorted(field_table(Img2ImgFields)))
def test_every_field_of_img2img_is_drawn(name: str) -> None:
    only = property_strategies.img2img_fields(names=[name])
    assert name in Img2Img(**find(only, bool, settings=SEARCH))


@given(property_strategies.txt2img_fields(names=["steps", "width"]))
def test_fields_can_be_limited_by_name(fields: dict[str, Any]) -> None:
    assert fields.keys() <= {"steps", "width"}


@given(property_strategies.unknown_names())
def test_unknown_names_are_none_of_the_fields(name: str) -> None:
    assert name not in field_table(Txt2ImgFields)


@given(property_strategies.impossible_sides())
def test_impossible_sides_are_beyond_the_bounds(side: int) -> None:
    assert side < 8 or side > 16384


@given(strategies.json_values())
def test_json_values_are_json(value: Any) -> None:
    assert json.loads(json.dumps(value, allow_nan=False)) == value


# --- base64 and pictures ---------------------------------------------------------------------


@pytest.mark.parametrize("deviation", sorted(Deviation))
def test_every_deviation_of_base64_is_drawn_alone(deviation: Deviation) -> None:
    drawn = find(
        strategies.base64_texts(), lambda sample: sample.deviations == {deviation}, settings=SEARCH
    )
    assert drawn.deviations == {deviation}


def test_deviations_of_base64_are_drawn_together() -> None:
    drawn = find(
        strategies.base64_texts(), lambda sample: len(sample.deviations) >= 4, settings=SEARCH
    )
    assert len(drawn.deviations) >= 4


@given(strategies.base64_texts(st.just(b"hello"), [Deviation.PREFIX]))
def test_base64_can_be_limited_to_data_and_deviations(sample: Encoded) -> None:
    assert sample.data == b"hello"
    assert sample.deviations <= {Deviation.PREFIX}


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_pictures_of_every_mode_are_drawn(mode: str) -> None:
    drawn = find(strategies.pictures(), lambda image: image.mode == mode, settings=SEARCH)
    assert drawn.mode == mode


@given(strategies.pictures(modes=["RGB"], max_side=3))
def test_pictures_can_be_limited(image: Image.Image) -> None:
    assert image.mode == "RGB"
    assert max(image.size) <= 3


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("worded", [True, False])
def test_files_of_every_format_are_drawn_with_and_without_words(kind: str, worded: bool) -> None:
    def wanted(file: PictureFile) -> bool:
        return file.format == kind and (file.infotext is not None) is worded

    assert wanted(find(strategies.picture_files(), wanted, settings=SEARCH))


# --- options ---------------------------------------------------------------------------------


@pytest.mark.parametrize("server", OPTION_SERVERS)
def test_options_that_load_models_or_hold_secrets_are_not_changed(server: str) -> None:
    fit = set(property_strategies.fit_options(options_of(server)))
    unfit = {"sd_model_checkpoint", "sd_vae", "huggingface_token", "civitai_token", "api_useragent"}
    assert not fit & unfit


@pytest.mark.parametrize("server", ["a1111-1.10.1", "a1111-1.6.0", "sdnext-2025-03"])
def test_most_options_of_a_real_server_can_be_changed(server: str) -> None:
    options = options_of(server)
    assert len(property_strategies.fit_options(options)) > len(options) / 2


@pytest.mark.parametrize("server", ["a1111-1.10.1", "sdnext-2025-03", "koboldcpp-1.111"])
@given(data=st.data())
def test_new_values_have_the_type_that_the_option_has(server: str, data: st.DataObject) -> None:
    options = options_of(server)
    changes = data.draw(property_strategies.option_changes(options, max_size=3))
    assert 1 <= len(changes) <= 3
    for name, value in changes.items():
        current = options[name]
        numeric = isinstance(current, int | float) and not isinstance(current, bool)
        assert isinstance(value, int | float if numeric else type(current))


def test_a_text_of_the_settings_page_is_no_option_to_change() -> None:
    shown = {"settings_in_ui": "This page allows you", "infotext_explanation": "x", "n_rows": -1}
    assert property_strategies.fit_options(shown) == ["n_rows"]


def test_a_server_without_fit_options_gets_no_changes() -> None:
    assert find(property_strategies.option_changes({"sd_vae": "None"}), lambda _: True) == {}


@pytest.mark.parametrize(
    ("current", "kind"),
    [(True, bool), (3, int), (4.0, int), (0.25, float), (["a"], list), ("x", str), (0, int)],
)
@given(data=st.data())
def test_a_number_without_a_fraction_stays_one(
    current: Any, kind: type, data: st.DataObject
) -> None:
    assert type(data.draw(property_strategies.option_values(current))) is kind


# --- answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(lambda info: isinstance(info.sent, dict) and info.sent, id="an object"),
        pytest.param(lambda info: isinstance(info.sent, str) and info.data, id="JSON in a string"),
        pytest.param(lambda info: info.sent and info.data is None, id="text"),
        pytest.param(lambda info: info.sent == "", id="an empty string"),
        pytest.param(lambda info: info.sent is None, id="absent"),
    ],
)
def test_every_form_of_info_is_drawn(wanted: Callable[[SentInfo], bool]) -> None:
    assert wanted(find(strategies.infos(), lambda info: bool(wanted(info)), settings=SEARCH))
