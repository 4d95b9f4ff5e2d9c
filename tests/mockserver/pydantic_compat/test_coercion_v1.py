"""Single values as pydantic 1 takes them."""

from __future__ import annotations

import pytest

from mockserver.pydantic_compat.coercion_v1 import to_int
from mockserver.pydantic_compat.errors import ValidationError


@pytest.mark.parametrize(
    "text", [pytest.param("9" * 4301, id="digits"), pytest.param(" " + "9" * 4300, id="a blank")]
)
def test_a_text_of_more_than_4300_characters_is_no_integer(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        to_int(text)
    assert caught.value.type == "type_error.integer"


def test_a_text_of_as_many_digits_as_python_reads_is_an_integer() -> None:
    assert to_int("9" * 4300) == 10**4300 - 1
