"""txt2img and img2img: what they answer, refuse and trip over."""

from __future__ import annotations

from typing import Any

import pytest
from generations import in_base64, opened
from PIL import Image
from sdnext import FOX, Sdn, line, picture


def test_a_plain_request_has_the_defaults_of_sd_next() -> None:
    answer = Sdn().txt2img()

    assert answer["parameters"]["cfg_scale"] == 6.0
    assert answer["info"]["sampler_name"] == "UniPC"
    assert opened(answer["images"][0]).format == "JPEG"
    assert line(answer).startswith("Steps: 2, Size: 64x64, Sampler: UniPC, Seed: 1234, ")
    assert line(answer).endswith("Pipeline: StableDiffusionPipeline, Operations: txt2img")


def test_the_line_of_the_negative_prompt_is_there_even_when_empty() -> None:
    assert Sdn().txt2img()["info"]["infotexts"][0].splitlines()[1] == "Negative prompt: "


def test_a_side_that_is_null_is_that_of_sd_next() -> None:
    assert Sdn().txt2img(width=None)["info"]["width"] == 1024


def test_odd_sides_are_rounded_down() -> None:
    answer = Sdn().txt2img(width=66, height=79)

    assert opened(answer["images"][0]).size == (64, 72)
    assert "Size: 64x72" in line(answer)


@pytest.mark.parametrize("steps", [0, -3])
def test_a_picture_takes_one_step_at_least(steps: int) -> None:
    answer = Sdn().txt2img(steps=steps)

    assert len(answer["images"]) == 1
    assert ("Steps: 0" in line(answer)) is (steps == 0)


def test_the_loras_in_use_are_named() -> None:
    answer = Sdn().txt2img(prompt="a fox <lora:demo_lora:0.5> <lora:nope:1>")

    assert line(answer).endswith("LoRA networks: demo_lora")
    assert answer["info"]["extra_generation_params"] == {"LoRA networks": "demo_lora"}


def test_pictures_of_a_batch_count_seeds_and_say_their_place() -> None:
    answer = Sdn().txt2img(batch_size=2, n_iter=2)

    assert answer["info"]["all_seeds"] == [1234, 1235, 1236, 1237]
    assert [line(answer, n).rpartition("Index: ")[2] for n in range(4)] == [
        "1x1",
        "1x2",
        "2x1",
        "2x2",
    ]
    assert len(set(answer["images"])) == 4


@pytest.mark.parametrize(
    ("fields", "name", "shown"),
    [
        pytest.param({"cfg_scale": 1}, "CFG scale", False, id="guidance of one is none"),
        pytest.param({"cfg_scale": 7}, "CFG scale: 7.0", True, id="guidance"),
        pytest.param({"clip_skip": 2}, "Clip skip: 2", True, id="clip skip"),
        pytest.param({"cfg_end": 0.5}, "CFG end: 0.5", True, id="end of guidance"),
        pytest.param({"sampler_name": "Default"}, "Sampler", False, id="the model's own sampler"),
        pytest.param({"seed_resize_from_h": 0}, "Seed resize from", False, id="no seed resize"),
        pytest.param(
            {"subseed": 5, "subseed_strength": 0.3},
            "Variation seed: 5, Variation strength: 0.3",
            True,
            id="variation",
        ),
        pytest.param({"styles": ["nope"]}, "Styles: nope", True, id="an unknown style"),
    ],
)
def test_the_infotext_says_what_was_asked_for(
    fields: dict[str, Any],
    name: str,
    shown: bool,
) -> None:
    assert (name in line(Sdn().txt2img(**fields))) is shown


def test_a_style_is_laid_over_the_prompt() -> None:
    answer = Sdn().txt2img(styles=["Reference/3d print"])

    assert answer["info"]["prompt"] == "3d print a red fox"
    assert answer["parameters"]["prompt"] == "a red fox"


def test_the_tag_of_a_lora_that_is_there_changes_pixels_and_another_does_not() -> None:
    server = Sdn()
    plain = opened(server.txt2img(prompt="fox")["images"][0]).tobytes()

    unknown = server.txt2img(prompt="fox <lora:nope:1>")
    known = server.txt2img(prompt="fox <lora:demo_lora:1>")

    assert opened(unknown["images"][0]).tobytes() == plain
    assert opened(known["images"][0]).tobytes() != plain


@pytest.mark.parametrize(
    ("fields", "status", "error", "words"),
    [
        pytest.param({"sampler_name": "nope"}, 404, "HTTPException", "", id="unknown sampler"),
        pytest.param({"sampler_name": ""}, 404, "HTTPException", "", id="neither name nor index"),
        pytest.param(
            {"steps": None}, 500, "TypeError", "int() argument must be", id="steps are null"
        ),
        pytest.param(
            {"cfg_scale": None}, 500, "TypeError", "'>' not supported", id="guidance is null"
        ),
        pytest.param(
            {"batch_size": None},
            500,
            "TypeError",
            "unsupported operand type(s) for *: 'NoneType' and 'int'",
            id="batch size is null",
        ),
        pytest.param({"batch_size": 0}, 500, "IndexError", "list index out", id="no picture"),
        pytest.param({"prompt": None}, 500, "AssertionError", "", id="prompt is null"),
        pytest.param(
            {"negative_prompt": None}, 500, "TypeError", "object of type 'NoneType'", id="negative"
        ),
        pytest.param(
            {"enable_hr": True}, 500, "AttributeError", "'NoneType' object", id="no upscaler"
        ),
        pytest.param({"width": 8, "height": 8}, 500, "TypeError", "Cannot handle", id="tiny"),
        pytest.param(
            {"alwayson_scripts": {"nope": {}}}, 422, "HTTPException", "", id="unknown script"
        ),
        pytest.param(
            {"alwayson_scripts": {"Prompt Matrix": {}}},
            422,
            "HTTPException",
            "",
            id="chosen script",
        ),
    ],
)
def test_errors_have_five_keys(fields: dict[str, Any], status: int, error: str, words: str) -> None:
    server = Sdn()

    code, told = server.post("txt2img", **{**FOX, **fields})

    assert (code, list(told)) == (status, ["error", "code", "detail", "body", "errors"])
    assert (told["error"], told["code"]) == (error, status)
    assert told["errors"].startswith(words)
    assert server.get("progress")[1]["state"]["job"] == ""


def test_the_sampler_index_counts_where_the_name_is_empty() -> None:
    assert Sdn().txt2img(sampler_index="Euler")["info"]["sampler_name"] == "UniPC"
    answer = Sdn().txt2img(sampler_name="", sampler_index="Euler")
    assert answer["info"]["sampler_name"] == "Euler"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"width": -64}, id="a negative side"),
        pytest.param({"width": 4}, id="a side below the grid"),
        pytest.param({"sampler_name": "PNDM"}, id="a sampler whose steps fail"),
    ],
)
def test_what_the_pipeline_refuses_is_answered_without_pictures(fields: dict[str, Any]) -> None:
    answer = Sdn().txt2img(**fields)

    assert answer["images"] == []
    assert len(answer["info"]["infotexts"]) == 1


def test_long_arguments_of_scripts_are_reported_by_their_length() -> None:
    answer = Sdn().txt2img(script_args=["x" * 1000, "y"])

    assert answer["parameters"]["script_args"] == ["<str 1000>", "y"]


def test_img2img_keeps_the_size_of_its_picture_and_says_of_it() -> None:
    answer = Sdn().img2img(denoising_strength=0.4)

    assert opened(answer["images"][0]).size == (96, 64)
    assert "Size: 64x64" in line(answer)
    assert "Pipeline: StableDiffusionImg2ImgPipeline, Operations: img2img" in line(answer)
    assert "Init image size: 96x64" in line(answer)
    assert line(answer).endswith("Resize scale: 1, Denoising strength: 0.4")


def test_a_resize_mode_gives_the_size_that_was_asked_for() -> None:
    answer = Sdn().img2img(resize_mode=1)

    assert opened(answer["images"][0]).size == (64, 64)
    assert line(answer).endswith("Resize mode: Fixed")


def test_an_unknown_resize_mode_trips_the_server() -> None:
    fields = {**FOX, "init_images": [picture()], "resize_mode": 9}
    assert Sdn().post("img2img", **fields)[1]["error"] == "IndexError"


def test_sides_left_open_are_the_pictures_own() -> None:
    answer = Sdn().img2img(width=None, height=None, init_images=[picture((70, 61))])

    assert (answer["info"]["width"], answer["info"]["height"]) == (64, 56)


def test_a_mask_makes_it_inpainting_and_black_stays_as_it_was() -> None:
    answer = Sdn().img2img(
        init_images=[picture()], mask=picture(colour="black"), mask_blur=0, denoising_strength=0.9
    )

    red, green, blue = opened(answer["images"][0]).getpixel((32, 32))  # type: ignore[misc]
    assert max(red, green) < 16
    assert abs(blue - 128) < 16
    assert "Operations: inpaint" in line(answer)


def test_only_the_masked_part_is_another_picture_than_the_whole() -> None:
    server = Sdn()
    half = Image.new("L", (64, 64))
    half.paste(255, (0, 0, 32, 64))
    fields = {"init_images": [picture()], "mask": in_base64(half), "denoising_strength": 0.9}

    whole = server.img2img(**fields)["images"]
    region = server.img2img(**fields, inpaint_full_res=True)["images"]
    other_fill = server.img2img(**fields, inpainting_fill=2)["images"]

    assert opened(whole[0]).tobytes() != opened(region[0]).tobytes()
    assert opened(whole[0]).tobytes() == opened(other_fill[0]).tobytes()


def test_without_denoising_there_is_no_picture_and_the_pipeline_never_turned() -> None:
    answer = Sdn().img2img(denoising_strength=0)

    assert answer["images"] == []
    assert "Pipeline: StableDiffusionPipeline, Operations: img2img" in line(answer)


@pytest.mark.parametrize(
    ("include", "echoed"),
    [pytest.param(True, True, id="asked for"), pytest.param(False, False, id="not asked for")],
)
def test_pictures_are_echoed_on_request(include: bool, echoed: bool) -> None:
    answer = Sdn().img2img(include_init_images=include)

    assert (answer["parameters"]["init_images"] is not None) is echoed


@pytest.mark.parametrize(
    ("images", "status", "told"),
    [
        pytest.param(None, 400, {"error": "Init image is none"}, id="none"),
        pytest.param(["aGVsbG8="], 500, "Invalid encoded image", id="no picture"),
        pytest.param(["http://127.0.0.1:9/x.png"], 500, "Invalid encoded image", id="an address"),
    ],
)
def test_init_images_that_are_none(images: Any, status: int, told: Any) -> None:
    code, answer = Sdn().post("img2img", **FOX, init_images=images)

    assert code == status
    assert told in (answer, answer.get("detail"))


@pytest.mark.parametrize(
    ("width", "mode", "size"),
    [
        pytest.param(24, "RGB", (8, 4), id="three cells"),
        pytest.param(32, "RGB", (8, 4), id="four cells"),
        pytest.param(40, "RGB", (40, 64), id="five cells"),
    ],
)
def test_a_narrow_latent_is_taken_for_a_picture(
    width: int, mode: str, size: tuple[int, int]
) -> None:
    made = opened(Sdn().txt2img(width=width)["images"][0])

    assert (made.mode, made.size) == (mode, size)


def test_a_latent_of_two_cells_has_more_channels_than_a_jpeg() -> None:
    status, told = Sdn().post("txt2img", **{**FOX, "width": 16})

    assert (status, told["errors"]) == (500, "cannot write mode LA as JPEG")


def test_options_of_samplers_are_reported_where_they_are_not_as_usual() -> None:
    server = Sdn()
    fields = {"override_settings": {"schedulers_beta_schedule": "linear"}}

    assert line(server.txt2img(**fields)).endswith("Sampler beta schedule: linear")
    assert "Sampler" not in line(server.txt2img(**fields, sampler_name="Default"))
