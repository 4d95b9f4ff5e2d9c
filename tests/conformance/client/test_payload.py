"""Payloads: only what was set is sent, and what no server could serve is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from conformance.client import Client, Img2Img, Txt2Img, decode_image
from conformance.client.fields import Img2ImgFields, Txt2ImgFields, field_table
from conformance.errors import PayloadError
from conformance.properties import property_strategies, strategies


@given(property_strategies.txt2img_fields())
def test_only_what_was_set_is_sent_as_it_was_set(fields: dict[str, Any]) -> None:
    body = Txt2Img(**fields).to_json()
    assert body == fields
    assert list(body) == list(fields)


@given(property_strategies.img2img_fields())
def test_every_body_is_json_with_pictures_as_text(fields: dict[str, Any]) -> None:
    body = Img2Img(**fields).to_json()
    assert json.loads(json.dumps(body, allow_nan=False)) == body
    assert list(body) == list(fields)
    assert all(isinstance(text, str) for text in body.get("init_images", []))


@given(property_strategies.wrong_fields())
def test_a_wrong_type_is_refused_by_name(field: tuple[str, Any]) -> None:
    name, value = field
    with pytest.raises(PayloadError) as caught:
        Txt2Img(**{name: value})  # type: ignore[misc]
    assert caught.value.field == name


@given(property_strategies.wrong_fields(Img2ImgFields))
def test_a_wrong_type_is_refused_by_name_in_img2img(field: tuple[str, Any]) -> None:
    name, value = field
    with pytest.raises(PayloadError) as caught:
        Img2Img(**{name: value})  # type: ignore[misc]
    assert caught.value.field == name


@given(property_strategies.unknown_names(), strategies.json_values())
def test_an_unknown_name_is_refused(name: str, value: Any) -> None:
    with pytest.raises(PayloadError, match="no such field") as caught:
        Txt2Img(**{name: value})  # type: ignore[misc]
    assert caught.value.field == name


@given(st.sampled_from(["width", "height"]), property_strategies.impossible_sides())
def test_an_impossible_size_is_refused(name: str, side: int) -> None:
    with pytest.raises(PayloadError, match="is impossible") as caught:
        Txt2Img(**{name: side})  # type: ignore[misc]
    assert caught.value.field == name


@given(property_strategies.txt2img_fields(), property_strategies.txt2img_fields())
def test_replaced_fields_take_the_place_of_others(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert Txt2Img(**first).replaced(**second).to_json() == {**first, **second}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({"promt": "x"}, "did you mean 'prompt'?", id="one letter off"),
        pytest.param({"sampler": "Euler"}, "did you mean 'sampler_name'?", id="a part of a name"),
        pytest.param({"negative": "x"}, "did you mean 'negative_prompt'?", id="the first word"),
        pytest.param({"init_images": []}, "img2img has it", id="a field of another route"),
        pytest.param({"image": "x"}, "image: no such field", id="nothing near"),
        pytest.param({"width": "64"}, "an integer is expected, not '64'", id="a number as text"),
        pytest.param({"width": 64.0}, "an integer is expected, not 64.0", id="a float"),
        pytest.param({"steps": True}, "an integer is expected, not True", id="a truth value"),
        pytest.param({"enable_hr": 2}, "true or false is expected, not 2", id="a number for one"),
        pytest.param(
            {"distilled_cfg_scal": 1}, "did you mean 'distilled_cfg_scale'?", id="of a fork"
        ),
        pytest.param({"hr_cfg": "1"}, "a number or null is expected", id="a fork's, as text"),
        pytest.param({"styles": "a"}, "an array of text or null", id="one style"),
        pytest.param({"styles": [1]}, "an array of text or null", id="a style that is no name"),
        pytest.param({"prompt": None}, "null is refused by the webui", id="null"),
        pytest.param({"cfg_scale": float("nan")}, "cannot be written as JSON", id="not a number"),
        pytest.param({"eta": float("inf")}, "cannot be written as JSON", id="infinity"),
        pytest.param({"steps": 0}, "at least 1", id="no steps"),
        pytest.param({"batch_size": -1}, "at least 1", id="a negative count"),
        pytest.param({"width": 0}, "at least 8 (pixels)", id="no width"),
        pytest.param({"height": -64}, "at least 8 (pixels)", id="a negative height"),
        pytest.param({"width": 10**9}, "at most 16384 (pixels)", id="a width for no card"),
        pytest.param({"seed": 2**64}, "at most 18446744073709551615", id="a seed of 65 bits"),
        pytest.param({"comments": {1: object()}}, "cannot be written as JSON", id="an object"),
        pytest.param({"script_args": [{1, 2}]}, "cannot be written as JSON", id="a set in a list"),
    ],
)
def test_a_refusal_names_the_field_and_what_is_wrong(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(PayloadError) as caught:
        Txt2Img(**fields)
    assert caught.value.field.startswith(next(iter(fields)))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"width": 8, "height": 8}, id="one cell"),
        pytest.param({"width": 65, "height": 70}, id="sides that are no multiple of 8"),
        pytest.param({"seed": None}, id="a seed of null"),
        pytest.param({"seed": -5}, id="another negative seed"),
        pytest.param({"seed": 2**63}, id="a seed of 64 bits"),
        pytest.param({"cfg_scale": 7}, id="an integer for a float"),
        pytest.param({"enable_hr": 1, "tiling": 0}, id="one and nought for true and false"),
        pytest.param({"distilled_cfg_scale": 3.5}, id="a field of Forge"),
        pytest.param({"detailer_enabled": True}, id="a field of SD.Next"),
        pytest.param({"frames": 8, "lora": []}, id="fields of KoboldCpp"),
        pytest.param({"hr_steps": 3}, id="a field of stable-diffusion.cpp"),
        pytest.param({"denoising_strength": 2}, id="a strength above 1"),
        pytest.param({"styles": None, "sampler_name": None}, id="null where the webui takes it"),
        pytest.param({"subseed_strength": 1.5}, id="a share above 1"),
        pytest.param({}, id="nothing at all"),
    ],
)
def test_what_the_webui_takes_is_not_refused(fields: dict[str, Any]) -> None:
    assert Txt2Img(**fields).to_json() == fields


def test_pictures_are_encoded_in_any_form() -> None:
    image = Image.new("RGB", (8, 8), "red")
    body = Img2Img(init_images=[image, b"bytes", "aGk="], mask=image).to_json()
    assert decode_image(body["init_images"][0]).size == (8, 8)
    assert body["init_images"][1:] == ["Ynl0ZXM=", "aGk="]
    assert decode_image(body["mask"]).format == "PNG"


def test_a_picture_that_cannot_be_encoded_is_named_with_its_place() -> None:
    images: list[Any] = [Image.new("RGB", (8, 8)), Image.new("CMYK", (8, 8))]
    with pytest.raises(PayloadError) as caught:
        Img2Img(init_images=images)
    assert caught.value.field == "init_images[1]"


def test_a_later_change_to_what_was_given_changes_no_payload() -> None:
    settings = {"a": [1]}
    payload = Txt2Img(override_settings=settings)
    settings["a"].append(2)
    payload.to_json()["override_settings"]["a"].append(3)
    assert payload.to_json() == {"override_settings": {"a": [1]}}


def test_fields_of_other_servers_can_be_included_unchecked() -> None:
    payload = Txt2Img(prompt="x").including(clip_skip=2, width="wide")
    assert payload.to_json() == {"prompt": "x", "clip_skip": 2, "width": "wide"}
    with pytest.raises(PayloadError, match="cannot be written as JSON"):
        payload.including(clip_skip=object())


def test_fields_can_be_taken_away() -> None:
    payload = Txt2Img(prompt="x", steps=2)
    assert payload.without("steps", "seed").to_json() == {"prompt": "x"}
    assert "steps" in payload
    assert payload["steps"] == 2


def test_payloads_are_equal_by_what_is_sent() -> None:
    assert Txt2Img(steps=1, seed=2) == Txt2Img(seed=2, steps=1)
    assert hash(Txt2Img(steps=1)) == hash(Txt2Img(steps=1))
    assert Txt2Img(steps=1) != Txt2Img(steps=2)
    assert Txt2Img(cfg_scale=7) != Txt2Img(cfg_scale=7.0)
    assert Txt2Img(prompt="x") != Img2Img(prompt="x")
    assert Txt2Img() != {}


def test_the_repr_of_a_payload_is_short() -> None:
    shown = repr(Img2Img(prompt="x", init_images=["A" * 5000]))
    assert shown.startswith("Img2Img(prompt='x', init_images=['AAA")
    assert len(shown) < 120


def test_the_tables_hold_every_field_that_the_webui_lists(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    for table, name in [
        (Txt2ImgFields, "StableDiffusionProcessingTxt2Img"),
        (Img2ImgFields, "StableDiffusionProcessingImg2Img"),
    ]:
        assert field_table(table).keys() == schemas[name]["properties"].keys()


@pytest.mark.parametrize("value", [1, 0, True, False])
def test_a_switch_of_img2img_is_taken_as_the_webui_takes_it(value: int) -> None:
    assert Img2Img(inpaint_full_res=value)["inpaint_full_res"] is value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        pytest.param("forge", {"hr_additional_modules": ["Use same choices"]}, id="Forge"),
        pytest.param("forge-neo", {"distilled_cfg_scale": 3}, id="what grew out of it"),
        pytest.param("reforge", {"hr_cfg": 2.0}, id="reForge"),
        pytest.param("sdnext", {"init_images": ["aGk="], "clip_skip": None}, id="SD.Next"),
        pytest.param("koboldcpp-1.111", {"init_images": ["aGk="], "frames": 2}, id="KoboldCpp"),
        pytest.param("sdcpp", {"hr_steps": 3, "prompt": "a fox"}, id="stable-diffusion.cpp"),
    ],
)
def test_a_payload_for_one_kind_of_server(kind: str, fields: dict[str, Any]) -> None:
    payload = Txt2Img.to_server(kind, **fields)
    assert payload.to_json() == fields
    payload.check_for(kind)


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        pytest.param("a1111", {"hr_cfg": 1}, "no field of the webui; Forge and reForge", id="A"),
        pytest.param("reforge", {"distilled_cfg_scale": 3}, "no field of reForge; Forge", id="R"),
        pytest.param("forge", {"init_images": []}, "no field of Forge", id="another route's"),
        pytest.param("koboldcpp", {"clip_skip": None}, "null is refused", id="its own type"),
        pytest.param("sdcpp", {"promt": "x"}, "did you mean 'prompt'?", id="unknown to all"),
    ],
)
def test_a_field_of_others_is_refused(kind: str, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(PayloadError) as caught:
        Txt2Img.to_server(kind, **fields)
    assert message in str(caught.value)


def test_a_payload_for_any_server_is_looked_at_again_for_one() -> None:
    payload = Txt2Img(prompt="a fox", distilled_cfg_scale=3.5)  # type: ignore[call-arg]
    payload.check_for("forge")
    with pytest.raises(PayloadError, match=r"no field of SD\.Next; Forge has it"):
        payload.check_for("sdnext")
    payload.without("distilled_cfg_scale").check_for("sdnext")


def test_fields_that_are_sent_unchecked_stay_so() -> None:
    payload = Txt2Img(prompt="a fox").including(hr_cfg=3, zz_own=1)
    payload.check_for("a1111")
    payload.replaced(prompt="a cat").without("prompt").check_for("a1111")


def test_an_unknown_kind_of_server_is_refused() -> None:
    with pytest.raises(ValueError, match="'nope' is no family of servers; there are a1111, forge"):
        Txt2Img().check_for("nope")


def test_a_client_that_knows_its_server_refuses_before_it_sends() -> None:
    client = Client("http://nowhere.test", family="forge-neo")
    with pytest.raises(PayloadError, match="no field of Forge; KoboldCpp has it"):
        client.txt2img(Txt2Img(frames=2))  # type: ignore[call-arg]
    assert list(client.log) == []
