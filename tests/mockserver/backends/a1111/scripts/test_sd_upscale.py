"""SD upscale: a picture enlarged, its tiles sampled anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from generations import Made, img2img, in_base64
from PIL import Image

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from mockserver import Webui


def upscale(*args: Any, webui: Webui | None = None, **fields: Any) -> Made:
    defaults: list[Any] = ["", 16, "Lanczos", 2.0]
    given = [*args, *defaults[len(args) :]]
    picture = in_base64(Image.radial_gradient("L").resize((64, 64)).convert("RGB"))
    start = {"init_images": [picture], "denoising_strength": 0.3}
    return img2img(webui, **{**start, "script_name": "SD upscale", "script_args": given, **fields})


def test_the_picture_grows_by_the_factor() -> None:
    made = upscale()

    assert made.sizes == [(128, 128)]
    assert made.line.endswith(
        "SD upscale overlap: 16, SD upscale upscaler: Lanczos, Version: v1.10.1"
    )


def test_no_upscaler_leaves_its_size() -> None:
    assert upscale("", 16, "none", None).sizes == [(64, 64)]


@pytest.mark.parametrize("name", ["lanczos", 1])
def test_an_upscaler_is_chosen_by_name_or_number(name: Any) -> None:
    assert "SD upscale upscaler: Lanczos" in upscale("", 16, name).line


def test_a_picture_is_made_for_each_iteration() -> None:
    made = upscale(n_iter=2, batch_size=3)

    assert made.sizes == [(128, 128)] * 2
    assert made.pixels[0] != made.pixels[1]


def test_nothing_is_changed_without_denoising() -> None:
    whole = upscale("", 16, "None", denoising_strength=0, width=48, height=48)

    assert whole.pixels == [Image.radial_gradient("L").resize((64, 64)).convert("RGB").tobytes()]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        pytest.param(("", 16, "nope"), "ValueError: 'nope' is not in list", id="no upscaler"),
        pytest.param(("", 64), "ZeroDivisionError: division by zero", id="all overlap"),
        pytest.param(
            ("", "x"),
            "TypeError: unsupported operand type(s) for -: 'int' and 'str'",
            id="no number",
        ),
        pytest.param(
            ("", 2.5),
            "TypeError: 'float' object cannot be interpreted as an integer",
            id="half a pixel",
        ),
        pytest.param(
            ("", 16, "Lanczos", 10**6),
            "OutOfMemoryError: CUDA out of memory",
            id="larger than any card",
        ),
    ],
)
def test_odd_arguments_are_a_500(args: tuple[Any, ...], error: str) -> None:
    with pytest.raises(ServerError) as caught:
        upscale(*args)

    assert str(caught.value).startswith(error)
