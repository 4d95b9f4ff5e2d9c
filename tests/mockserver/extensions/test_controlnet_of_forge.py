"""The ControlNet that Forge and reForge have built in, and how it differs from the extension."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from extended import SMALL, Made, encoded, picture

from mockserver import Config, create_app
from mockserver.backends.registry import simulate

if TYPE_CHECKING:
    from flask.testing import FlaskClient

CANNY = "control_v11p_sd15_canny [f1aa6b3f]"
UNIT = {"module": "canny", "model": CANNY, "image": encoded(picture())}


def client(profile: str, *extensions: str) -> FlaskClient:
    return create_app(simulate(profile, Config(extensions=extensions))).test_client()


@pytest.fixture(scope="module")
def forge() -> FlaskClient:
    return client("forge", "controlnet")


def made(server: FlaskClient, *units: Any, **fields: Any) -> Made:
    scripts = {"alwayson_scripts": {"controlnet": {"args": list(units)}}} if units else {}
    return Made(server.post("/sdapi/v1/txt2img", json=SMALL | fields | scripts))


@pytest.mark.parametrize("profile", ["forge", "reforge", "forge-neo", "ersatzforge"])
def test_it_is_there_without_being_asked_for(profile: str) -> None:
    server = client(profile)

    assert server.get("/controlnet/model_list").json == {"model_list": ["None"]}
    assert "canny" in server.get("/controlnet/module_list").json["module_list"]
    assert server.get("/controlnet/version").status_code == 404


def test_its_types_are_those_that_were_recorded() -> None:
    webui: Any = simulate("forge")
    (controlnet,) = webui.extensions
    listed = create_app(webui).test_client().get("/controlnet/control_types")

    assert listed.json == webui.fixtures.get("control_types")
    assert controlnet.catalogue.types() == listed.json["control_types"]


def test_asked_for_by_name_it_has_models(forge: FlaskClient) -> None:
    assert CANNY in forge.get("/controlnet/model_list").json["model_list"]


def test_a_unit_acts_without_enabled_and_with_numbers(forge: FlaskClient) -> None:
    plain = made(forge)
    answer = made(forge, UNIT | {"resize_mode": 1, "control_mode": 0})

    assert len(answer.images) == 2
    assert answer.images[0].tobytes() != plain.images[0].tobytes()
    assert answer.told["ControlNet 0"] == (
        f"Module: canny, Model: {CANNY}, Weight: 1.0, Resize Mode: 1, Guidance Start: 0.0, "
        "Guidance End: 1.0, Pixel Perfect: False, Control Mode: 0, Hr Option: HiResFixOption.BOTH"
    )


def test_a_map_comes_even_where_the_model_is_missing() -> None:
    answer = made(client("forge"), UNIT)
    plain = made(client("forge"))

    assert len(answer.images) == 2
    assert answer.images[0].tobytes() == plain.images[0].tobytes()


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        (UNIT | {"image": "@@"}, False),
        (UNIT | {"image": ""}, False),
        (UNIT | {"image": None}, True),
        (UNIT | {"module": "none"}, True),
        ({**UNIT, "image": None, "input_image": UNIT["image"]}, True),
        ([True, "canny"], False),
        (UNIT | {"enabled": False}, False),
    ],
)
def test_what_fails_is_silent(forge: FlaskClient, unit: Any, told: bool) -> None:
    answer = made(forge, unit)

    assert answer.status == 200
    assert len(answer.images) == 1
    assert ("ControlNet 0" in answer.told) is told


def test_null_for_a_unit_is_fine_with_reforge_alone() -> None:
    assert len(made(client("reforge"), UNIT, None).images) == 2
    assert len(made(client("forge"), UNIT, None).images) == 1


def test_units_before_the_one_that_fails_act(forge: FlaskClient) -> None:
    alone = made(forge, UNIT)
    both = made(forge, UNIT, UNIT | {"model": "nope"})

    assert both.images[0].tobytes() == alone.images[0].tobytes()


def test_a_mask_comes_back_as_a_map_too(forge: FlaskClient) -> None:
    assert len(made(forge, UNIT | {"mask_image": encoded(picture())}).images) == 3


@pytest.mark.parametrize(
    ("option", "sizes"),
    [("Both", [64, 128]), ("Low res only", [64]), ("High res only", [128])],
)
def test_hires_gives_the_maps_of_the_passes_that_it_acts_on(
    forge: FlaskClient, option: str, sizes: list[int]
) -> None:
    hires: dict[str, Any] = {"enable_hr": True, "hr_additional_modules": ["Use same choices"]}
    hires["denoising_strength"] = 0.5
    answer = made(forge, UNIT | {"hr_option": option}, **hires)

    assert [image.width for image in answer.images[1:]] == sizes


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"controlnet_module": "none"}, 422, "Module not available"),
        ({"controlnet_input_images": []}, 422, "No image selected"),
        ({}, 200, "Success"),
    ],
)
def test_detect(forge: FlaskClient, fields: dict[str, Any], status: int, words: str) -> None:
    body = {"controlnet_module": "canny", "controlnet_input_images": [UNIT["image"]], **fields}
    answer = forge.post("/controlnet/detect", data=json.dumps(body))

    assert (answer.status_code, words in answer.text) == (status, True)


def test_lists_hold_it_once(forge: FlaskClient) -> None:
    assert forge.get("/sdapi/v1/scripts").json["txt2img"].count("controlnet") == 1


def test_a_program_with_a_built_in_controlnet_shares_its_models_between_servers() -> None:
    first, again = (simulate("forge") for _ in range(2))

    assert first.models is again.models  # type: ignore[attr-defined]


def test_an_extension_of_ones_own_gives_a_server_models_of_its_own() -> None:
    plain, extended = (simulate("forge") for _ in range(2))
    extended.extensions.add("adetailer")  # type: ignore[attr-defined]

    assert plain.models is not extended.models  # type: ignore[attr-defined]
    assert "ad_max_models" in extended.options.names  # type: ignore[attr-defined]
    assert "ad_max_models" not in plain.options.names  # type: ignore[attr-defined]
