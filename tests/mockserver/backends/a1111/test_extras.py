"""Extras: upscaling and face restoration over the API."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from mockserver import Webui
from mockserver.backends.a1111.extras import (
    extra_batch_images,
    extra_single_image,
    plaintext_to_html,
)
from mockserver.core.errors import HTTPError, ServerError


def sent(size: tuple[int, int] = (16, 16), mode: str = "RGB", **text: str) -> str:
    info = PngImagePlugin.PngInfo()
    for key, value in text.items():
        info.add_text(key, value)
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(out, "PNG", pnginfo=info)
    return base64.b64encode(out.getvalue()).decode()


def opened(text: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(text)))


@pytest.fixture
def webui() -> Webui:
    return Webui()


def single(webui: Webui, image: str | None = None, **values: Any) -> tuple[Image.Image, str]:
    """The picture, and what is said of it without its paragraph."""
    body = {"image": sent() if image is None else image, **values}
    valid = webui.models.get("ExtrasSingleImageRequest").validate(body)
    found = extra_single_image(webui, valid.values)
    assert list(found) == ["html_info", "image"]
    return opened(found["image"]), found["html_info"].removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    ("values", "size", "said"),
    [
        pytest.param({}, (16, 16), "", id="nothing"),
        pytest.param({"upscaler_2": "Lanczos"}, (16, 16), "", id="only the second"),
        pytest.param(
            {"upscaler_1": "Lanczos"}, (32, 32),
            "Postprocess upscale by: 2, Postprocess upscaler: Lanczos", id="the default factor",
        ),
        pytest.param(
            {"upscaler_1": "R-ESRGAN 4x+", "upscaling_resize": 4}, (64, 64),
            "Postprocess upscale by: 4.0, Postprocess upscaler: R-ESRGAN 4x+", id="with a model",
        ),
        pytest.param(
            {"upscaler_1": "Lanczos", "upscaler_2": "Nearest"}, (32, 32),
            "Postprocess upscale by: 2, Postprocess upscaler: Lanczos", id="the second unseen",
        ),
        pytest.param(
            {"upscaler_1": "Lanczos", "upscaler_2": "Nearest", "extras_upscaler_2_visibility": 0.5},
            (32, 32),
            "Postprocess upscale by: 2, Postprocess upscaler: Lanczos, "
            "Postprocess upscaler 2: Nearest", id="two",
        ),
        pytest.param(
            {"upscaler_1": "Nearest", "resize_mode": 1, "upscaling_resize_w": 50,
             "upscaling_resize_h": 20}, (50, 20),
            "Postprocess upscale to: 50x20, Postprocess crop to: 50x20, "
            "Postprocess upscaler: Nearest", id="to a size",
        ),
        pytest.param(
            {"upscaler_1": "Nearest", "resize_mode": 1, "upscaling_resize_w": 50,
             "upscaling_resize_h": 20, "upscaling_crop": False}, (48, 48),
            "Postprocess upscale to: 50x20, Postprocess upscaler: Nearest", id="uncropped",
        ),
        pytest.param(
            {"gfpgan_visibility": 1, "codeformer_visibility": 0.12345, "codeformer_weight": 0.5},
            (16, 16),
            "GFPGAN visibility: 1.0, CodeFormer visibility: 0.123, CodeFormer weight: 0.5",
            id="faces",
        ),
        pytest.param(
            {"codeformer_visibility": 1, "upscaler_1": "Lanczos", "upscale_first": True}, (32, 32),
            "Postprocess upscale by: 2, Postprocess upscaler: Lanczos, "
            "CodeFormer visibility: 1.0, CodeFormer weight: 0", id="upscaling is always first",
        ),
    ],
)  # fmt: skip
def test_what_is_done_is_said(
    webui: Webui, values: dict[str, Any], size: tuple[int, int], said: str
) -> None:
    image, text = single(webui, **values)

    assert (image.size, text) == (size, said)
    assert image.info == {"postprocessing": said}


def test_the_file_s_own_text_is_kept(webui: Webui) -> None:
    image, _ = single(webui, sent(Title="x", parameters="a fox"))

    assert image.info == {"Title": "x", "parameters": "a fox", "postprocessing": ""}
    assert list(image.info) == ["Title", "parameters", "postprocessing"]


def test_without_pnginfo_no_text_is_added(webui: Webui) -> None:
    webui.options.put("enable_pnginfo", False)

    image, said = single(webui, sent(Title="x"), upscaler_1="Lanczos")

    assert image.info == {"Title": "x"}
    assert "Lanczos" in said


@pytest.mark.parametrize(
    ("mode", "values", "result"),
    [
        pytest.param("RGBA", {}, "RGBA", id="transparency stays"),
        pytest.param("RGBA", {"upscaler_1": "Lanczos"}, "RGBA", id="upscaled too"),
        pytest.param("RGBA", {"gfpgan_visibility": 1}, "RGB", id="but not with faces"),
        pytest.param("L", {}, "RGB", id="grey"),
        pytest.param("P", {}, "RGB", id="palette"),
    ],
)
def test_modes(webui: Webui, mode: str, values: dict[str, Any], result: str) -> None:
    assert single(webui, sent(mode=mode), **values)[0].mode == result


def test_the_answer_has_the_format_of_the_options(webui: Webui) -> None:
    webui.options.put("samples_format", "JPG")

    assert single(webui)[0].format == "JPEG"

    webui.options.put("samples_format", "tiff")
    with pytest.raises(HTTPError, match="Invalid image format"):
        single(webui)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(
            {"postprocessing_operation_order": ["GFPGAN", "Nothing"]},
            "GFPGAN visibility: 1.0, Postprocess upscale by: 2, Postprocess upscaler: Lanczos",
            id="in another order",
        ),
        pytest.param(
            {"postprocessing_disable_in_extras": ["Upscale"]}, "GFPGAN visibility: 1.0", id="off"
        ),
    ],
)
def test_options_order_the_scripts_and_turn_them_off(
    webui: Webui, options: dict[str, Any], said: str
) -> None:
    for name, value in options.items():
        webui.options.put(name, value)

    assert single(webui, upscaler_1="Lanczos", gfpgan_visibility=1)[1] == said


@pytest.mark.parametrize(
    ("values", "name", "text", "job"),
    [
        pytest.param(
            {"upscaler_1": "lanczos"}, "AssertionError", "could not find upscaler named lanczos",
            "Upscale", id="an unknown upscaler",
        ),
        pytest.param(
            {"upscaler_1": "Lanczos", "upscaler_2": "x"}, "AssertionError",
            "could not find upscaler named x", "Upscale", id="an unknown second",
        ),
        pytest.param(
            {"upscaler_1": "Lanczos", "upscaling_resize": 0.01}, "ValueError",
            "height and width must be > 0", "Upscale", id="nothing left",
        ),
        pytest.param(
            {"upscaling_resize": float("inf")}, "OverflowError",
            "cannot convert float infinity to integer", "extras", id="infinitely large",
        ),
    ],
)  # fmt: skip
def test_a_failure_leaves_its_job_behind(
    webui: Webui, values: dict[str, Any], name: str, text: str, job: str
) -> None:
    with pytest.raises(ServerError) as caught:
        single(webui, **values)

    assert (caught.value.name, caught.value.text) == (name, text)
    assert (webui.state.job, webui.state.job_count, webui.state.job_no) == (job, 1, 1)
    assert not webui.queue.held

    single(webui)
    assert (webui.state.job, webui.state.job_count) == ("", 0)


def test_a_picture_that_cannot_be_read_leaves_the_state_alone(webui: Webui) -> None:
    with pytest.raises(HTTPError, match="Invalid encoded image"):
        single(webui, "@@")

    assert webui.state.job == ""


def test_a_picture_that_ends_too_soon_fails_when_it_is_needed(webui: Webui) -> None:
    short = base64.b64encode(base64.b64decode(sent((64, 64)))[:-40]).decode()

    with pytest.raises(ServerError) as caught:
        single(webui, short, upscaler_1="Lanczos")

    assert caught.value.name == "OSError"


def batch(webui: Webui, *images: str, **values: Any) -> dict[str, Any]:
    listed = [{"data": image, "name": f"{n}.png"} for n, image in enumerate(images)]
    body = {"imageList": listed, **values}
    valid = webui.models.get("ExtrasBatchImagesRequest").validate(body)
    return extra_batch_images(webui, valid.values)


def test_a_batch_keeps_its_order(webui: Webui) -> None:
    found = batch(webui, sent((16, 16)), sent((24, 16)), upscaler_1="Lanczos")

    assert list(found) == ["html_info", "images"]
    assert [opened(image).size for image in found["images"]] == [(32, 32), (48, 32)]
    assert webui.state.job_no == 2


def test_an_empty_batch_is_an_empty_answer(webui: Webui) -> None:
    assert batch(webui) == {"html_info": "<p></p>", "images": []}


def test_text_becomes_a_paragraph() -> None:
    assert plaintext_to_html("a < b\nc & d") == "<p>a &lt; b<br>\nc &amp; d</p>"
