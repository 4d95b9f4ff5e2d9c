"""Python values as FastAPI makes JSON of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from mockserver.core.errors import ServerError
from mockserver.core.json_values import jsonable


class Plain:
    def __init__(self) -> None:
        self.size = (1, 2)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        pytest.param({"a": 1, "b": None, "c": True, "d": 1.5}, None, id="JSON"),
        pytest.param((b"NETSCAPE2.0", 795), ["NETSCAPE2.0", 795], id="a tuple with bytes"),
        pytest.param({1: b"x"}, {1: "x"}, id="a key that is no text"),
        pytest.param({"_sa_state": 1, "_s": 2}, {"_s": 2}, id="keys taken for SQLAlchemy's"),
        pytest.param(Plain(), {"size": [1, 2]}, id="an object"),
    ],
)
def test_values(value: Any, encoded: Any) -> None:
    assert jsonable(value) == (value if encoded is None else encoded)


def test_bytes_that_are_no_text_are_an_error() -> None:
    with pytest.raises(
        ServerError, match="'utf-8' codec can't decode byte 0xff in position 0"
    ) as caught:
        jsonable({"version": b"\xff"})

    assert caught.value.name == "UnicodeDecodeError"


def test_an_object_with_neither_items_nor_attributes_is_an_error() -> None:
    with pytest.raises(ServerError, match="__dict__ attribute") as caught:
        jsonable({"resolution": Fraction(1, 3)})

    assert caught.value.name == "ValueError"
    assert caught.value.text.startswith("[TypeError(\"'Fraction' object is not iterable\")")
