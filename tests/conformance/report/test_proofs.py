"""What two results have in common: the trouble of an answer, or the same proof."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from reports import exchange, failure, result

from conformance.report.proofs import proof_of, shows_same_fault, trouble_of
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from conformance.exchange import Exchange


def _answered(status: int | None, body: Any = None, **more: Any) -> Exchange:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return exchange(path="/sdapi/v1/txt2img/?a=1", status=status, body=sent, **more)


def _unmet(actual: str, *shown: Exchange, name: str = "LIST-001", **more: Any) -> Result:
    return failure(name, actual=actual, exchanges=shown, **more)


@pytest.mark.parametrize(
    ("shown", "actual", "trouble"),
    [
        pytest.param((), "nothing", None, id="no exchange"),
        pytest.param((_answered(200, {"a": 1}),), "odd", None, id="an answer"),
        pytest.param((_answered(200, b""),), "nothing", ("empty", "200"), id="an empty one"),
        pytest.param((_answered(200, b"", method="HEAD"),), "x", None, id="a HEAD has none"),
        pytest.param((_answered(307, b""),), "moved", None, id="a redirect"),
        pytest.param(
            (_answered(None, b"", error="refused"),), "x", ("no answer", "refused"), id="none"
        ),
        pytest.param((_answered(413, b"<html>"),), "413", ("turned away", "413"), id="a gateway"),
        pytest.param((_answered(404, {"detail": "x"}),), "422 is missing", None, id="expected so"),
        pytest.param(
            (_answered(422, {"detail": "no such thing"}),),
            "it answered 422",
            ("error", "422", "POST /sdapi/v1/txt2img", "no such thing"),
            id="a refusal, with its route",
        ),
        pytest.param(
            (_answered(500, {"detail": "the key of the sampler is not there"}),),
            "it answered 500",
            ("error", "500", "the key of the sampler is not there"),
            id="an error that says what it is",
        ),
    ],
)
def test_an_answer_is_in_trouble_or_not(
    shown: tuple[Exchange, ...], actual: str, trouble: tuple[str, ...] | None
) -> None:
    assert trouble_of(_unmet(actual, *shown)) == trouble


def test_a_proof_is_what_was_expected_and_found() -> None:
    shown = _answered(200, {})
    telling = _unmet("the picture stays the same", shown)
    assert proof_of(telling) == ("proof", "a list", "the picture stays the same")
    waived = failure("IMG-001", Verdict.WAIVED, actual="", reason="the tracker knows of this one")
    assert proof_of(waived) == ("proof", "a list", "the tracker knows of this one")


def test_a_proof_that_says_little_has_its_route_or_its_id() -> None:
    assert proof_of(_unmet("odd", _answered(200, {})))[2:] == ("odd", "POST /sdapi/v1/txt2img")
    assert proof_of(_unmet("odd"))[2:] == ("odd", "LIST-001")


def test_an_error_of_the_suite_has_one_proof_and_a_waiver_one_of_its_own() -> None:
    errors = [result(n, Verdict.ERROR, reason="it stumbled") for n in ("LIST-001", "LIST-002")]
    stale = [
        result(n, Verdict.WAIVED_BUT_PASSED, reason="it passed") for n in ("OPT-001", "OPT-002")
    ]
    assert len({proof_of(each) for each in errors}) == 1
    assert len({proof_of(each) for each in stale}) == 2


@pytest.mark.parametrize(
    ("body", "same"),
    [
        pytest.param({"images": []}, True, id="an empty key that both name"),
        pytest.param({"images": ["x"]}, False, id="no empty key"),
        pytest.param([], False, id="no object"),
        pytest.param(b"images", False, id="no JSON"),
    ],
)
def test_two_that_name_the_same_empty_key_show_one_fault(body: Any, same: bool) -> None:
    shown = _answered(200, body)
    one, other = _unmet("no images", shown), _unmet("images is empty", shown, name="TXT2IMG-003")
    assert shows_same_fault(one, other) is same


def test_one_that_repeats_what_the_other_found_shows_the_same_fault() -> None:
    other = _unmet("the picture stays the same")
    assert shows_same_fault(_unmet("after all, the picture stays the same there"), other)
    assert not shows_same_fault(_unmet("odd"), _unmet("odd"))
