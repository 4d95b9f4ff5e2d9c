"""The client and the mock, which know nothing of each other."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

import mockserver
from conformance.client import (
    Basic,
    Client,
    Img2Img,
    InfoForm,
    Infotext,
    Txt2Img,
    encode_image,
    parse_infotext,
    same_value,
    wait_until_idle,
    write_infotext,
)
from conformance.errors import ServerRefused
from conformance.properties import property_strategies, strategies

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = Txt2Img(prompt="a fox", width=64, height=64, steps=1, seed=7)
# One server serves all examples of a test, as a live one would.
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture
def client() -> Iterator[Client]:
    """A client of a fresh mock in this process."""
    with mockserver.activate("http://127.0.0.1:7860") as webui:
        yield Client(webui.url)


def test_pictures_come_as_asked_for(client: Client) -> None:
    answer = client.txt2img(SMALL.replaced(batch_size=2))
    assert [picture.size for picture in answer.pictures(strict=True)] == [(64, 64), (64, 64)]
    assert answer.info.form is InfoForm.JSON_STRING
    assert (answer.info.all_seeds, answer.info.sampler_name) == ([7, 8], "Euler")
    assert [p.infotext for p in answer.pictures()] == answer.info.infotexts
    assert answer.parameters["prompt"] == "a fox"


def test_pictures_come_from_pictures(client: Client) -> None:
    image = Image.new("RGB", (32, 32), "red")
    payload = Img2Img(init_images=[image], width=64, height=64, steps=1)
    answer = client.img2img(payload.replaced(mask=image, inpaint_full_res=False))
    assert answer.pictures()[0].size == (64, 64)


@SHARED
@given(infotext=strategies.infotexts())
def test_png_info_gives_back_what_a_picture_says(client: Client, infotext: Infotext) -> None:
    text = write_infotext(infotext)
    answer = client.png_info(_png_with(text))
    assert answer.info == text
    assert parse_infotext(answer.info) == infotext


def _png_with(text: str) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("parameters", text)
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=chunks)
    return buffer.getvalue()


@pytest.fixture
def options(client: Client) -> dict[str, Any]:
    """The options before a test."""
    return client.options()


@SHARED
@given(data=st.data())
def test_any_options_are_kept_and_put_back(
    client: Client, options: dict[str, Any], data: Any
) -> None:
    changes = data.draw(property_strategies.option_changes(options))
    with client.options_set(**changes):
        now = client.options()
        assert all(same_value(now[name], value) for name, value in changes.items())
    assert all(same_value(value, options[name]) for name, value in client.options().items())


def test_an_override_of_an_unknown_option_is_refused_in_the_server_s_words(client: Client) -> None:
    with pytest.raises(ServerRefused, match="500: KeyError: 'nope'"):
        client.txt2img(SMALL.replaced(override_settings={"nope": 1}))


@pytest.mark.parametrize(
    "name",
    [
        *("samplers", "schedulers", "upscalers", "latent_upscale_modes", "sd_models", "sd_vaes"),
        *("hypernetworks", "face_restorers", "realesrgan_models", "prompt_styles", "loras"),
        *("script_info", "embeddings", "scripts", "memory", "options", "cmd_flags", "openapi"),
    ],
)
def test_every_list_is_read(client: Client, name: str) -> None:
    assert getattr(client, name)()


def test_extensions_and_tasks_are_read(client: Client) -> None:
    assert client.extensions() == []
    assert client.pending_tasks() == []
    client.ping()


def test_an_idle_server_is_known_for_one(client: Client) -> None:
    wait_until_idle(client, looks=1)
    assert client.progress().idle


def test_the_server_can_be_steered(client: Client) -> None:
    client.interrupt()
    assert client.progress().state.interrupted
    client.skip()
    client.unload_checkpoint()
    client.reload_checkpoint()
    client.refresh_checkpoints()
    assert client.progress().state.skipped


def test_a_picture_is_upscaled(client: Client) -> None:
    answer = client.extra_single_image(
        encode_image(Image.new("RGB", (16, 16))), upscaler_1="Lanczos", upscaling_resize=2
    )
    assert "Lanczos" in answer.html_info


def test_credentials_open_the_door() -> None:
    with mockserver.activate("http://127.0.0.1:7860/sd", auth=(("user", "pass"),)) as webui:
        assert Client(webui.url, auth=Basic("user", "pass")).samplers()
        with pytest.raises(ServerRefused, match="401: Not authenticated"):
            Client(webui.url).samplers()
        with pytest.raises(ServerRefused, match="401: Incorrect username or password"):
            Client(webui.url, auth="user:wrong").samplers()
