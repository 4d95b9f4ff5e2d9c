"""Typed calls, against what real servers answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import responses
from PIL import Image

from conformance.client import Client, Img2Img, InfoForm, Txt2Img, encode_image
from conformance.errors import GatewayRefused, MalformedAnswer, PayloadError, ServerRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockserver.fixtures.recording import Step

BASE = "http://sd.example/sdapi/v1"
PICTURE = encode_image(Image.new("RGB", (8, 8)))
READS: dict[str, Callable[[Client], Any]] = {
    "samplers": Client.samplers,
    "schedulers": Client.schedulers,
    "upscalers": Client.upscalers,
    "latent-upscale-modes": Client.latent_upscale_modes,
    "sd-models": Client.sd_models,
    "sd-vae": Client.sd_vaes,
    "hypernetworks": Client.hypernetworks,
    "face-restorers": Client.face_restorers,
    "realesrgan-models": Client.realesrgan_models,
    "prompt-styles": Client.prompt_styles,
    "loras": Client.loras,
    "script-info": Client.script_info,
    "extensions": Client.extensions,
    "embeddings": Client.embeddings,
    "scripts": Client.scripts,
    "memory": Client.memory,
    "options": Client.options,
    "cmd-flags": Client.cmd_flags,
    "progress": Client.progress,
}
SAYS: dict[str, Callable[[Client], None]] = {
    "interrupt": Client.interrupt,
    "skip": Client.skip,
    "refresh-checkpoints": Client.refresh_checkpoints,
    "refresh-vae": Client.refresh_vae,
    "refresh-embeddings": Client.refresh_embeddings,
    "refresh-loras": Client.refresh_loras,
    "unload-checkpoint": Client.unload_checkpoint,
    "reload-checkpoint": Client.reload_checkpoint,
    "server-kill": Client.server_kill,
    "server-restart": Client.server_restart,
    "server-stop": Client.server_stop,
}


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    """Answers for http://sd.example."""
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def client() -> Client:
    """A client of http://sd.example."""
    return Client("http://sd.example", proxies={})


# --- lists -----------------------------------------------------------------------------------


#: Lists of another shape than the API's, by the beginning of the recording's name.
_MALFORMED = {("sdnext-2026-07", "embeddings")}


def test_every_recorded_list_is_read(
    server: str,
    recorded: Callable[[str], list[Step]],
    body_of: Callable[[Step], Any],
    client: Client,
) -> None:
    for step in recorded(server):
        route = step.path.removeprefix("/sdapi/v1/")
        if step.method != "GET" or route not in READS or step.answer.status != 200 or step.headers:
            continue
        if any(server.startswith(name) and route == shapeless for name, shapeless in _MALFORMED):
            continue
        with responses.RequestsMock() as mock:
            mock.get(f"{BASE}/{route}", json=body_of(step))
            read = READS[route](client)
        if isinstance(body_of(step), list):
            assert len(read) == len(body_of(step))
        assert read is not None


@pytest.mark.parametrize("route", sorted(READS))
def test_an_absent_route_is_refused_as_absent(
    route: str, mock: responses.RequestsMock, client: Client
) -> None:
    mock.get(f"{BASE}/{route}", json={"detail": "Not Found"}, status=404)
    with pytest.raises(ServerRefused, match="the server answered 404: Not Found") as caught:
        READS[route](client)
    assert caught.value.route_absent
    assert caught.value.exchange is client.log.last


@pytest.mark.parametrize("body", ["null", "5", '"text"', "[5]", '{"a": ', ""])
@pytest.mark.parametrize("route", sorted(READS))
def test_an_answer_of_another_kind_is_malformed(
    route: str, body: str, mock: responses.RequestsMock, client: Client
) -> None:
    mock.get(f"{BASE}/{route}", body=body, content_type="application/json")
    with pytest.raises(MalformedAnswer, match="was expected"):
        READS[route](client)


def test_a_page_of_html_is_called_one(mock: responses.RequestsMock, client: Client) -> None:
    mock.get(f"{BASE}/options", body="<html>log in</html>", content_type="text/html")
    with pytest.raises(MalformedAnswer, match="came a page of HTML"):
        client.options()


def test_a_gateway_that_gives_up_is_distinguished_from_the_server(
    mock: responses.RequestsMock, client: Client
) -> None:
    mock.post(f"{BASE}/txt2img", body="<center>nginx</center>", status=504)
    with pytest.raises(GatewayRefused, match="in front of the server") as caught:
        client.txt2img(Txt2Img(prompt="x"))
    assert "raise its read timeout" in str(caught.value)
    assert not caught.value.route_absent


def test_a_model_is_known_by_its_aliases(mock: responses.RequestsMock, client: Client) -> None:
    model = {"title": "a.ckpt [12]", "model_name": "a", "hash": "12", "filename": "/a.ckpt"}
    mock.get(f"{BASE}/sd-models", json=[{**model, "sha256": None, "config": None}])
    assert client.sd_models()[0].aliases == ("a.ckpt [12]", "a", "12")


# --- pictures --------------------------------------------------------------------------------


def test_every_recorded_generation_is_read(
    server: str,
    recorded: Callable[[str], list[Step]],
    body_of: Callable[[Step], Any],
    client: Client,
) -> None:
    for step in recorded(server):
        if step.path != "/sdapi/v1/txt2img" or step.answer.status != 200 or step.method != "POST":
            continue
        body = body_of(step)
        with responses.RequestsMock() as mock:
            mock.post(f"{BASE}/txt2img", json=body)
            answer = client.txt2img(Txt2Img())
        assert list(answer.images) == body["images"]
        assert answer.info.form is InfoForm.JSON_STRING
        if all(answer.images):
            check_against_pictures(answer)


def check_against_pictures(answer: Any) -> None:
    pictures = [*answer.pictures(strict=True), *answer.maps(strict=True)]
    assert len(pictures) == len(answer.images)
    for text, parsed in zip(answer.info.infotexts, answer.info.parsed, strict=True):
        assert parsed.prompt in text
        assert parsed.seed in answer.info.all_seeds
    if answer.info.parsed:
        assert answer.info.seed == answer.info.all_seeds[0]
        assert answer.info.parsed[0].size is not None


@pytest.mark.parametrize(
    ("body", "form"),
    [
        pytest.param({"images": [PICTURE], "info": {"seed": 1}}, InfoForm.OBJECT, id="2022"),
        pytest.param(
            {"images": [f"data:image/png;base64,{PICTURE}"], "parameters": {}, "info": ""},
            InfoForm.EMPTY,
            id="a data URI and an empty info",
        ),
        pytest.param({"images": [PICTURE], "prompt": "x"}, InfoForm.ABSENT, id="a shim"),
        pytest.param({"images": [PICTURE], "parameters": None, "info": "x"}, InfoForm.TEXT, id="t"),
    ],
)
def test_answers_of_other_servers_are_read(
    body: dict[str, Any], form: InfoForm, mock: responses.RequestsMock, client: Client
) -> None:
    mock.post(f"{BASE}/img2img", json=body)
    answer = client.img2img(Img2Img(init_images=[PICTURE]))
    assert (answer.info.form, answer.parameters) == (form, {})
    assert answer.pictures()[0].size == (8, 8)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "the key 'images' is missing"),
        ({"images": PICTURE}, "images: an array of text was expected, and came text"),
        ({"images": [None]}, "images: an array of text was expected"),
        ({"images": [], "info": 5}, "info is neither object nor text"),
        ({"images": [], "parameters": []}, "parameters: an object or null was expected"),
        ([], "an object was expected, and came an array"),
    ],
)
def test_a_malformed_generation_is_reported(
    body: Any, message: str, mock: responses.RequestsMock, client: Client
) -> None:
    mock.post(f"{BASE}/txt2img", json=body)
    with pytest.raises(MalformedAnswer) as caught:
        client.txt2img(Txt2Img())
    assert message in str(caught.value)


def test_an_image_that_is_none_is_named_with_its_place(
    mock: responses.RequestsMock, client: Client
) -> None:
    mock.post(f"{BASE}/txt2img", json={"images": [PICTURE, ""], "info": "", "parameters": {}})
    with pytest.raises(MalformedAnswer, match=r"images\[1\]: it is empty"):
        client.txt2img(Txt2Img()).pictures()


def test_only_what_was_set_is_posted(mock: responses.RequestsMock, client: Client) -> None:
    mock.post(f"{BASE}/txt2img", json={"images": [], "info": "", "parameters": {}})
    client.txt2img(Txt2Img(prompt="狐", steps=1))
    assert json.loads(mock.calls[0].request.body) == {"prompt": "狐", "steps": 1}


def test_the_server_s_words_are_in_the_error(mock: responses.RequestsMock, client: Client) -> None:
    body = {"error": "KeyError", "detail": "", "body": "", "errors": "'nope'"}
    mock.post(f"{BASE}/txt2img", json=body, status=500)
    with pytest.raises(ServerRefused) as caught:
        client.txt2img(Txt2Img(override_settings={"nope": 1}))
    assert str(caught.value) == (
        "POST /sdapi/v1/txt2img: the server answered 500: KeyError: 'nope'"
    )
    assert (caught.value.status, caught.value.words.text) == (500, "KeyError: 'nope'")


# --- extras, png-info, interrogate -----------------------------------------------------------


def test_a_picture_is_upscaled(mock: responses.RequestsMock, client: Client) -> None:
    mock.post(f"{BASE}/extra-single-image", json={"html_info": "<p></p>", "image": PICTURE})
    answer = client.extra_single_image(Image.new("RGB", (8, 8)), upscaler_1="Lanczos")
    assert answer.image == PICTURE
    sent = json.loads(mock.calls[0].request.body)
    assert sent == {"upscaler_1": "Lanczos", "image": PICTURE}


def test_pictures_are_upscaled_together(mock: responses.RequestsMock, client: Client) -> None:
    mock.post(f"{BASE}/extra-batch-images", json={"html_info": "", "images": [PICTURE]})
    answer = client.extra_batch_images([("a.png", PICTURE)], upscaling_resize=2)
    assert answer.images == [PICTURE]
    sent = json.loads(mock.calls[0].request.body)
    assert sent == {"upscaling_resize": 2, "imageList": [{"data": PICTURE, "name": "a.png"}]}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"upscaler1": "Lanczos"}, "did you mean 'upscaler_1'?"),
        ({"upscaling_resize": 0}, "must be above 0"),
        ({"gfpgan_visibility": 1.5}, "must be at most 1"),
        ({"resize_mode": 2}, "must be at most 1"),
        ({"upscaling_resize_w": 0}, "must be at least 1"),
    ],
)
def test_impossible_upscaling_is_refused_early(
    fields: dict[str, Any], message: str, client: Client
) -> None:
    with pytest.raises(PayloadError) as caught:
        client.extra_single_image(PICTURE, **fields)
    assert message in str(caught.value)
    assert len(client.log) == 0


def test_every_recorded_png_info_is_read(
    server: str,
    recorded: Callable[[str], list[Step]],
    body_of: Callable[[Step], Any],
    client: Client,
) -> None:
    for step in recorded(server):
        if step.path != "/sdapi/v1/png-info" or step.answer.status != 200:
            continue
        body = body_of(step)
        with responses.RequestsMock() as mock:
            mock.post(f"{BASE}/png-info", json=body)
            answer = client.png_info(PICTURE)
        assert answer.info == body["info"]
        assert answer.items == body.get("items", {})
        assert answer.parameters == body.get("parameters", {})


def test_a_caption_is_read(mock: responses.RequestsMock, client: Client) -> None:
    mock.post(f"{BASE}/interrogate", json={"caption": "a fox"})
    assert client.interrogate(PICTURE) == "a fox"
    mock.replace("POST", f"{BASE}/interrogate", json={"caption": None})
    with pytest.raises(MalformedAnswer, match="'caption'"):
        client.interrogate(PICTURE)


# --- control ---------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["null", "{}", ""])
@pytest.mark.parametrize("route", sorted(SAYS))
def test_the_server_is_reported_whatever_it_answers(
    route: str, body: str, mock: responses.RequestsMock, client: Client
) -> None:
    mock.post(f"{BASE}/{route}", body=body)
    SAYS[route](client)
    assert mock.calls[0].request.body is None


@pytest.mark.parametrize("route", sorted(SAYS))
def test_a_refusal_to_report_is_an_error(
    route: str, mock: responses.RequestsMock, client: Client
) -> None:
    mock.post(f"{BASE}/{route}", body="", status=404)
    with pytest.raises(ServerRefused, match="the server answered 404: an empty body"):
        SAYS[route](client)


@pytest.mark.parametrize("kind", ["create", "train"])
@pytest.mark.parametrize("thing", ["embedding", "hypernetwork"])
def test_the_sentence_about_what_was_made_is_read(
    kind: str, thing: str, mock: responses.RequestsMock, client: Client
) -> None:
    mock.post(f"{BASE}/{kind}/{thing}", json={"info": f"{kind} {thing}: done"})
    assert getattr(client, f"{kind}_{thing}")(name="a") == f"{kind} {thing}: done"
    assert json.loads(mock.calls[0].request.body) == {"name": "a"}
    mock.replace("POST", f"{BASE}/{kind}/{thing}", json={"info": None})
    with pytest.raises(MalformedAnswer, match="'info'"):
        getattr(client, f"{kind}_{thing}")(name="a")


def test_progress_of_a_job_is_read(mock: responses.RequestsMock, client: Client) -> None:
    state = {"job": "scripts_txt2img", "job_count": 2, "job_no": 1, "sampling_step": 3}
    body = {"progress": 0.5, "eta_relative": 1, "state": state, "current_image": PICTURE}
    mock.get(f"{BASE}/progress?skip_current_image=true", json=body)
    progress = client.progress(skip_current_image=True)
    assert (progress.progress, progress.idle, progress.current_image) == (0.5, False, PICTURE)
    assert (progress.state.job, progress.state.sampling_step) == ("scripts_txt2img", 3)
    assert (progress.state.stopping_generation, progress.textinfo) == (None, None)


def test_the_webui_s_own_routes_are_called(mock: responses.RequestsMock, client: Client) -> None:
    root = "http://sd.example"
    mock.get(f"{root}/internal/ping", json={})
    mock.get(f"{root}/internal/pending-tasks", json={"size": 1, "tasks": ["task(a)"]})
    mock.post(f"{root}/internal/progress", json={"active": False})
    mock.get(f"{root}/openapi.json", json={"openapi": "3.0.2"})
    client.ping()
    assert client.pending_tasks() == ["task(a)"]
    assert client.internal_progress("task(a)", live_preview=False) == {"active": False}
    assert json.loads(mock.calls[2].request.body) == {"id_task": "task(a)", "live_preview": False}
    assert client.openapi() == {"openapi": "3.0.2"}
    mock.replace("GET", f"{root}/internal/pending-tasks", json={"tasks": None})
    with pytest.raises(MalformedAnswer, match="'tasks'"):
        client.pending_tasks()
