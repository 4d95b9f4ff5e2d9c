"""The size that is drawn for the size that was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.backends.koboldcpp.recipe import drawn_size

SIDES = st.integers(-(2**31), 2**31 - 1)


@pytest.mark.parametrize(
    ("asked", "drawn"),
    [
        pytest.param((512, 512), (512, 512), id="as asked"),
        pytest.param((96, 72), (64, 64), id="rounded down to 64"),
        pytest.param((8, 8), (64, 64), id="64 at least"),
        pytest.param((-64, 64), (64, 64), id="below nothing"),
        pytest.param((128, 64), (128, 64), id="wide"),
        pytest.param((64, 128), (64, 128), id="high"),
        pytest.param((1024, 1024), (832, 832), id="the largest square"),
        pytest.param((2048, 1024), (1152, 576), id="a large one in its proportions"),
        pytest.param((1024, 2048), (576, 1152), id="likewise on end"),
        pytest.param((8192, 64), (8192, 64), id="a strip within the area"),
        pytest.param((100_000, 100_000), (832, 832), id="beyond all bounds"),
    ],
)
def test_sizes(asked: tuple[int, int], drawn: tuple[int, int]) -> None:
    assert drawn_size(*asked, 832) == drawn


@given(SIDES, SIDES)
def test_any_size_becomes_one_in_steps_of_64_within_the_area(width: int, height: int) -> None:
    wide, high = drawn_size(width, height, 832)
    assert wide % 64 == high % 64 == 0
    assert min(wide, high) >= 64
    assert wide * high <= 832 * 832


@given(SIDES, SIDES)
def test_a_size_on_end_is_drawn_on_end(width: int, height: int) -> None:
    assert drawn_size(height, width, 832) == drawn_size(width, height, 832)[::-1]


@given(SIDES, SIDES)
def test_what_is_drawn_is_drawn_when_asked_for(width: int, height: int) -> None:
    drawn = drawn_size(width, height, 832)
    assert drawn_size(*drawn, 832) == drawn
