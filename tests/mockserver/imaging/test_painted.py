"""Painted pictures and the files made of them."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from mockserver.core.errors import HTTPError, ServerError
from mockserver.imaging.exif import read_user_comment
from mockserver.imaging.painted import Painted


def picture(mode: str = "RGB") -> Image.Image:
    return Image.radial_gradient("L").resize((16, 12)).convert(mode)


def opened(painted: Painted, *args: Any, **options: Any) -> Image.Image:
    data = base64.b64decode(painted.encoded(*args, **options).base64())
    return Image.open(io.BytesIO(data))


def test_a_picture_is_painted_when_it_is_first_looked_at_and_only_then() -> None:
    looks: list[int] = []

    def make() -> Image.Image:
        looks.append(1)
        return picture()

    painted = Painted(make)
    assert looks == []

    assert painted.size == (16, 12)
    painted.encoded("png")
    assert looks == [1]


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        pytest.param("png", "PNG", id="png"),
        pytest.param("PNG", "PNG", id="in capitals"),
        pytest.param("jpg", "JPEG", id="jpg"),
        pytest.param("Jpeg", "JPEG", id="jpeg"),
        pytest.param("webp", "WEBP", id="webp"),
    ],
)
def test_formats_by_the_option_s_names(wanted: str, kind: str) -> None:
    assert opened(Painted(picture), wanted).format == kind


@pytest.mark.parametrize("wanted", ["gif", "avif", ""])
def test_other_formats_are_refused(wanted: str) -> None:
    with pytest.raises(HTTPError) as caught:
        Painted(picture).encoded(wanted)

    assert (caught.value.status, caught.value.detail) == (500, "Invalid image format")


def test_a_format_that_is_no_text_is_an_error() -> None:
    with pytest.raises(ServerError, match="'int' object has no attribute 'lower'"):
        Painted(picture).encoded(5)


def test_pixels_survive_a_png() -> None:
    assert opened(Painted(picture)).tobytes() == picture().tobytes()


def test_a_png_carries_every_text_and_nothing_else() -> None:
    text = {"parameters": "fox", "Title": "x", "gamma": 0.4, ("a", 1): "y"}

    assert opened(Painted(picture), "png", text).info == {"parameters": "fox", "Title": "x"}


@pytest.mark.parametrize("wanted", ["jpg", "webp"])
@pytest.mark.parametrize(
    ("text", "comment"),
    [
        pytest.param({"parameters": "狐", "Title": "x"}, "狐", id="parameters"),
        pytest.param({"Title": "x"}, "", id="other text"),
        pytest.param(None, "", id="none"),
    ],
)
def test_lossy_files_carry_the_parameters_as_an_exif_comment(
    wanted: str, text: dict[str, str] | None, comment: str
) -> None:
    info = opened(Painted(picture), wanted, text).info

    assert read_user_comment(info["exif"]) == comment


@pytest.mark.parametrize("mode", ["RGBA", "P"])
@pytest.mark.parametrize("wanted", ["jpg", "webp"])
def test_lossy_files_are_rgb(wanted: str, mode: str) -> None:
    assert opened(Painted(lambda: picture(mode)), wanted).mode == "RGB"


def test_a_png_keeps_transparency() -> None:
    assert opened(Painted(lambda: picture("RGBA"))).mode == "RGBA"


def test_quality_makes_jpegs_larger_and_each_quality_is_encoded_anew() -> None:
    painted = Painted(picture)

    low, high, again = (len(painted.encoded("jpg", quality=q).to_bytes()) for q in (10, 95, 10))

    assert low < high
    assert low == again


@pytest.mark.parametrize("quality", ["fine", 80.0, None])
def test_a_jpeg_quality_that_is_no_integer_is_pillow_s_own_error(quality: Any) -> None:
    with pytest.raises(ServerError, match="Invalid quality setting") as caught:
        Painted(picture).encoded("jpg", quality=quality)

    assert caught.value.name == "ValueError"


def test_a_png_does_not_look_at_the_quality() -> None:
    assert opened(Painted(picture), "png", quality="fine").format == "PNG"


def test_webp_can_be_lossless() -> None:
    noise = Image.effect_noise((32, 32), 90).convert("RGB")

    assert opened(Painted(lambda: noise), "webp", lossless=True).tobytes() == noise.tobytes()
    assert opened(Painted(lambda: noise), "webp").tobytes() != noise.tobytes()


@pytest.mark.parametrize("wanted", ["png", "jpg", "webp"])
def test_pillow_encodes_once_a_format_however_many_texts_there_are(
    wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted = Painted(picture)
    painted.encoded(wanted, {"parameters": "first"})

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(Image.Image, "save", never)

    texts = {painted.encoded(wanted, {"parameters": f"fox {n}"}).base64() for n in range(5)}
    assert len(texts) == 5


def test_memory_held_is_pixels_and_files() -> None:
    painted = Painted(picture)
    assert painted.held == 0

    pixels = painted.image.width * painted.image.height * 3
    assert painted.held == pixels

    painted.encoded("png").base64()
    assert painted.held > pixels
