"""JSON as nlohmann::json reads it, and its words for what it refuses."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.backends.sdcpp.nlohmann.parser import JsonError, dump, parse

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=10,
)


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_sound_json_is_read_as_python_reads_it(
    value: object, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert parse(text.encode()) == value


@given(VALUES)
def test_what_was_written_is_read_back(value: object) -> None:
    assert parse(dump(value).encode()) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param('{"a": 1, "a": 2}', {"a": 2}, id="the last of equal keys"),
        pytest.param("\ufeff[]", [], id="after a byte order mark"),
        pytest.param(" \t\r\n1 ", 1, id="between blanks"),
        pytest.param("-0", 0, id="minus zero"),
        pytest.param("-0.5e+1", -5.0, id="all that a number can have"),
        pytest.param(str(2**64), float(2**64), id="an integer beyond 64 bits"),
        pytest.param(r'"\ud83e\udd8a\/"', "🦊/", id="surrogates in pairs"),
    ],
)
def test_its_own_ways(text: str, value: object) -> None:
    found = parse(text.encode())
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            b'{"prompt": "x",',
            "line 1, column 16: syntax error while parsing object key - unexpected end of input; "
            "expected string literal",
            id="cut short",
        ),
        pytest.param(
            b"prompt=x",
            "line 1, column 1: syntax error while parsing value - invalid literal; last read: 'p'",
            id="a form",
        ),
        pytest.param(
            b" ",
            "line 1, column 2: syntax error while parsing value - unexpected end of input; "
            "expected '[', '{', or a literal",
            id="a blank",
        ),
        pytest.param(
            b"",
            "line 1, column 1: attempting to parse an empty input; check that your input string "
            "or stream contains the expected JSON",
            id="nothing",
        ),
        pytest.param(
            b"{} x",
            "line 1, column 4: syntax error while parsing value - invalid literal; last read: "
            "'{} x'; expected end of input",
            id="more after the end",
        ),
        pytest.param(
            b"[1 2]",
            "line 1, column 4: syntax error while parsing array - unexpected number literal; "
            "expected ']'",
            id="no comma in a list",
        ),
        pytest.param(
            b'{"a" 1}',
            "line 1, column 6: syntax error while parsing object separator - unexpected number "
            "literal; expected ':'",
            id="no colon",
        ),
        pytest.param(
            b'{"a":1 "b"}',
            "line 1, column 10: syntax error while parsing object - unexpected string literal; "
            "expected '}'",
            id="no comma in an object",
        ),
        pytest.param(
            b"[1,\n]",
            "line 2, column 1: syntax error while parsing value - unexpected ']'; expected '[', "
            "'{', or a literal",
            id="a comma too many, on line 2",
        ),
        pytest.param(
            b"[tru]",
            "line 1, column 5: syntax error while parsing value - invalid literal; "
            "last read: '[tru]'",
            id="half a literal",
        ),
        pytest.param(
            b'{"a": "b", "c": nul}',
            "line 1, column 20: syntax error while parsing value - invalid literal; "
            "last read: '\"c\": nul}'",
            id="half a literal behind a text",
        ),
        pytest.param(
            b'"a\nb"',
            "line 2, column 0: syntax error while parsing value - invalid string: control "
            "character U+000A (LF) must be escaped to \\u000A or \\n; last read: '\"a<U+000A>'",
            id="a control character",
        ),
        pytest.param(
            b'"a',
            "line 1, column 3: syntax error while parsing value - invalid string: missing closing "
            "quote; last read: '\"a'",
            id="no closing quote",
        ),
        pytest.param(
            rb'"\x"',
            "line 1, column 3: syntax error while parsing value - invalid string: forbidden "
            "character after backslash; last read: '\"\\x'",
            id="an unknown escape",
        ),
        pytest.param(
            rb'"\u12g4"',
            "line 1, column 6: syntax error while parsing value - invalid string: '\\u' must be "
            "followed by 4 hex digits; last read: '\"\\u12g'",
            id="digits that are none",
        ),
        pytest.param(
            rb'"\ud800x"',
            "line 1, column 8: syntax error while parsing value - invalid string: surrogate "
            "U+D800..U+DBFF must be followed by U+DC00..U+DFFF; last read: '\"\\ud800x'",
            id="half a surrogate pair",
        ),
        pytest.param(
            rb'"\udc00"',
            "line 1, column 7: syntax error while parsing value - invalid string: surrogate "
            "U+DC00..U+DFFF must follow U+D800..U+DBFF; last read: '\"\\udc00'",
            id="the other half",
        ),
        pytest.param(
            b'"\xff"',
            "line 1, column 2: syntax error while parsing value - invalid string: ill-formed "
            "UTF-8 byte; last read: '\"\ufffd'",
            id="no UTF-8",
        ),
        pytest.param(
            b"-x",
            "line 1, column 2: syntax error while parsing value - invalid number; expected digit "
            "after '-'; last read: '-x'",
            id="a minus alone",
        ),
        pytest.param(
            b"1.x",
            "line 1, column 3: syntax error while parsing value - invalid number; expected digit "
            "after '.'; last read: '1.x'",
            id="a point alone",
        ),
        pytest.param(
            b"1ex",
            "line 1, column 3: syntax error while parsing value - invalid number; expected '+', "
            "'-', or digit after exponent; last read: '1ex'",
            id="an exponent alone",
        ),
        pytest.param(
            b"1e+x",
            "line 1, column 4: syntax error while parsing value - invalid number; expected digit "
            "after exponent sign; last read: '1e+x'",
            id="its sign alone",
        ),
        pytest.param(
            b"\xef\xbb[]",
            "line 1, column 2: syntax error while parsing value - invalid BOM; must be 0xEF 0xBB "
            "0xBF if given; last read: '\ufffd'",
            id="half a byte order mark",
        ),
    ],
)
def test_what_it_refuses_and_how(text: bytes, words: str) -> None:
    with pytest.raises(JsonError) as caught:
        parse(text)
    assert str(caught.value) == f"[json.exception.parse_error.101] parse error at {words}"


def test_a_number_too_large_for_any_float() -> None:
    with pytest.raises(JsonError) as caught:
        parse(b"[1e999]")
    expected = "[json.exception.out_of_range.406] number overflow parsing '1e999'"
    assert str(caught.value) == expected


@given(st.binary(max_size=20))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(JsonError):
        found = parse(raw)
        assert parse(dump(found).encode()) == found


def test_nesting_beyond_measure_is_refused() -> None:
    with pytest.raises(JsonError):
        parse(b"[" * 100_000)
