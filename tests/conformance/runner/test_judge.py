"""Whatever a check does ends in a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from clock import HandClock
from doubles import broken, instead, mock, reply, served, text
from judging import judged, make_context

from conformance.client import Exchange
from conformance.errors import ConnectionBroken, ImageError, PayloadError, RestoreError, StillBusy
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.judge import judge
from conformance.verdict import BudgetSpent, Failed, Loose, NotSupported, Result, Skip, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.runner.check_context import CheckContext

_MUST, _SHOULD, _MAY = "LIST-001", "LIST-021", "LIST-028"
_EXCHANGE = Exchange(method="GET", path="/x", url="http://x/x", status=500, body=b"no")


def _raising(error: Exception) -> Callable[[CheckContext], None]:
    def check(_: CheckContext) -> None:
        raise error

    return check


def _judged(function: Callable[[CheckContext], Loose | None], name: str = _MUST) -> Result:
    with served(mock()):
        return judge(load_catalogue()[name], function, make_context("a1111"))


def test_a_check_that_returns_has_passed() -> None:
    assert _judged(lambda _: None).verdict is Verdict.PASS


def test_a_check_that_returns_a_reservation_has_passed_loosely() -> None:
    result = _judged(lambda _: Loose("in its own way"))
    assert (result.verdict, result.reason) == (Verdict.PASS_LOOSE, "in its own way")


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        pytest.param(_MUST, Verdict.FAIL, id="a MUST"),
        pytest.param(_SHOULD, Verdict.WARN, id="a SHOULD"),
        pytest.param(_MAY, Verdict.INFO, id="a MAY"),
    ],
)
def test_what_does_not_hold_weighs_as_much_as_its_level(name: str, verdict: Verdict) -> None:
    result = _judged(_raising(Failed("1", "2", _EXCHANGE)), name)
    assert (result.verdict, result.expected, result.actual) == (verdict, "1", "2")
    assert result.exchanges == (_EXCHANGE,)


@pytest.mark.parametrize(
    ("error", "verdict", "words"),
    [
        pytest.param(NotSupported("GET /x"), Verdict.UNSUPPORTED, "GET /x is absent", id="route"),
        pytest.param(Skip("no LoRA"), Verdict.SKIPPED, "no LoRA", id="skip"),
        pytest.param(StillBusy("busy"), Verdict.SKIPPED, "busy", id="busy"),
        pytest.param(BudgetSpent("dear"), Verdict.NOT_RUN, "dear", id="budget"),
    ],
)
def test_what_could_not_be_looked_at_says_why(
    error: Exception, verdict: Verdict, words: str
) -> None:
    result = _judged(_raising(error))
    assert (result.verdict, result.reason) == (verdict, words)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(ConnectionBroken("it hung up", _EXCHANGE), "an answer to GET /x", id="broken"),
        pytest.param(ImageError("no picture"), "an answer that can be read", id="unreadable"),
        pytest.param(RestoreError({"a": (1, 2)}), "options that can be put back", id="options"),
    ],
)
def test_what_the_server_did_to_the_suite_is_held_against_the_server(
    error: Exception, expected: str
) -> None:
    result = _judged(_raising(error))
    assert (result.verdict, result.expected, result.actual) == (
        Verdict.FAIL,
        expected,
        str(error),
    )


@pytest.mark.parametrize("error", [KeyError("x"), PayloadError("width", "odd"), RuntimeError("y")])
def test_what_the_suite_did_wrong_is_its_own_error_with_its_place(error: Exception) -> None:
    result = _judged(_raising(error))
    assert result.verdict is Verdict.ERROR
    assert type(error).__name__ in result.reason
    assert "test_judge.py:" in result.reason


def test_an_interruption_by_the_user_is_not_swallowed() -> None:
    def check(_: CheckContext) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _judged(check)


def test_the_decisive_exchange_comes_first_and_the_others_after() -> None:
    def check(context: CheckContext) -> None:
        context.get("samplers")
        decisive = context.get("sd-models")
        context.get("options")
        raise Failed("1", "2", decisive)

    paths = [exchange.path.rpartition("/")[2] for exchange in _judged(check).exchanges]
    assert paths == ["sd-models", "samplers", "options"]


def test_time_and_cost_are_those_of_this_check() -> None:
    clock = HandClock()

    def check(context: CheckContext) -> None:
        context.post("txt2img", json={"width": 512, "height": 512, "steps": 20})
        clock.now += 2.5

    with served(mock()):
        context = make_context("a1111")
        context.meter.spent = 7
        result = judge(load_catalogue()[_MUST], check, context, None, clock)
    assert (result.seconds, result.cost) == (2.5, 1.0)


@pytest.mark.parametrize(
    ("config", "option"),
    [
        ({"freeze_settings": True}, "--freeze-settings"),
        (
            {"freeze_settings_in_sections": "saving-images,sd,infotext"},
            "--freeze-settings-in-sections",
        ),
        (
            {"freeze_specific_settings": "samples_format,CLIP_stop_at_last_layers"},
            "--freeze-specific-settings",
        ),
    ],
)
def test_settings_that_the_operator_froze_are_not_held_against_the_server(
    config: dict[str, object], option: str
) -> None:
    frozen = mock(**config)

    for name in ("TXT2IMG-020", "OPT-001"):
        found = judged(frozen, name)
        assert found.verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE}
        if found.verdict is Verdict.NOT_APPLICABLE:
            assert found.reason == f"whoever started the server froze its settings ({option})"


def test_a_server_that_only_says_that_its_settings_are_frozen_is_convicted() -> None:
    says = reply({"error": "AssertionError", "errors": "changing settings is disabled"}, 500)
    server = broken(mock(), instead(says), route="options", method="POST")

    assert judged(server, "OPT-004").verdict is Verdict.FAIL


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param({}, id="no flag"),
        pytest.param({"freeze_settings": False}, id="a flag that is off"),
        pytest.param([], id="no object"),
        pytest.param(None, id="no JSON"),
    ],
)
def test_words_of_frozen_settings_count_only_beside_the_flag(flags: object) -> None:
    says = reply({"error": "AssertionError", "errors": "changing settings is disabled"}, 500)
    shown = text("<html>") if flags is None else reply(flags)
    server = broken(mock(), instead(says), route="options", method="POST")
    server = broken(server, instead(shown), route="cmd-flags", method="GET")

    assert judged(server, "OPT-004").verdict is Verdict.FAIL
