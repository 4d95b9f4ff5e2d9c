"""What helps against errors that are known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from reports import exchange, failure

from conformance.report.failure_text import failure_lines
from conformance.report.remedies import known_errors, remedy_of

_HIRES = {"enable_hr": True, "denoising_strength": 0.5}


def _helps(sent: dict[str, Any], error: dict[str, Any], status: int = 500) -> str:
    shown = exchange(
        request_body=json.dumps(sent).encode(), status=status, body=json.dumps(error).encode()
    )
    return remedy_of(failure("TXT2IMG-050", actual=f"{status} it failed", exchanges=(shown,)))


@pytest.mark.parametrize(
    ("sent", "says", "advice"),
    [
        pytest.param(
            _HIRES,
            "argument of type 'NoneType' is not iterable",
            '"hr_additional_modules": ["Use same choices"]',
            id="Forge without modules",
        ),
        pytest.param(
            {"enable_hr": True},
            "'>' not supported between instances of 'NoneType' and 'int'",
            'send "denoising_strength"',
            id="no denoising_strength",
        ),
        pytest.param(
            {**_HIRES, "hr_upscaler": "x"},
            "could not find upscaler named x",
            "GET latent-upscale-modes",
            id="an unknown upscaler",
        ),
        pytest.param(
            _HIRES, "CUDA out of memory", 'a smaller "hr_scale"', id="too large for the card"
        ),
        pytest.param({}, "CUDA out of memory", "smaller or fewer pictures", id="out of memory"),
    ],
)
def test_a_known_error_says_what_helps(sent: dict[str, Any], says: str, advice: str) -> None:
    assert advice in _helps(sent, {"error": "X", "detail": "", "errors": says})


def test_fields_that_validation_misses_are_named() -> None:
    problems = [
        {"loc": ["body", "hr_upscaler"], "msg": "field required", "type": "value_error.missing"},
        {"loc": ["body", "steps"], "msg": "value is not a valid integer", "type": "type_error"},
    ]
    assert _helps(_HIRES, {"detail": problems}, 422) == "send 'hr_upscaler' too"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        pytest.param({}, "argument of type 'NoneType' is not iterable", id="without hires"),
        pytest.param(_HIRES, "'>' not supported between instances of 'NoneType' and 'int'", id="b"),
        pytest.param(_HIRES, "something else", id="unknown"),
    ],
)
def test_no_advice_is_given_where_none_is_known(sent: dict[str, Any], says: str) -> None:
    assert _helps(sent, {"error": "TypeError", "errors": says}) == ""


def test_a_refusal_that_was_wanted_needs_no_help() -> None:
    shown = exchange(status=500, body=b'{"error": "X", "errors": "CUDA out of memory"}')
    found = failure("TXT2IMG-049", actual='error is "OutOfMemoryError"', exchanges=(shown,))
    assert remedy_of(found) == ""


def test_the_text_of_a_failure_says_what_helps() -> None:
    shown = exchange(status=500, body=b'{"error": "X", "errors": "NansException: NaNs"}')
    lines = failure_lines(failure(actual="500 X", exchanges=(shown,)), "x")
    assert (
        "  Helps:    start the webui with --no-half-vae or --no-half, or with another VAE" in lines
    )


def test_every_known_error_has_its_advice() -> None:
    assert all(each.advice and each.says.pattern for each in known_errors())
