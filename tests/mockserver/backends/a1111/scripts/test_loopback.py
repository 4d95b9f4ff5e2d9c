"""Loopback: each picture is what the next one starts from."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Made, img2img, in_base64
from PIL import Image

from mockserver import Webui
from mockserver.core.errors import ServerError


def loop(*args: Any, webui: Webui | None = None, **fields: Any) -> Made:
    defaults: list[Any] = [3, 0.8, "Linear", "None"]
    given = [*args, *defaults[len(args) :]]
    picture = in_base64(Image.new("RGB", (64, 64), "teal"))
    start = {"init_images": [picture], "denoising_strength": 0.4, "steps": 4}
    return img2img(webui, **{**start, "script_name": "loopback", "script_args": given, **fields})


def strengths(made: Made) -> list[str]:
    return [(text or "").split("Denoising strength: ")[1].split(",")[0] for text in made.texts[1:]]


def test_a_grid_of_all_loops_comes_first() -> None:
    made = loop()

    assert made.sizes == [(192, 64), *[(64, 64)] * 3]
    assert made.texts[0] is None
    assert made.infotexts == [made.infotexts[0]] * 4


def test_seeds_count_up_from_loop_to_loop() -> None:
    made = loop()

    assert [f"Seed: {1234 + n}" in (text or "") for n, text in enumerate(made.texts[1:])] == [
        True,
        True,
        True,
    ]
    assert made.info["seed"] == 1234


@pytest.mark.parametrize(
    ("curve", "middle"),
    [
        pytest.param("Linear", 0.6, id="linear"),
        pytest.param("Aggressive", 0.4 + 0.4 * 2**0.5 / 2, id="aggressive"),
        pytest.param("Lazy", 0.4 + 0.4 * (1 - 2**0.5 / 2), id="lazy"),
    ],
)
def test_the_strength_goes_to_the_final_one_along_a_curve(curve: str, middle: float) -> None:
    first, second, last = map(float, strengths(loop(3, 0.8, curve)))

    assert (first, last) == (0.4, pytest.approx(0.8))
    assert second == pytest.approx(middle)


def test_one_loop_has_no_grid() -> None:
    assert loop(1).sizes == [(64, 64)]


def test_of_several_batches_the_last_picture_of_each_is_answered() -> None:
    assert len(loop(2, n_iter=2).sizes) == 3


def test_the_grid_is_left_out_where_an_option_says_so() -> None:
    webui = Webui()
    webui.options.put("return_grid", value=False)

    assert len(loop(2, webui=webui).sizes) == 2


@pytest.mark.parametrize(
    ("words", "prompt"),
    [
        pytest.param("CLIP", "a red fox, <error>", id="CLIP without weights"),
        pytest.param("DeepBooru", "a red fox, no humans", id="DeepBooru"),
    ],
)
def test_what_is_seen_can_be_added_to_the_prompt(words: str, prompt: str) -> None:
    assert (loop(2, 0.5, "Linear", words).texts[1] or "").startswith(prompt)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        pytest.param(
            (None,), "unsupported operand type(s) for *: 'NoneType' and 'int'", id="loops"
        ),
        pytest.param((2, "x"), "unsupported operand type(s) for -: 'str' and 'float'", id="final"),
        pytest.param((2.5,), "'float' object cannot be interpreted as an integer", id="half"),
    ],
)
def test_odd_arguments_are_a_500(args: tuple[Any, ...], error: str) -> None:
    with pytest.raises(ServerError) as caught:
        loop(*args)

    assert caught.value.text == error


def test_no_picture_to_start_from_is_a_500() -> None:
    with pytest.raises(ServerError, match="IndexError: list index out of range"):
        loop(init_images=[])
