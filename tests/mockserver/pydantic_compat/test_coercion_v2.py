"""Single values as pydantic 2 takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.pydantic_compat.coercion_v2 import (
    only_dict,
    to_bool,
    to_float,
    to_int,
    to_nothing,
    to_str,
)
from mockserver.pydantic_compat.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("coerce", "value", "wanted"),
    [
        pytest.param(to_int, 3, 3, id="int"),
        pytest.param(to_int, 3.0, 3, id="whole float"),
        pytest.param(to_int, " 3 ", 3, id="text"),
        pytest.param(to_int, True, 1, id="true"),
        pytest.param(to_float, 3, 3.0, id="int as float"),
        pytest.param(to_float, "1.5", 1.5, id="text as float"),
        pytest.param(to_bool, "Yes", True, id="word"),
        pytest.param(to_bool, 0, False, id="nought"),
        pytest.param(to_str, "a", "a", id="str"),
        pytest.param(to_nothing, None, None, id="null"),
        pytest.param(only_dict, {"a": 1}, {"a": 1}, id="object"),
    ],
)
def test_what_passes(coerce: Callable[[Any], Any], value: Any, wanted: Any) -> None:
    found = coerce(value)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("coerce", "value", "kind"),
    [
        pytest.param(to_int, 1.9, "int_from_float", id="fraction"),
        pytest.param(to_int, float("inf"), "finite_number", id="infinity"),
        pytest.param(to_int, "a", "int_parsing", id="no number"),
        pytest.param(to_int, None, "int_type", id="null as int"),
        pytest.param(to_float, "a", "float_parsing", id="no float"),
        pytest.param(to_float, [], "float_type", id="list as float"),
        pytest.param(to_bool, "nah", "bool_parsing", id="another word"),
        pytest.param(to_bool, {}, "bool_type", id="object as bool"),
        pytest.param(to_str, 3, "string_type", id="number as text"),
        pytest.param(to_nothing, 1, "none_required", id="something"),
        pytest.param(only_dict, [], "dict_type", id="list of pairs"),
    ],
)
def test_what_is_refused(coerce: Callable[[Any], Any], value: Any, kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        coerce(value)
    assert caught.value.type == kind


def test_a_text_of_as_many_digits_as_python_reads_is_an_integer() -> None:
    assert to_int("9" * 4300) == 10**4300 - 1
    with pytest.raises(ValidationError) as caught:
        to_int("9" * 4301)
    assert caught.value.type == "int_parsing_size"
