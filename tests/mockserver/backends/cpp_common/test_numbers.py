"""Numbers of 32 bits, and the texts that C++ makes of numbers."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.backends.cpp_common.drawing import as_int, fixed, general, shortest, single


@given(st.floats(width=32, allow_nan=False))
def test_a_float_of_32_bits_is_left_as_it_is(number: float) -> None:
    assert single(number) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_others_lose_what_32_bits_do_not_hold(number: float) -> None:
    found = single(number)
    assert math.isinf(found) or struct.unpack("<f", struct.pack("<f", found))[0] == found


@pytest.mark.parametrize(
    ("number", "whole"),
    [
        pytest.param(12.9, 12, id="fractions are cut"),
        pytest.param(-12.9, -12, id="towards zero"),
        pytest.param(2**31, -(2**31), id="large ones wrap"),
        pytest.param(2**32 + 5, 5, id="as often as it takes"),
        pytest.param(math.inf, 0, id="no number"),
        pytest.param(True, 1, id="true"),
    ],
)
def test_integers_have_32_bits(number: float, whole: int) -> None:
    assert as_int(number) == whole


def test_texts_of_floats_differ_by_who_writes_them() -> None:
    assert fixed(7.0) == "7.000000"
    assert fixed(math.inf) == "inf"
    assert general(5.0, 3) == "5"
    assert general(7.123456, 3) == "7.12"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        pytest.param(0.0, "0.0", id="zero"),
        pytest.param(-0.0, "-0.0", id="minus zero"),
        pytest.param(7.0, "7.0", id="whole"),
        pytest.param(single(0.9), "0.8999999761581421", id="of 32 bits"),
        pytest.param(0.0001, "0.0001", id="small"),
        pytest.param(0.00001, "1e-05", id="smaller"),
        pytest.param(1e15, "1e+15", id="large"),
        pytest.param(123456789012345.0, "123456789012345.0", id="almost as large"),
        pytest.param(1.5e300, "1.5e+300", id="with a fraction"),
        pytest.param(math.inf, "null", id="infinite"),
        pytest.param(math.nan, "null", id="not a number"),
    ],
)
def test_json_has_the_fewest_digits(number: float, text: str) -> None:
    assert shortest(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_and_they_give_the_number_back(number: float) -> None:
    assert float(shortest(number)) == number
