"""Requests that something in front of the webui cut short."""

from __future__ import annotations

import pytest

from conformance.client import Exchange
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.judge import cut_short, not_the_webui
from conformance.verdict import Result, Verdict

_HUNG_UP = "http://host closed the connection without an answer"


def _exchange(status: int | None, text: str = "", **more: object) -> Exchange:
    return Exchange(
        method="POST",
        path="/sdapi/v1/txt2img",
        url="http://host/sdapi/v1/txt2img",
        request_headers={},
        status=status,
        body=text.encode(),
        **{"elapsed": 60.0, **more},
    )


@pytest.mark.parametrize(
    ("exchange", "words"),
    [
        pytest.param(
            _exchange(504, "<center>nginx</center>"), "504 after 60.0 s, for it waits", id="nginx"
        ),
        pytest.param(_exchange(524, "<html>"), "524 after 60.0 s, for it waits", id="cloudflare"),
        pytest.param(_exchange(502, "<html>"), "answered 502, the webui itself did not", id="dead"),
        pytest.param(
            _exchange(None, error=_HUNG_UP), "closed after 60.0 s without an answer", id="hung up"
        ),
        pytest.param(
            _exchange(None, error=_HUNG_UP, elapsed=9.0),
            "closed after 9.0 s",
            id="just long enough",
        ),
    ],
)
def test_a_gateway_is_known_by_what_it_says(exchange: Exchange, words: str) -> None:
    assert words in cut_short(exchange)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(_exchange(200, "{}"), id="a success"),
        pytest.param(_exchange(500, '{"error": "RuntimeError"}'), id="the webui's own error"),
        pytest.param(_exchange(503, '{"detail": {"msg": "busy"}}'), id="a queue that is full"),
        pytest.param(_exchange(None, error=_HUNG_UP, elapsed=0.2), id="a crash at once"),
        pytest.param(_exchange(None, error="sent nothing for 60 s"), id="too slow"),
    ],
)
def test_what_the_webui_did_is_not_blamed_on_a_gateway(exchange: Exchange) -> None:
    assert cut_short(exchange) == ""


def test_a_failure_names_the_gateway_before_what_was_found() -> None:
    requirement = load_catalogue()["TXT2IMG-001"]
    failed = Result(
        requirement=requirement,
        verdict=Verdict.FAIL,
        actual="504",
        exchanges=(_exchange(504, "<html>"),),
    )
    once = not_the_webui(failed)
    assert once.actual.endswith("the webui itself did not answer (504)")
    assert not_the_webui(once) == once
