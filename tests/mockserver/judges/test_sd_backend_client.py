"""sd-backend-client 0.5.0 (PyPI), unchanged, against a world with ControlNet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image
from sd_backend_client import (
    A1111Webservice,
    ControlNetUnit,
    DiffusionRequestBody,
    DiffusionUpscalingParams,
    PreprocessorParams,
)

import mockserver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sd_backend_client import ControlNetPreprocessor

URL = "http://127.0.0.1:7860"
EXTENSIONS = ("controlnet", "ultimate-upscale")


@pytest.fixture
def client() -> Iterator[A1111Webservice]:
    with mockserver.activate(URL, extensions=EXTENSIONS):
        yield A1111Webservice(URL)


@pytest.fixture
def photo() -> Image.Image:
    image = Image.new("RGB", (64, 64), "white")
    image.paste("black", (16, 16, 48, 48))
    return image


def small(unit: ControlNetUnit | None = None) -> DiffusionRequestBody:
    units = [] if unit is None else [unit]
    return DiffusionRequestBody(
        prompt="a fox", width=64, height=64, steps=2, seed=7, controlnet_units=units
    )


def preprocessor(client: A1111Webservice, name: str) -> ControlNetPreprocessor:
    return next(one for one in client.get_controlnet_preprocessors() if one.name == name)


def unit_of(client: A1111Webservice, photo: Image.Image, name: str) -> ControlNetUnit:
    model = next(one for one in client.list_controlnet_models() if "canny" in one.full_model_name)
    params = PreprocessorParams(typedef=preprocessor(client, name))  # type: ignore[call-arg]
    return ControlNetUnit(image=photo, preprocessor=params, model=model)


def test_the_server_is_capable_of_controlnet_where_it_is_installed() -> None:
    with mockserver.activate(URL):
        without = A1111Webservice(URL).get_capabilities()
    with mockserver.activate(URL, extensions=("controlnet",)):
        with_it = A1111Webservice(URL).get_capabilities()

    assert (without.controlnet, with_it.controlnet) == (False, True)


def test_lists_and_categories_are_read(client: A1111Webservice) -> None:
    categories = client.get_controlnet_type_categories()

    assert client.get_controlnet_version() == 3
    assert client.get_controlnet_settings() == {"control_net_unit_count": 3}
    assert len(client.get_controlnet_modules().module_list) == 72
    assert "Canny" in categories
    assert categories["Canny"]["default_option"] == "canny"


def test_preprocessors_know_their_parameters(client: A1111Webservice) -> None:
    canny = {one.key: one.default_value for one in preprocessor(client, "canny").parameters}

    assert (canny["threshold_a"], canny["threshold_b"]) == (100, 200)


def test_a_preprocessor_is_previewed(client: A1111Webservice, photo: Image.Image) -> None:
    seen = client.controlnet_preprocessor_preview(photo, None, preprocessor(client, "invert"))

    assert seen.size == (64, 64)
    assert seen.convert("RGB").getpixel((0, 0)) == (0, 0, 0)


def test_what_comes_beyond_the_seeds_is_a_map(client: A1111Webservice, photo: Image.Image) -> None:
    plain = client.txt2img(small())
    result = client.txt2img(small(unit_of(client, photo, "canny")))

    assert plain["info"] is not None
    assert result["info"] is not None
    assert len(plain["images"]) == len(plain["info"].all_seeds) == 1
    assert len(result["images"]) - len(result["info"].all_seeds) == 1
    assert result["images"][0].tobytes() != plain["images"][0].tobytes()


def test_a_unit_guides_img2img(client: A1111Webservice, photo: Image.Image) -> None:
    body = small(unit_of(client, photo, "none"))
    body.init_images = [photo]

    assert len(client.img2img(photo, None, body)["images"]) == 2


def test_ultimate_sd_upscale_enlarges(client: A1111Webservice, photo: Image.Image) -> None:
    params = DiffusionUpscalingParams(
        use_stable_diffusion_upscaling=True, tile_width=64, tile_height=64, step_count=2
    )
    result = client.upscale(photo, 128, 128, params)

    assert result["images"][0].size == (128, 128)
