"""How a failure reads."""

from __future__ import annotations

import base64
import json
from io import BytesIO

import pytest
from PIL import Image

from conformance.client import Exchange
from conformance.report.failure_text import Style, answer_excerpt, failure_lines, request_line
from conformance.requirements.catalogue import load_catalogue
from conformance.verdict import Result, Verdict


def _picture() -> str:
    buffer = BytesIO()
    Image.new("RGB", (64, 32), "red").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _exchange(**values: object) -> Exchange:
    given = {
        "method": "POST",
        "path": "/sdapi/v1/png-info",
        "url": "http://host:7860/sdapi/v1/png-info",
        "request_headers": {"Authorization": "Basic cGxhbnRlZA==", "Content-Type": "x/json"},
        "request_body": json.dumps({"image": _picture(), "note": "planted"}).encode(),
        "status": 500,
        "body": json.dumps({"detail": "no", "image": _picture()}).encode(),
        "elapsed": 0.25,
        "secrets": ("planted", "cGxhbnRlZA=="),
    }
    return Exchange(**given | values)


def _result(**values: object) -> Result:
    given = {
        "requirement": load_catalogue()["PNGINFO-002"],
        "verdict": Verdict.FAIL,
        "expected": 'info to be "a fox"',
        "actual": 'info is "a fo"',
        "exchanges": (_exchange(),),
    }
    return Result(**given | values)


def test_the_parts_are_in_their_order() -> None:
    lines = failure_lines(_result(), "sdapi-check URL --only PNGINFO-002")
    marks = ["PNGINFO-002 (MUST): fail", "  info is the text that the picture carries"]
    marks += ["  Expected:", "  Actual:", "  Request:", "  Answer:", "  Curl:", "  Replay:"]
    marks += ["  Explain:"]
    places = [next(i for i, line in enumerate(lines) if line.startswith(m)) for m in marks]
    assert places == sorted(places)
    assert lines[0] == marks[0]


def test_pictures_are_reported_by_format_size_and_digest() -> None:
    style = Style(curl=lambda _: "curl http://host")
    lines = failure_lines(_result(), "x", style)
    assert "<PNG 64x32, " in "\n".join(lines)
    assert _picture() not in "\n".join(lines)
    assert max(map(len, lines)) < 100


def test_no_secret_is_shown_anywhere() -> None:
    text = "\n".join(failure_lines(_result(), "x"))
    assert "planted" not in text
    assert "cGxhbnRlZA" not in text
    assert "$SDAPI_AUTH" in text


def test_the_curl_line_is_one_line() -> None:
    (line,) = [x for x in failure_lines(_result(), "x") if x.startswith("  Curl:")]
    assert "curl -sS http://host:7860/sdapi/v1/png-info" in line


def test_a_long_body_is_cut_and_its_length_reported() -> None:
    long = _exchange(body=json.dumps({"detail": ["word"] * 1000}).encode())
    assert answer_excerpt(long).endswith("characters)")
    assert len(answer_excerpt(long)) < 500


def test_a_connection_that_broke_is_reported_in_words() -> None:
    broken = _exchange(status=None, body=b"", error="closed the connection")
    assert answer_excerpt(broken) == "closed the connection"
    cut = _exchange(status=200, body=b'{"ima', error="in the middle of its answer")
    assert answer_excerpt(cut) == '200 in 0.25 s (in the middle of its answer) {"ima'


def test_a_request_without_a_body_is_its_method_and_path() -> None:
    assert request_line(_exchange(method="GET", request_body=None)) == "GET /sdapi/v1/png-info"


def test_an_error_of_the_suite_says_its_reason_as_what_happened() -> None:
    result = _result(verdict=Verdict.ERROR, expected="", actual="", reason="boom", exchanges=())
    assert "  Actual:   boom" in failure_lines(result, "x")


@pytest.mark.parametrize("text", ["a\x1b[31mred", "\ud800", "a\rb", "tab\tand\x00nul"])
def test_what_would_upset_a_terminal_is_written_out(text: str) -> None:
    shown = "\n".join(failure_lines(_result(actual=text), "x"))
    assert not {"\x1b", "\r", "\x00"} & set(shown)
    shown.encode("utf-8")


def test_a_narrow_terminal_has_labels_on_lines_of_their_own() -> None:
    lines = failure_lines(_result(), "sdapi-check URL", Style(width=59, commands=59))
    assert lines[lines.index("  Expected:") + 1] == '    info to be "a fox"'
    assert lines[lines.index("  Replay:") + 1] == "    sdapi-check URL"
    wide = failure_lines(_result(), "sdapi-check URL", Style(width=60, commands=60))
    assert '  Expected: info to be "a fox"' in wide
    assert "  Replay:   sdapi-check URL" in wide
