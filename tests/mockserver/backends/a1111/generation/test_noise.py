"""Sizes and seeds that torch refuses."""

from __future__ import annotations

from typing import Any

import pytest
from generations import txt2img

from mockserver.core.errors import ServerError


@pytest.mark.parametrize(
    ("wanted", "size"),
    [
        pytest.param((70, 66), (64, 64), id="rounded down to eights"),
        pytest.param((8, 8), (8, 8), id="the least"),
        pytest.param((96, 72), (96, 72), id="exact"),
    ],
)
def test_a_picture_has_whole_eights_and_its_infotext_what_was_asked(
    wanted: tuple[int, int], size: tuple[int, int]
) -> None:
    made = txt2img(width=wanted[0], height=wanted[1])

    assert made.sizes == [size]
    assert f"Size: {wanted[0]}x{wanted[1]}" in made.line


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        pytest.param(
            {"width": -64},
            "RuntimeError: Trying to create tensor with negative dimension -8: [4, 8, -8]",
            id="negative",
        ),
        pytest.param(
            {"width": 7},
            "RuntimeError: Calculated padded input size per channel: (10 x 2). Kernel size: "
            "(3 x 3). Kernel size can't be greater than actual input size",
            id="less than eight",
        ),
        pytest.param(
            {"width": 7, "sampler_name": "DDIM", "steps": 1},
            "RuntimeError: Calculated padded input size per channel: (8 x 0). Kernel size: "
            "(1 x 1). Kernel size can't be greater than actual input size",
            id="less than eight, where only the VAE looks",
        ),
        pytest.param(
            {"width": None},
            "TypeError: unsupported operand type(s) for //: 'NoneType' and 'int'",
            id="none",
        ),
        pytest.param(
            {"width": 99999, "height": 99999},
            "OutOfMemoryError: CUDA out of memory. Tried to allocate 363681479.36 GiB.",
            id="huge",
        ),
    ],
)
def test_a_size_that_torch_refuses_is_a_500(fields: dict[str, Any], error: str) -> None:
    with pytest.raises(ServerError) as caught:
        txt2img(**fields)

    assert str(caught.value) == error


@pytest.mark.parametrize("seed", [-(2**63), -2, 0, 2**64 - 1])
def test_seeds_fit_64_bits_signed_or_not(seed: int) -> None:
    assert txt2img(seed=seed).info["all_seeds"] == [seed]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"seed": 2**64}, id="seed"),
        pytest.param({"seed": -(2**63) - 1}, id="least seed"),
        pytest.param({"seed": 2**64 - 1, "batch_size": 2}, id="the second seed"),
        pytest.param({"subseed": 2**64, "subseed_strength": 0.5}, id="subseed"),
        pytest.param(
            {"seed": 2**64 - 1, "override_settings": {"eta_noise_seed_delta": 1}}, id="ENSD"
        ),
    ],
)
def test_a_larger_one_is_a_500(fields: dict[str, Any]) -> None:
    with pytest.raises(ServerError, match="ValueError: Overflow when unpacking long long"):
        txt2img(**fields)


def test_a_subseed_that_is_not_used_may_be_anything() -> None:
    assert txt2img(subseed=2**70).info["subseed"] == 2**70


def test_a_brownian_tree_takes_no_negative_seed() -> None:
    with pytest.raises(ServerError, match="ValueError: expected non-negative integer"):
        txt2img(seed=-2, sampler_name="DPM++ SDE")
