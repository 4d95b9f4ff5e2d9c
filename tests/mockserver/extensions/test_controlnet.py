"""ControlNet 1.1.455: units, silent failures, detected maps, pictures that change."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from extended import SMALL, Extended, Made, encoded, picture

CANNY = "control_v11p_sd15_canny [f1aa6b3f]"
UNIT = {"enabled": True, "module": "canny", "model": CANNY, "image": encoded(picture())}


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("controlnet")


def pixels(made: Made) -> list[bytes]:
    """The pictures without the maps."""
    return [image.tobytes() for image in made.images[: len(made.info["infotexts"])]]


def made(webui: Extended, *units: Any, **fields: Any) -> Made:
    return webui.txt2img({"controlnet": list(units)}, **fields)


def test_a_map_follows_the_picture_and_the_infotext_says_the_unit(webui: Extended) -> None:
    answer = made(webui, UNIT)

    assert len(answer.images) == 2
    assert len(answer.info["infotexts"]) == 1
    assert "parameters" in answer.images[0].info
    assert "parameters" not in answer.images[1].info
    assert answer.told["ControlNet 0"] == (
        f"Module: canny, Model: {CANNY}, Weight: 1.0, Resize Mode: Crop and Resize, "
        "Processor Res: 512, Threshold A: 100, Threshold B: 200, Guidance Start: 0.0, "
        "Guidance End: 1.0, Pixel Perfect: False, Control Mode: Balanced"
    )


def test_one_map_for_each_unit_once_for_the_request(webui: Extended) -> None:
    answer = made(webui, UNIT, UNIT | {"module": "invert"}, batch_size=2, n_iter=2)

    assert len(answer.images) == 6
    assert [len(answer.info[key]) for key in ("infotexts", "all_seeds")] == [4, 4]
    assert answer.images[4].tobytes() != answer.images[5].tobytes()


def test_units_are_numbered_by_those_enabled(webui: Extended) -> None:
    answer = made(webui, {"enabled": False}, UNIT)

    assert [key for key in answer.told if key.startswith("ControlNet")] == ["ControlNet 0"]


def test_hires_gives_two_maps_the_large_one_first(webui: Extended) -> None:
    answer = made(webui, UNIT, enable_hr=True, denoising_strength=0.5)

    assert [image.size for image in answer.images] == [(128, 128), (128, 128), (64, 64)]


@pytest.mark.parametrize(
    ("unit", "options"),
    [({"save_detected_map": False}, {}), ({}, {"control_net_no_detectmap": True})],
)
def test_no_map_where_none_is_wanted(
    webui: Extended, unit: dict[str, Any], options: dict[str, Any]
) -> None:
    answer = made(webui, UNIT | unit, override_settings=options)

    assert len(answer.images) == 1
    assert pixels(answer) == pixels(made(webui, UNIT))


def test_a_map_has_the_size_of_the_picture(webui: Extended) -> None:
    answer = made(webui, UNIT, width=60, height=96)

    assert [image.size for image in answer.images] == [(56, 96)] * 2


def test_an_inpainting_map_keeps_its_alpha(webui: Extended) -> None:
    mask = encoded(picture().convert("RGB"))
    answer = made(webui, UNIT | {"module": "inpaint_only", "mask": mask})

    assert answer.images[1].mode == "RGBA"


@pytest.mark.parametrize(
    "change",
    [
        {"module": "invert"},
        {"model": "control_v11p_sd15_openpose"},
        {"weight": 0.5},
        {"guidance_start": 0.4},
        {"guidance_end": 0.4},
        {"image": encoded(picture((96, 64)))},
        {"control_mode": "ControlNet is more important"},
        {"threshold_a": 1, "threshold_b": 1},
    ],
)
def test_the_picture_follows_the_unit(webui: Extended, change: dict[str, Any]) -> None:
    plain, first = webui.txt2img(steps=9), made(webui, UNIT, steps=9)
    changed = made(webui, UNIT | change, steps=9)

    assert len({pixels(plain)[0], pixels(first)[0], pixels(changed)[0]}) == 3
    assert pixels(changed) == pixels(made(webui, UNIT | change, steps=9))


@pytest.mark.parametrize(
    "change",
    [
        {"weight": 0},
        {"model": "nope"},
        {"model": "None"},
        {"model": "control_v11p_sd15_canny [00000000]"},
        {"model": "control_v11p_sd15_canny.safetensors"},
        {"image": None},
        {"image": ""},
        {"image": "@@"},
        {"mask": encoded(picture((32, 32)))},
        {"image": [UNIT["image"]]},
        {"effective_region_mask": encoded(picture(mode="L"))},
    ],
)
def test_what_fails_silently_gives_the_plain_picture(
    webui: Extended, change: dict[str, Any]
) -> None:
    answer = made(webui, UNIT | change)

    assert answer.status == 200
    assert "ControlNet 0" in answer.told
    assert pixels(answer) == pixels(webui.txt2img())


def test_one_failing_unit_switches_off_all_for_this_request_alone(webui: Extended) -> None:
    answer = made(webui, UNIT, UNIT | {"model": "nope"})

    assert len(answer.images) == 1
    assert pixels(answer) == pixels(webui.txt2img())
    assert len(made(webui, UNIT).images) == 2


@pytest.mark.parametrize(
    "units",
    [
        [{key: value for key, value in UNIT.items() if key != "enabled"}],
        [UNIT | {"enabled": False}],
        [],
        [{}],
        [None],
        [True, "canny", CANNY, 1.0],
        [None, None, None, UNIT],
    ],
    ids=["unsaid", "off", "empty", "object", "null", "positional", "fourth"],
)
def test_what_does_nothing_at_all(webui: Extended, units: list[Any]) -> None:
    answer = made(webui, *units)

    assert answer.told == {}
    assert pixels(answer) == pixels(webui.txt2img())


ENUM = "   value is not a valid enumeration member; permitted: 'Balanced', "
NULL = "   none is not an allowed value (type=type_error.none.not_allowed)"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"resize_mode": 1}, "resize_mode\n   (type=assertion_error)"),
        ({"control_mode": 0}, f"control_mode\n{ENUM}"),
        (
            {"module": "nope"},
            "module\n  module(nope) not found in supported modules. (type=value_error)",
        ),
        ({"weight": 3}, "weight\n  ensure this value is less than or equal to 2.0"),
        ({"weight": None}, "weight\n  none is not an allowed value"),
        ({"enabled": "perhaps"}, "enabled\n  value could not be parsed to a boolean"),
    ],
)
def test_pydantic_refuses_the_whole_request(
    webui: Extended, change: dict[str, Any], words: str
) -> None:
    error, errors = made(webui, UNIT | change).crash

    assert error == "ValidationError"
    assert errors.startswith("1 validation error for ControlNetUnit\n")
    assert " ".join(words.split()) in " ".join(errors.split())


def test_a_disabled_unit_is_refused_as_well_and_all_is_counted(webui: Extended) -> None:
    bad = {"enabled": False, "resize_mode": 7, "control_mode": 7, "weight": 9}
    error, errors = made(webui, bad).crash

    assert error == "ValidationError"
    assert errors.startswith("3 validation errors for ControlNetUnit\n")


@pytest.mark.parametrize(
    ("change", "crash"),
    [
        (
            {"input_image": UNIT["image"]},
            ("AssertionError", "Conflict of field 'input_image' and 'image'"),
        ),
        (
            {"mask": UNIT["image"], "mask_image": UNIT["image"]},
            ("ValueError", "Cannot specify both 'mask' and 'mask_image'!"),
        ),
    ],
)
def test_two_names_for_one_thing_are_refused(
    webui: Extended, change: dict[str, Any], crash: tuple[str, str]
) -> None:
    error, errors = made(webui, UNIT | change).crash

    assert error == crash[0]
    assert crash[1] in errors


@pytest.mark.parametrize(
    "change",
    [
        {"enabled": "yes"},
        {"weight": "1.0"},
        {"module": "canny", "guess_mode": True, "nope": 1},
        {"resize_mode": "Scale to Fit (Inner Fit)"},
        {"processor_res": -100, "threshold_a": -100},
        {"model": "V11P_SD15_CANNY"},
        {"image": "data:image/png;base64," + str(UNIT["image"])},
        {"image": {"image": UNIT["image"], "mask": None}},
    ],
)
def test_other_ways_to_say_the_same(webui: Extended, change: dict[str, Any]) -> None:
    assert pixels(made(webui, UNIT | change)) == pixels(made(webui, UNIT))


def test_img2img_takes_its_own_picture_where_a_unit_has_none(webui: Extended) -> None:
    unit = {key: value for key, value in UNIT.items() if key != "image"}
    plain = webui.img2img()
    absent = webui.img2img({"controlnet": [unit]})
    empty = webui.img2img({"controlnet": [unit | {"image": ""}]})

    assert [len(one.images) for one in (plain, absent, empty)] == [1, 2, 1]
    assert pixels(absent) != pixels(plain) == pixels(empty)


def test_png_info_types_the_values_of_a_unit(webui: Extended) -> None:
    picture_ = made(webui, UNIT).json["images"][0]
    read = webui.post("/sdapi/v1/png-info", image=picture_)["parameters"]

    assert read["ControlNet 0 module"] == "canny"
    assert read["ControlNet 0 weight"] == 1.0
    assert read["ControlNet 0 pixel_perfect"] is False
    assert sum(key.startswith("ControlNet 0 ") for key in read) == 11


def test_lists_agree(webui: Extended) -> None:
    modules = webui.get("/controlnet/module_list")["module_list"]
    labels = webui.get("/controlnet/module_list?alias_names=true")["module_list"]
    types = webui.get("/controlnet/control_types")["control_types"]

    assert len(modules) == len(labels) == 72
    assert webui.get("/controlnet/version") == {"version": 3}
    assert webui.get("/controlnet/settings") == {"control_net_unit_count": 3}
    assert CANNY in types["Canny"]["model_list"]
    assert types["Canny"]["default_model"] == CANNY


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"controlnet_module": "nope"}, 422, "Module not available"),
        ({"controlnet_module": "clip_vision"}, 422, "Module not supported"),
        ({"controlnet_input_images": []}, 422, "No image selected"),
        ({"controlnet_module": "inpaint"}, 422, "`controlnet_masks` param"),
        ({"controlnet_input_images": ["@@"]}, 500, "Invalid encoded image"),
        ({"controlnet_processor_res": "big"}, 422, "value is not a valid integer"),
    ],
)
def test_detect_refuses(webui: Extended, fields: dict[str, Any], status: int, words: str) -> None:
    body = {"controlnet_module": "canny", "controlnet_input_images": [UNIT["image"]]} | fields
    answer = webui.answer("/controlnet/detect", body)

    assert (answer.status_code, words in answer.text) == (status, True)


@pytest.mark.parametrize("module", ["none", "canny", "invert", "threshold", "depth_midas"])
def test_detect_draws_a_map_of_its_own_for_each_module(webui: Extended, module: str) -> None:
    body = {"controlnet_module": module, "controlnet_input_images": [UNIT["image"]]}
    answer = webui.post("/controlnet/detect", **body, controlnet_processor_res=64)

    assert answer["info"] == "Success"
    assert (base64.b64decode(answer["images"][0]) == base64.b64decode(str(UNIT["image"]))) is False
    assert (
        module == "none"
        or answer["images"]
        != webui.post("/controlnet/detect", **(body | {"controlnet_module": "none"}))["images"]
    )


def test_routes_are_open_where_the_api_wants_credentials() -> None:
    webui = Extended("controlnet", auth=(("me", "secret"),))

    assert webui.answer("/sdapi/v1/txt2img", SMALL).status_code == 401
    assert webui.client.get("/controlnet/model_list").status_code == 200


@pytest.fixture(scope="module")
def old() -> Extended:
    return Extended("controlnet@1.1.447")


def test_the_earlier_version_says_so(old: Extended) -> None:
    assert old.get("/controlnet/version") == {"version": 2}


def test_before_pydantic_numbers_and_a_missing_enabled_are_taken(old: Extended) -> None:
    unit = {key: value for key, value in UNIT.items() if key != "enabled"}
    answer = made(old, unit | {"resize_mode": 1, "control_mode": 0})

    assert len(answer.images) == 2
    assert pixels(answer) != pixels(old.txt2img())


def test_before_pydantic_an_unknown_module_is_silent_and_a_text_for_a_weight_is_not(
    old: Extended,
) -> None:
    silent = made(old, UNIT | {"module": "nope"})

    assert (silent.status, len(silent.images)) == (200, 1)
    assert made(old, UNIT | {"weight": "0.75"}).status == 500


def test_before_pydantic_an_empty_image_is_the_init_image(old: Extended) -> None:
    answer = old.img2img({"controlnet": [UNIT | {"image": ""}]})

    assert len(answer.images) == 2
