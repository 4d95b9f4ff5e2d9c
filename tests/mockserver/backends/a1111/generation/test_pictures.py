"""The grid before the pictures of a job."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from generations import txt2img

from mockserver import Webui


def saved(**fields: Any) -> Any:
    """A generation that saves its pictures: only then a grid comes with them."""
    return txt2img(**{"save_images": True, "batch_size": 2, **fields})


def test_a_grid_comes_first_with_the_jobs_infotext() -> None:
    made = saved()

    assert made.sizes == [(128, 64), (64, 64), (64, 64)]
    assert made.info["index_of_first_image"] == 1
    assert made.infotexts[0] == made.infotexts[1] == made.texts[0]


def test_no_grid_comes_where_pictures_are_not_saved() -> None:
    assert txt2img(batch_size=2).sizes == [(64, 64), (64, 64)]


@pytest.mark.parametrize(
    ("fields", "sizes"),
    [
        pytest.param({"batch_size": 1}, [(64, 64)], id="of one picture"),
        pytest.param(
            {"override_settings": {"return_grid": False}},
            [(64, 64)] * 2,
            id="where an option says so",
        ),
    ],
)
def test_no_grid_comes(fields: dict[str, Any], sizes: list[tuple[int, int]]) -> None:
    assert saved(**fields).sizes == sizes


def test_a_single_picture_gets_a_grid_where_an_option_wants_it() -> None:
    made = saved(batch_size=1, override_settings={"grid_only_if_multiple": False})

    assert made.sizes == [(64, 64), (64, 64)]


@pytest.mark.parametrize(
    ("n_rows", "size"),
    [
        pytest.param(-1, (128, 128), id="about square"),
        pytest.param(0, (128, 128), id="a row for each of the batch"),
        pytest.param(1, (256, 64), id="one row"),
        pytest.param(9, (64, 256), id="no more rows than pictures"),
    ],
)
def test_options_choose_its_rows(n_rows: int, size: tuple[int, int]) -> None:
    made = saved(n_iter=2, override_settings={"n_rows": n_rows})

    assert made.sizes[0] == size


def test_a_grid_shows_the_pictures_behind_it() -> None:
    made = saved()
    grid = made.files[0]

    assert grid.crop((64, 0, 128, 64)).tobytes() == made.files[2].tobytes()


@pytest.mark.parametrize(
    ("profile", "lossless", "kind"),
    [
        pytest.param("reforge", True, b"VP8L", id="asked for"),
        pytest.param("reforge", False, b"VP8 ", id="not asked for"),
        pytest.param("a1111-1.10.1", True, b"VP8 ", id="asked of the webui, whose API never is"),
    ],
)
def test_a_webp_is_lossless_where_option_and_server_say_so(
    profile: str, lossless: bool, kind: bytes
) -> None:
    webui = Webui(profile)
    webui.options.put("samples_format", "webp")
    webui.options.put("webp_lossless", value=lossless)
    (picture,) = txt2img(webui).generated.images

    assert kind in base64.b64decode(picture.base64())
