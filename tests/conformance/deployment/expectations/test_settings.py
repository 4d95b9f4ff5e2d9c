"""The values that options are expected to have."""

from __future__ import annotations

import pytest
from demanding import expected
from doubles import broken, edited, mock

from conformance.verdict import Result, Verdict


def _of(options: str, **changed: object) -> Result:
    server = broken(mock(), edited(lambda o: o | changed), route="options", method="GET")
    return expected(server, f"options = {{{options}}}", "EXPECT-OPTIONS")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param("samples_format = 'png'", id="text"),
        pytest.param("jpeg_quality = 80", id="a number, by value"),
        pytest.param("samples_save = true", id="a flag"),
        pytest.param("sd_model_checkpoint = 'tiny-a'", id="a model by its name"),
        pytest.param("sd_model_checkpoint = 'a9f628e616'", id="a model by its hash"),
    ],
)
def test_options_have_their_values(options: str) -> None:
    assert _of(options).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param("samples_format = 'jpg'", 'samples_format is "png"', id="another value"),
        pytest.param(
            "jpeg_quality = '80'",
            "jpeg_quality is 80.0 (a number, not text)",
            id="another kind",
        ),
        pytest.param(
            "sd_model_checkpoint = 'tiny-b'", 'is "tiny-a.safetensors', id="another model"
        ),
        pytest.param(
            "sample_format = 'png'",
            "there is no option sample_format, did you mean 'samples_format'?",
            id="an unknown option",
        ),
    ],
)
def test_a_difference_is_reported_in_words(options: str, words: str) -> None:
    result = _of(options)
    assert result.verdict is Verdict.FAIL
    assert words in result.actual


def test_a_secret_is_compared_and_not_reported() -> None:
    result = _of("civitai_token = 'planted-one'", civitai_token="planted-two")
    assert result.verdict is Verdict.FAIL
    assert "planted" not in result.expected + result.actual
    good = _of("civitai_token = 'planted-two'", civitai_token="planted-two")
    assert good.verdict is Verdict.PASS
