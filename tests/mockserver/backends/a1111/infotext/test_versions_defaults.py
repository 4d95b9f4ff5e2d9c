"""What is added to parsed values."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.backends.a1111.infotext.versions import (
    add_missing,
    old_first_pass,
    restore_old_hires,
)
from mockserver.core.errors import ServerError


def test_only_absent_keys_are_added_in_their_order() -> None:
    values: dict[str, Any] = {"RNG": "CPU"}

    add_missing(values, {"A": 1, "RNG": "GPU", "B": 2})

    assert list(values.items()) == [("RNG", "CPU"), ("A", 1), ("B", 2)]


def test_an_old_first_pass_becomes_the_size_and_the_size_the_hires_size() -> None:
    values = {
        "First pass size-1": "384",
        "First pass size-2": "512",
        "Size-1": "768",
        "Size-2": "1024",
    }

    restore_old_hires(values, use_old_sizes=False)

    assert [values[k] for k in ("Size-1", "Size-2", "Hires resize-1", "Hires resize-2")] == [
        384, 512, 768, 1024,
    ]  # fmt: skip


def test_a_first_pass_of_zero_is_worked_out() -> None:
    values = {"First pass size-1": "0", "First pass size-2": "0", "Size-1": "1024", "Size-2": "512"}

    restore_old_hires(values, use_old_sizes=False)

    assert (values["Size-1"], values["Size-2"]) == (768, 384)


def test_old_sizes_put_the_hires_size_first() -> None:
    values: dict[str, Any] = {"Hires resize-1": "800", "Hires resize-2": "600", "Size-1": "64"}

    restore_old_hires(values, use_old_sizes=True)

    assert values == {
        "Hires resize-1": "800", "Hires resize-2": "600", "Size-1": 800, "Size-2": 600,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("size", "name"),
    [
        pytest.param({"Size-1": "0", "Size-2": "64"}, "ZeroDivisionError", id="no pixels"),
        pytest.param({"Size-1": "wide", "Size-2": "64"}, "ValueError", id="no number"),
    ],
)
def test_an_impossible_size_is_an_error(size: dict[str, str], name: str) -> None:
    values = {"First pass size-1": "0", "First pass size-2": "0", **size}

    with pytest.raises(ServerError) as caught:
        restore_old_hires(values, use_old_sizes=False)

    assert caught.value.name == name


@pytest.mark.parametrize(
    ("size", "first"),
    [
        pytest.param((512, 512), (512, 512), id="square"),
        pytest.param((1920, 1080), (704, 384), id="wide"),
        pytest.param((64, 64), (512, 512), id="small ones grow"),
    ],
)
def test_first_passes_have_about_512_by_512_pixels(
    size: tuple[int, int], first: tuple[int, int]
) -> None:
    assert old_first_pass(*size) == first
