"""txt2img and img2img over HTTP: how their answers are put together."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import Config, Webui, create_app

if TYPE_CHECKING:
    from werkzeug.test import Client, TestResponse

SMALL = {"width": 64, "height": 64, "steps": 1, "seed": 1, "subseed": 1}
PNG = b"\x89PNG\r\n\x1a\n"


def client(**config: Any) -> Client:
    return create_app(Webui(config=Config(**config))).test_client()


@pytest.fixture
def mock() -> Client:
    return client()


def txt2img(mock: Client, **fields: Any) -> TestResponse:
    return mock.post("/sdapi/v1/txt2img", json={**SMALL, **fields})


def body(response: TestResponse) -> Any:
    return json.loads(response.get_data())


def test_an_answer_has_pictures_parameters_and_info_as_text(mock: Client) -> None:
    answer = body(txt2img(mock, prompt='a "quoted" \u72d0', batch_size=2))

    assert list(answer) == ["images", "parameters", "info"]
    assert [base64.b64decode(image)[:8] for image in answer["images"]] == [PNG, PNG]
    assert answer["parameters"]["prompt"] == 'a "quoted" \u72d0'
    assert json.loads(answer["info"])["all_seeds"] == [1, 2]


def test_pictures_can_be_left_out(mock: Client) -> None:
    assert body(txt2img(mock, send_images=False))["images"] == []


def test_the_same_request_gets_the_same_bytes(mock: Client) -> None:
    first, again = body(txt2img(mock)), body(txt2img(mock))

    assert first["images"] == again["images"]
    assert body(txt2img(mock, seed=2))["images"] != first["images"]


def test_large_answers_come_compressed_to_those_who_take_it(mock: Client) -> None:
    fields = {**SMALL, "width": 512, "height": 512}
    plain = mock.post("/sdapi/v1/txt2img", json=fields)
    headers = {"Accept-Encoding": "gzip"}
    packed = mock.post("/sdapi/v1/txt2img", json=fields, headers=headers)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.get_data()))["images"] == body(plain)["images"]


@pytest.mark.parametrize(
    ("config", "error", "text"),
    [
        pytest.param({}, "TypeError", "Integer exceeds 64-bit range", id="orjson"),
        pytest.param({"nowebui": True}, None, None, id="the standard library takes it"),
    ],
)
def test_an_echoed_number_can_be_too_large(
    config: dict[str, Any], error: str | None, text: str | None
) -> None:
    answer = body(txt2img(client(**config), hr_resize_x=2**70))

    assert (answer.get("error"), answer.get("errors")) == (error, text)


def test_an_echoed_number_that_is_none_becomes_null(mock: Client) -> None:
    assert body(txt2img(mock, eta="nan"))["parameters"]["eta"] is None


def test_validation_errors_come_at_once_while_the_queue_is_held(mock: Client) -> None:
    mock.application.webui.queue.acquire()  # type: ignore[attr-defined]

    assert txt2img(mock, steps="x").status_code == 422
    assert mock.post("/sdapi/v1/img2img", json=SMALL).status_code == 404


def test_a_form_is_no_request(mock: Client) -> None:
    response = mock.post("/sdapi/v1/txt2img", data={"prompt": "x"})

    assert body(response) == {
        "detail": [{"loc": ["body"], "msg": "value is not a valid dict", "type": "type_error.dict"}]
    }
