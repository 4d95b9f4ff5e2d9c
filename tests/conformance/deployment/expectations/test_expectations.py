"""What an operator may expect, and how a mistake in it is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from demanding import configured

from conformance.deployment.expectations.limits import Limits
from conformance.errors import ConfigurationError

if TYPE_CHECKING:
    from conformance.deployment.expectations.expectations import Expectations


def _expect(text: str) -> Expectations:
    return configured(text).targets[0].expect


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("models = 1", "models: an array of texts", id="no names"),
        pytest.param("models = ['']", "models: an array of texts", id="an empty name"),
        pytest.param("auth = 'all'", 'write true for every route, or "api"', id="which routes"),
        pytest.param("open = ['internal']", "'internal' is no path", id="no path"),
        pytest.param("cors = ['https://a']", "a table, as in", id="no table"),
        pytest.param("cors = {allowed = []}", "did you mean `allow`?", id="an unknown key"),
        pytest.param("cors = {allow = ['a.org']}", "'a.org' is no origin", id="no scheme"),
        pytest.param("cors = {refuse = ['https://a/']}", "is no origin", id="a path"),
        pytest.param("cors = {allow = ['*']}", "is no origin", id="a star"),
        pytest.param(
            "cors = {allow = ['https://a'], refuse = ['https://a']}",
            "https://a is to be allowed and refused",
            id="both",
        ),
        pytest.param("secrets = true", "a text is expected, not true", id="a flag"),
        pytest.param("secrets = 'show'", '"hidden" and "shown" are the choices', id="a word"),
        pytest.param("longest = [{seconds = 3}]", "the key `request` is missing", id="no request"),
        pytest.param("longest = [{request = {}}]", "the key `seconds` is missing", id="no time"),
        pytest.param(
            "longest = [{request = {stepss = 1}, seconds = 3}]",
            "longest[1].request.stepss: no such field; did you mean 'steps'?",
            id="an unknown field",
        ),
        pytest.param(
            "longest = [{request = {steps = 'x'}, seconds = 3}]",
            "longest[1].request.steps: an integer is expected",
            id="a wrong field",
        ),
    ],
)
def test_a_mistake_names_its_key(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configured(text)
    assert words in str(caught.value)


def test_a_single_name_needs_no_brackets() -> None:
    assert _expect("models = 'm'").lists == {"models": ("m",)}


@pytest.mark.parametrize(
    "origin",
    ["https://app.example.org", "http://127.0.0.1:3000", "chrome-extension://abc", "null"],
)
def test_every_form_of_origin_is_taken(origin: str) -> None:
    assert _expect(f"cors = {{allow = ['{origin}']}}").allow == (origin,)


def test_a_timed_request_is_counted_as_it_is_sampled() -> None:
    text = "longest = [{request = {width = 512, height = 512, steps = 20}, seconds = 30}]"
    (timed,) = _expect(text).longest
    assert timed.pixel_steps == 512 * 512 * 20


@pytest.mark.parametrize(
    ("written", "limits"),
    [
        ('body = "32 MiB"', Limits(body=32 << 20)),
        ('body = "1.5 kB", at_once = 64', Limits(body=1500, at_once=64)),
        ('body = "256 MiB"', Limits(body=256 << 20)),
        ('request = "10 min"', Limits(request=600.0)),
        ('request = "1.5h", at_once = 1', Limits(request=5400.0, at_once=1)),
        ('request = "90 s"', Limits(request=90.0)),
    ],
)
def test_limits_are_written_with_their_units(written: str, limits: Limits) -> None:
    assert _expect(f"limits = {{ {written} }}").limits == limits
