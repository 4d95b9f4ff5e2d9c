"""Answers that ask to come later are waited for, within a limit, and are no verdict."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from clock import HandClock
from doubles import Ask, Reply, Server, mock, reply, served
from gateways import nginx, words
from judging import judged, make_context

from conformance.checks import all_checks
from conformance.exchange import Exchange
from conformance.report.document import Collector, Document, ExitCode
from conformance.report.summary import verdict_line
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.plan import RunSettings
from conformance.runner.retries import Retries, seconds_asked
from conformance.runner.run import Run
from conformance.verdict import Verdict

_NOW = 1_700_000_000.0
_DATE = formatdate(_NOW, usegmt=True)


def _answer(
    status: int,
    body: str = "",
    method: str = "POST",
    path: str = "/sdapi/v1/txt2img?x=1",
    seconds: float = 0.1,
    **headers: str,
) -> Exchange:
    return Exchange(
        method=method,
        path=path,
        url="http://host/sdapi/v1/txt2img",
        status=status,
        elapsed=seconds,
        body=body.encode(),
        response_headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry_after": "7"}, 7.0, id="seconds"),
        pytest.param({"retry_after": " 0 "}, 0.5, id="at once"),
        pytest.param({"retry_after": formatdate(_NOW + 9, usegmt=True)}, 9.0, id="a date"),
        pytest.param({"retry_after": formatdate(_NOW - 9, usegmt=True)}, 0.5, id="a past date"),
        pytest.param({"ratelimit_reset": "12"}, 12.0, id="a window that ends"),
        pytest.param({"x_ratelimit_reset": str(_NOW + 20)}, 20.0, id="a moment"),
        pytest.param({"retry_after": "soon"}, None, id="no time"),
        pytest.param({"retry_after": "nan"}, None, id="no number"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_the_time_to_wait_is_read_from_the_headers(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert seconds_asked(_answer(429, date=_DATE, **headers)) == seconds


def _retries(limit: float = 600.0) -> tuple[Retries, HandClock]:
    clock = HandClock()
    return Retries(limit, Clock(clock, clock.sleep)), clock


def _tries(retries: Retries, answer: Exchange) -> int:
    tries = 1
    while retries.wanted(answer, tries):
        tries += 1
    return tries


def test_a_limit_that_names_no_time_is_waited_for_longer_and_longer() -> None:
    retries, clock = _retries()

    assert _tries(retries, _answer(429, '{"detail": "1.2.3.4: rate limit exceeded"}')) == 8
    assert clock.slept == [1, 2, 4, 8, 16, 30, 30]
    # A minute's window is over by then; what goes on refusing is not waited for at each request.
    assert _tries(retries, _answer(429, "slow down")) == 1


def test_a_server_that_lets_nothing_through_is_not_waited_for_at_every_route() -> None:
    retries, clock = _retries()
    limited = [_answer(429, "no", path=f"/sdapi/v1/{name}") for name in "abc"]

    assert [_tries(retries, answer) for answer in limited] == [8, 8, 1]
    retries.wanted(_answer(200, "{}"), 1)
    assert _tries(retries, _answer(429, "no", path="/sdapi/v1/d")) == 8
    assert len(clock.slept) == 21


def test_no_more_is_waited_than_the_operator_allows() -> None:
    retries, clock = _retries(limit=10)

    assert _tries(retries, _answer(503, "{}", retry_after="4")) == 3
    assert _tries(retries, _answer(429, retry_after="3600")) == 1
    assert (retries.waited, clock.slept) == (8.0, [4.0, 4.0])
    assert retries.summary == (
        "the server or its gateway answered 503 3 times and 429 1 times and asked to come later, "
        "at POST /sdapi/v1/txt2img; 8 s of 10 s were waited; 1 routes were given up"
    )


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        pytest.param(_answer(200, "{}"), 1, id="a success"),
        pytest.param(_answer(429, '{"detail": "busy"}'), 1, id="a queue of a few"),
        pytest.param(_answer(503, '{"detail": "busy"}'), 1, id="a queue that is full"),
        pytest.param(_answer(503, "<center><h1>503"), 3, id="nginx limits, and names no time"),
        pytest.param(_answer(502, "<html>", "GET"), 3, id="a gateway that reaches nobody"),
        pytest.param(_answer(502, "<html>"), 1, id="a picture that may have ended the server"),
        pytest.param(_answer(504, "<html>", "GET"), 3, id="a gateway that gives up at once"),
        pytest.param(_answer(401, "<html>", "GET"), 1, id="credentials that are wrong"),
        pytest.param(
            _answer(504, "<html>", "GET", seconds=60.0), 1, id="a gateway that waited already"
        ),
        pytest.param(_answer(502, "<html>", path="/sdapi/v1/options"), 3, id="a write of options"),
    ],
)
def test_only_what_may_be_over_soon_is_asked_for_again(answer: Exchange, tries: int) -> None:
    assert _tries(_retries()[0], answer) == tries


def _limited(times: int, answer: Reply) -> Server:
    """A server whose gateway turns away the first pictures that are asked for."""
    sound, left = mock(), [times]

    def hear(ask: Ask) -> Reply:
        if ask.route.endswith("/txt2img") and left[0]:
            left[0] -= 1
            return answer
        return sound(ask)

    return hear


def test_a_picture_that_was_waited_for_is_judged_as_any_other() -> None:
    clock = HandClock()
    server = _limited(2, words(429, "Too Many Requests", retry_after="5"))

    result = judged(server, "TXT2IMG-001", clock=Clock(clock, clock.sleep))

    assert result.verdict is Verdict.PASS
    assert clock.slept[:2] == [5.0, 5.0]


def test_the_seconds_waited_are_not_taken_from_a_check() -> None:
    clock = HandClock()
    with served(_limited(1, words(429, "no", retry_after="50"))):
        context = make_context("a1111-1.10.1", clock=Clock(clock, clock.sleep))
        context.sender.begin(60.0)
        assert context.one_image.exchange.ok
        assert context.sender._time_left("POST").read == 60.0  # noqa: SLF001 - there is no other view


_FIRST_LOOK = ("/options", "/samplers", "/sd-models", "/openapi.json", "/progress")


def _shut(answer: Reply) -> Server:
    """A server that is recognised, and then lets nothing through."""
    sound = mock()
    return lambda ask: sound(ask) if ask.route.endswith(_FIRST_LOOK) else answer


def _document(server: Server, *names: str) -> Document:
    collector, clock = Collector(), HandClock()
    with served(server):
        context = make_context("a1111-1.10.1", clock=Clock(clock, clock.sleep))
        run = Run(context, RunSettings(patience=None), collector.handle)
        run.carry_out(run.plan([load_catalogue()[name] for name in names], all_checks()))
        run.finish()
    return collector.document


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        pytest.param(nginx(401, "Authorization Required"), "the gateway answered 401", id="401"),
        pytest.param(nginx(403, "Forbidden"), "the gateway answered 403", id="403"),
        pytest.param(reply({"message": "later"}, 429), "the rate limit answered 429", id="429"),
    ],
)
def test_a_server_that_lets_nothing_through_is_not_acquitted(answer: Reply, cause: str) -> None:
    document = _document(_shut(answer), "LIST-001", "LIST-002", "TXT2IMG-001", "HTTP-006")

    assert document.exit_code() is ExitCode.NOTHING_RAN
    assert "no verdict: too little could be seen" in verdict_line(document)
    assert f"could not be seen: {cause}" in verdict_line(document)
    assert any(cause in line for section in document.sections for line in section.lines)


def test_a_gateway_that_hides_a_detail_leaves_the_verdict() -> None:
    server = _limited(99, nginx(413, "Request Entity Too Large"))
    lists = [r.id for r in load_catalogue() if r.area == "LIST" and not r.samples]
    document = _document(server, "HTTP-006", *lists)

    assert document.exit_code() is ExitCode.CONFORMANT
    assert "1 could not be seen: the gateway answered 413" in verdict_line(document)
