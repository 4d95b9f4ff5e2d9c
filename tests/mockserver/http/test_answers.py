"""JSON as the webui's two encoders write it, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask import Response

from mockserver.core.errors import ServerError
from mockserver.http.answers import Prepared, finish, finish_json, render_fast, render_standard
from mockserver.profiles.profile import TransportRules

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

NAN = float("nan")


def test_both_write_plain_values_alike() -> None:
    value = {"a": [1, 1.0, None, True, "\u72d0\n"], "b": {}}

    assert (
        render_fast(value)
        == render_standard(value)
        == ('{"a":[1,1.0,null,true,"\u72d0\\n"],"b":{}}'.encode())
    )


def test_what_is_rendered_already_stays_as_it_is() -> None:
    assert render_fast(Prepared(b"x")) == render_standard(Prepared(b"x")) == b"x"


def test_with_the_web_ui_numbers_that_json_lacks_become_null() -> None:
    assert render_fast({"a": [NAN, float("inf")]}) == b'{"a":[null,null]}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(2**64, "Integer exceeds 64-bit range", id="too large"),
        pytest.param([-(2**63) - 1], "Integer exceeds 64-bit range", id="too small"),
        pytest.param({"a": {1: 2}}, "Dict key must be str", id="key"),
        pytest.param("\ud800", "str is not valid UTF-8: surrogates not allowed", id="surrogate"),
    ],
)
def test_with_the_web_ui_some_values_are_type_errors(value: Any, text: str) -> None:
    with pytest.raises(ServerError) as caught:
        render_fast(value)

    assert (caught.value.name, caught.value.text) == ("TypeError", text)


def test_the_largest_integers_pass() -> None:
    assert render_fast([2**64 - 1, -(2**63)]) == b"[18446744073709551615,-9223372036854775808]"


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        pytest.param(
            [NAN], "ValueError", "Out of range float values are not JSON compliant", id="nan"
        ),
        pytest.param(
            ["\ud800"],
            "UnicodeEncodeError",
            "'utf-8' codec can't encode character '\\ud800' in position 2: surrogates not allowed",
            id="surrogate",
        ),
    ],
)
def test_without_the_web_ui_others_are_errors(value: Any, name: str, text: str) -> None:
    with pytest.raises(ServerError) as caught:
        render_standard(value)

    assert (caught.value.name, caught.value.text) == (name, text)


def test_without_the_web_ui_large_integers_pass() -> None:
    assert render_standard(2**70) == str(2**70).encode()


@pytest.mark.parametrize(("length", "packed"), [(999, False), (1000, True)])
def test_answers_of_a_thousand_bytes_are_packed_and_shorter_ones_are_not(
    length: int, packed: bool
) -> None:
    environ: WSGIEnvironment = {"HTTP_ACCEPT_ENCODING": "gzip"}
    _, fields = finish_json(b"x" * length, environ, 0.0, TransportRules())
    response = finish(Response(b"x" * length), environ, 0.0, TransportRules())

    assert (("Content-Encoding", "gzip") in fields) is packed
    assert (response.headers.get("Content-Encoding") == "gzip") is packed


@pytest.mark.parametrize(("length", "varies"), [(999, False), (1000, True)])
def test_some_servers_say_of_every_large_answer_that_it_could_be_packed(
    length: int, varies: bool
) -> None:
    rules = TransportRules(always_varies=True)
    _, fields = finish_json(b"x" * length, {}, 0.0, rules)
    response = finish(Response(b"x" * length), {}, 0.0, rules)

    assert (("Vary", "Accept-Encoding") in fields) is varies
    assert (response.headers.get("Vary") == "Accept-Encoding") is varies
    assert response.get_data() == b"x" * length
