"""Requests answered without HTTP: echo, order of refusals, what is sent."""

from __future__ import annotations

from typing import Any

import pytest
from generations import FOX, img2img, in_base64, slow, txt2img
from PIL import Image

from mockserver import Webui
from mockserver.backends.a1111.generation import pipeline
from mockserver.core.errors import HTTPError, ServerError


def test_the_echo_has_every_field_as_it_was_sent_or_its_default() -> None:
    webui = Webui()
    names = [field.name for field in webui.models.get("StableDiffusionProcessingTxt2Img").fields]

    made = txt2img(webui, cfg_scale=3)

    assert list(made.parameters) == names
    assert made.parameters["cfg_scale"] == 3.0
    assert made.parameters["sampler_name"] is None
    assert made.parameters["steps"] == FOX["steps"]


def test_the_echo_is_not_changed_by_the_generation() -> None:
    made = txt2img(styles=["cinematic"], override_settings={"sd_model_checkpoint": "nope"}, seed=-1)

    assert made.parameters["styles"] == ["cinematic"]
    assert made.parameters["override_settings"] == {"sd_model_checkpoint": "nope"}
    assert made.parameters["seed"] == -1


def test_no_picture_is_sent_where_none_is_wanted() -> None:
    made = txt2img(send_images=False, batch_size=2)

    assert (made.sizes, len(made.infotexts)) == ([], 2)


@pytest.mark.parametrize(
    ("samples_format", "kind"),
    [
        pytest.param("png", "PNG", id="png"),
        pytest.param("jpg", "JPEG", id="jpg"),
        pytest.param("JPEG", "JPEG", id="in capitals"),
        pytest.param("webp", "WEBP", id="webp"),
    ],
)
def test_pictures_are_sent_in_the_format_of_the_option(samples_format: str, kind: str) -> None:
    webui = Webui()
    webui.options.put("samples_format", samples_format)

    assert txt2img(webui).files[0].format == kind


def test_an_unknown_format_is_refused_after_all_the_work() -> None:
    webui = Webui()
    webui.options.put("samples_format", "tiff")
    with pytest.raises(HTTPError, match="500 Invalid image format"):
        txt2img(webui, force_task_id="task(x)")

    assert webui.tasks.finished == ["task(x)"]


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        pytest.param({"script_name": "nope"}, "Script 'nope' not found", id="script"),
        pytest.param(
            {"alwayson_scripts": {"nope": {}}}, "Script 'nope' not found", id="always-on script"
        ),
    ],
)
def test_unknown_scripts_are_refused_while_another_job_runs(
    fields: dict[str, Any], detail: str
) -> None:
    webui = Webui()
    webui.queue.acquire()

    with pytest.raises(HTTPError) as caught:
        txt2img(webui, **fields)

    assert (caught.value.status, caught.value.detail) == (422, detail)


def test_a_mask_is_read_before_the_request_waits_and_an_init_picture_after() -> None:
    webui = slow()
    webui.queue.acquire()
    picture = in_base64(Image.new("RGB", (64, 64)))

    with pytest.raises(HTTPError, match="Invalid encoded image"):
        img2img(webui, init_images=[picture], mask="nope")
    assert not webui.tasks.pending


def test_each_server_has_its_own_parts() -> None:
    one, other = Webui(), Webui()

    assert one.context is one.context
    assert one.context is not other.context


def test_a_fault_of_the_mock_is_not_reported_as_the_webuis(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr(pipeline, "process_images", fail)
    webui = Webui()

    with pytest.raises(KeyError):
        txt2img(webui)
    assert not webui.queue.held


def test_crashes_of_the_webui_are_reported_with_class_and_text() -> None:
    with pytest.raises(ServerError) as caught:
        txt2img(steps=None)

    assert caught.value.name == "TypeError"
    assert caught.value.text == "unsupported operand type(s) for //: 'NoneType' and 'NoneType'"
