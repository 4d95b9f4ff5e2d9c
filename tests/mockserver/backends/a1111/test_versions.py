"""What earlier versions do otherwise, each rule by itself; the recordings show them together."""

from __future__ import annotations

import base64
import io
import json
from functools import cache
from typing import Any

import pytest
import requests
from PIL import Image

from mockserver import activate

SMALL = {"prompt": "fox", "width": 64, "height": 64, "steps": 2, "seed": 1}


def api(profile: str, route: str, body: dict[str, Any] | None) -> tuple[int, Any]:
    """Status and JSON of one request to a server of that profile."""
    with activate(profile=profile) as mock:
        return asked(f"{mock.url}/sdapi/v1/{route}", body)


def asked(url: str, body: dict[str, Any] | None) -> tuple[int, Any]:
    method = "GET" if body is None else "POST"
    answer = requests.request(method, url, json=body, timeout=60)
    plain = answer.headers["content-type"].startswith("text/plain")
    return answer.status_code, answer.text if plain else answer.json()


def infotext(profile: str, **fields: Any) -> str:
    status, body = api(profile, "txt2img", SMALL | fields)
    assert status == 200
    info = body["info"]
    found: str = (json.loads(info) if isinstance(info, str) else info)["infotexts"][0]
    return found


@cache
def picture(width: int = 64, height: int = 64, orientation: int = 1, colour: str = "red") -> str:
    exif = Image.Exif()
    exif[274] = orientation
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG", exif=exif)
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize(
    ("profile", "status"),
    [
        pytest.param("a1111-1.10.1", 200, id="1.10 takes the first"),
        pytest.param("a1111-1.9.0", 404, id="1.9"),
        pytest.param("a1111-1.6.0", 404, id="1.6"),
        pytest.param("a1111-47a44c7", 200, id="47a44c7 does not look at it"),
    ],
)
def test_an_unknown_sampler(profile: str, status: int) -> None:
    assert api(profile, "txt2img", SMALL | {"sampler_name": "nope"})[0] == status


@pytest.mark.parametrize(
    ("profile", "status"),
    [("a1111-1.10.1", 200), ("a1111-1.9.0", 404), ("a1111-1.7.0", 200)],
)
def test_an_old_sampler_name_was_unknown_in_1_9_alone(profile: str, status: int) -> None:
    assert api(profile, "txt2img", SMALL | {"sampler_name": "DPM++ 2M Karras"})[0] == status


def test_sampler_index_is_the_only_way_in_november_2022() -> None:
    text = infotext("a1111-47a44c7", sampler_name="Heun", sampler_index="LMS")
    assert "Sampler: LMS," in text


def test_sampler_names_of_october_2022_are_taken_in_any_case() -> None:
    assert "Sampler: Euler a," in infotext("a1111-2022-10", sampler_index="euler A")
    assert api("a1111-2022-10", "txt2img", SMALL | {"sampler_index": "x"}) == (
        404,
        {"detail": "Sampler not found"},
    )


def test_info_of_october_2022_is_an_object_and_pictures_carry_no_text() -> None:
    _, body = api("a1111-2022-10", "txt2img", SMALL)
    image = Image.open(io.BytesIO(base64.b64decode(body["images"][0])))

    assert body["info"]["prompt"] == "fox"
    assert image.info == {}


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        pytest.param("a1111-1.10.1", False, id="1.10 where it was used"),
        pytest.param("a1111-1.7.0", False, id="1.7 where it was sent"),
        pytest.param("a1111-1.6.0", True, id="1.6 always"),
    ],
)
def test_the_denoising_strength_of_txt2img(profile: str, told: bool) -> None:
    assert ("Denoising strength" in infotext(profile)) is told


def test_the_place_in_the_batch_was_reported_in_november_2022() -> None:
    assert "Batch size: 2, Batch pos: 0," in infotext("a1111-47a44c7", batch_size=2)


def test_hires_fix_of_november_2022_keeps_the_size_asked_for() -> None:
    fields = {"enable_hr": True, "denoising_strength": 0.5, "width": 128}
    _, body = api("a1111-47a44c7", "txt2img", SMALL | fields)
    image = Image.open(io.BytesIO(base64.b64decode(body["images"][0])))

    assert image.size == (128, 64)
    assert "First pass size: 0x0" in body["info"]


def test_sizes_of_november_2022_are_multiples_of_64() -> None:
    crash = (500, "Internal Server Error")
    assert api("a1111-47a44c7", "txt2img", SMALL | {"width": 96}) == crash
    assert api("a1111-1.3.0", "txt2img", SMALL | {"width": 96})[0] == 200


@pytest.mark.parametrize(
    ("profile", "form", "status"),
    [
        pytest.param("a1111-47a44c7", "", 500, id="47a44c7 bare"),
        pytest.param("a1111-47a44c7", "data:image/png;base64,", 200, id="47a44c7 data URI"),
        pytest.param("a1111-2022-10", "", 200, id="October bare"),
        pytest.param("a1111-1.3.0", "", 200, id="1.3 bare"),
    ],
)
def test_forms_of_init_images(profile: str, form: str, status: int) -> None:
    body = SMALL | {"init_images": [form + picture()]}
    assert api(profile, "img2img", body)[0] == status


@pytest.mark.parametrize(
    ("profile", "colours"),
    [
        pytest.param("a1111-47a44c7", ["blue", "blue"], id="the last one alone"),
        pytest.param("a1111-1.3.0", ["red", "blue"], id="every one"),
    ],
)
def test_which_of_two_init_images_are_used(profile: str, colours: list[str]) -> None:
    sent = [f"data:image/png;base64,{picture(colour=colour)}" for colour in ("red", "blue")]
    fields = {"init_images": sent, "batch_size": 2, "denoising_strength": 0.0}

    _, body = api(profile, "img2img", SMALL | fields)

    assert [mostly(image) for image in body["images"][-2:]] == colours


def mostly(text: str) -> str:
    """Whether a picture is rather red or rather blue."""
    red, _, blue = Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB").getpixel((9, 9))
    return "red" if red > blue else "blue"


@pytest.mark.parametrize(
    ("profile", "size"),
    [
        pytest.param("a1111-1.9.0", (16, 32), id="1.9 turns it"),
        pytest.param("a1111-1.7.0", (32, 16), id="1.7 does not"),
    ],
)
def test_a_picture_that_lies_on_its_side(profile: str, size: tuple[int, int]) -> None:
    _, body = api(
        profile, "extra-single-image", {"image": picture(32, 16, 6), "upscaling_resize": 1}
    )
    assert Image.open(io.BytesIO(base64.b64decode(body["image"]))).size == size


@pytest.mark.parametrize(("profile", "status"), [("a1111-1.6.0", 500), ("a1111-1.3.0", 200)])
def test_an_unknown_model_in_the_options(profile: str, status: int) -> None:
    assert api(profile, "options", {"sd_model_checkpoint": "nope"})[0] == status


def test_a_loaded_model_goes_to_the_end_of_the_list_of_1_3() -> None:
    with activate(profile="a1111-1.3.0") as mock:
        asked(f"{mock.url}/sdapi/v1/options", {"sd_model_checkpoint": "tiny-b"})
        _, models = asked(f"{mock.url}/sdapi/v1/sd-models", None)
    assert models[-1]["model_name"] == "tiny-b"


def test_an_override_of_the_model_has_no_effect_in_november_2022() -> None:
    override = {"sd_model_checkpoint": "tiny-a.ckpt [32ca5157]"}
    assert "Model hash: 8972f085" in infotext("a1111-47a44c7", override_settings=override)


def test_an_alias_in_the_options_stays_one_in_november_2022() -> None:
    with activate(profile="a1111-47a44c7") as mock:
        url = f"{mock.url}/sdapi/v1/options"
        asked(url, {"sd_model_checkpoint": "tiny-a"})
        assert asked(url, None)[1]["sd_model_checkpoint"] == "tiny-a"


def test_png_info_reported_more_with_each_version() -> None:
    found = {
        profile: list(api(profile, "png-info", {"image": sent})[1])
        for profile, sent in (
            ("a1111-47a44c7", f"data:image/png;base64,{picture()}"),
            ("a1111-1.6.0", picture()),
            ("a1111-1.7.0", picture()),
        )
    }
    assert found == {
        "a1111-47a44c7": ["info"],
        "a1111-1.6.0": ["info", "items"],
        "a1111-1.7.0": ["info", "items", "parameters"],
    }


def test_the_list_of_scripts_fails_in_1_6_as_it_did() -> None:
    status, body = api("a1111-1.6.0", "script-info", None)
    assert (status, body["error"]) == (500, "ValidationError")


@pytest.mark.parametrize(
    ("profile", "status", "shape"),
    [
        pytest.param("a1111-1.10.1", 500, ["error", "detail", "body", "errors"], id="upstream"),
        pytest.param("forge", 500, ["error", "detail", "body", "message"], id="Forge"),
    ],
)
def test_the_shape_of_a_crash(profile: str, status: int, shape: list[str]) -> None:
    found, body = api(profile, "txt2img", SMALL | {"prompt": None})
    assert found == status
    assert list(body) == shape


def test_forge_has_modules_in_the_place_of_vaes() -> None:
    status, modules = api("forge", "sd-modules", None)
    assert (status, [module["model_name"] for module in modules]) == (
        200,
        ["tiny-vae.vae.safetensors"],
    )
    assert api("forge", "sd-vae", None)[0] == 404
    assert "Diffusion in Low Bits: nf4" in infotext(
        "forge", override_settings={"forge_unet_storage_dtype": "nf4"}
    )


@pytest.mark.parametrize(
    ("profile", "sampler"),
    [
        pytest.param("reforge", "Sampler: Euler a, Schedule type: Karras,", id="reForge"),
        pytest.param("a1111-1.10.1", "Sampler: DPM++ 2M, ", id="upstream takes the first sampler"),
    ],
)
def test_a_schedulers_name_behind_the_samplers_in_another_case(profile: str, sampler: str) -> None:
    assert sampler in infotext(profile, sampler_name="Euler a KARRAS", steps=4)


@pytest.mark.parametrize(
    ("profile", "coding"),
    [
        pytest.param("reforge", b"VP8L", id="reForge"),
        pytest.param("a1111-1.10.1", b"VP8 ", id="upstream, whatever the option says"),
    ],
)
def test_lossless_webp_is_an_option_of_reforge_alone(profile: str, coding: bytes) -> None:
    with activate(profile=profile) as mock:
        options = {"samples_format": "webp", "webp_lossless": True}
        asked(f"{mock.url}/sdapi/v1/options", options)
        _, body = asked(f"{mock.url}/sdapi/v1/txt2img", SMALL)
    assert coding in base64.b64decode(body["images"][0])
