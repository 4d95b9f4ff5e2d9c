"""Colours of prompts."""

from __future__ import annotations

import colorsys

import pytest

from mockserver.imaging.art.fields import Dice
from mockserver.imaging.art.palette import Colour, hsv, mix, palette, ramp


def hue(colour: Colour) -> int:
    return round(colorsys.rgb_to_hsv(*(part / 255 for part in colour))[0] * 360)


@pytest.mark.parametrize(
    ("prompt", "main"),
    [
        pytest.param("a red barn", 4, id="red"),
        pytest.param("the BLUE sea", 216, id="in capitals"),
        pytest.param("a cat with green eyes, violet", 268, id="details do not count"),
    ],
)
def test_the_main_colour_is_the_first_that_the_prompt_names(prompt: str, main: int) -> None:
    assert abs(hue(palette(prompt, Dice(prompt)).main) - main) <= 2


def test_the_second_colour_or_that_of_a_detail_stands_out() -> None:
    assert abs(hue(palette("red and blue", Dice(1)).accent) - 216) <= 2
    assert abs(hue(palette("a red cat with green eyes", Dice(1)).accent) - 125) <= 2


def test_the_dice_choose_what_is_not_named() -> None:
    assert palette("cat", Dice(1)) == palette("cat", Dice(1))
    assert palette("cat", Dice(1)) != palette("cat", Dice(2))


def test_night_is_dark() -> None:
    night, day = palette("a red city at night", Dice(3)), palette("a red city", Dice(3))

    assert (night.night, day.night) == (True, False)
    assert sum(night.high) < sum(day.high)


@pytest.mark.parametrize(
    ("colour", "values"),
    [
        pytest.param((0, 100, 100), (255, 0, 0), id="red"),
        pytest.param((120, 100, 100), (0, 255, 0), id="green"),
        pytest.param((600, 100, 100), (0, 0, 255), id="blue, once round"),
        pytest.param((77, 0, 100), (255, 255, 255), id="white"),
        pytest.param((77, 50, 0), (0, 0, 0), id="black"),
    ],
)
def test_hues(colour: tuple[int, int, int], values: Colour) -> None:
    assert hsv(*colour) == values


def test_mixing() -> None:
    assert mix((0, 100, 200), (100, 0, 200), 50) == (50, 50, 200)


def test_ramps_go_through_their_stops() -> None:
    colours = ramp(((0, 0, 0), (200, 0, 0), (200, 200, 0)), 257)

    assert (colours[0], colours[128], colours[256]) == ((0, 0, 0), (200, 0, 0), (200, 200, 0))
    assert ramp(((1, 2, 3),), 4) == [(1, 2, 3)] * 4
