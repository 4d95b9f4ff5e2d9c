"""Answers that came from something in front of the webui, and what a run makes of them."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from clock import SharedTime
from doubles import Ask, Reply, Server, mock, reply, served, text
from fleet import options
from gateways import GATEWAYS, nginx
from judging import judged, make_context

from conformance.checks import all_checks
from conformance.exchange import Exchange
from conformance.gateway import names_itself, turned_away
from conformance.report.document import Collector
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.events import CheckFinished, Event, Note, ServerLost
from conformance.runner.judge import judge
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext

_HUNG_UP = "http://host closed the connection without an answer"
_PAGE = {"content-type": "text/html"}


def _exchange(status: int | None, body: str = "", **more: object) -> Exchange:
    return Exchange(
        method="POST",
        path="/sdapi/v1/txt2img",
        url="http://host/sdapi/v1/txt2img",
        status=status,
        body=body.encode(),
        **{"elapsed": 60.0, **more},
    )


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        pytest.param(
            _exchange(504, "<center>nginx</center>"), "504 after 60.0 s; raise its read", id="nginx"
        ),
        pytest.param(_exchange(524, "<html>"), "524 after 60.0 s; raise", id="Cloudflare"),
        pytest.param(_exchange(502, "<html>"), "502; the webui itself did not", id="dead"),
        pytest.param(
            _exchange(None, error=_HUNG_UP), "closed after 60.0 s without an answer", id="hung up"
        ),
        pytest.param(
            _exchange(None, error=_HUNG_UP, elapsed=9.0), "after 9.0 s", id="just long enough"
        ),
        pytest.param(_exchange(413, '{"message": "large"}'), "413; raise its limit", id="large"),
        pytest.param(_exchange(401, "<h1>Sign in</h1>"), "401; show them with --auth", id="401"),
        pytest.param(_exchange(429, '{"detail": "rate limit"}'), "--retry-limit", id="own limit"),
        pytest.param(
            _exchange(503, '{"detail": "x"}', response_headers={"retry-after": "3"}),
            "503",
            id="503",
        ),
        pytest.param(
            _exchange(403, "", response_headers={"cf-mitigated": "challenge"}),
            "403 with a challenge",
            id="challenge",
        ),
        pytest.param(
            _exchange(302, response_headers={"location": "/login?next=/"}),
            "302 to a sign-in page; show its cookie",
            id="login",
        ),
        pytest.param(
            _exchange(307, response_headers={"location": "https://sso.example/x"}),
            "307 to a sign-in page",
            id="elsewhere",
        ),
        pytest.param(
            _exchange(200, '<input type="password">', response_headers=_PAGE),
            "200 with a sign-in page",
            id="a page that signs in",
        ),
        pytest.param(
            _exchange(524, '{"title": "x", "status": 524, "detail": "y"}'), "524", id="a problem"
        ),
        pytest.param(
            _exchange(502, '{"error": {"code": 502, "message": "x"}}'), "502", id="Google's"
        ),
        pytest.param(_exchange(404, "404 page not found\n"), "404; allow this", id="Traefik"),
        pytest.param(_exchange(460, "<hr><center>nginx</center>"), "460", id="no known status"),
        pytest.param(
            _exchange(404, "<html><body><h1>404 Not Found</h1>"), "404", id="a page like HAProxy's"
        ),
        pytest.param(
            _exchange(200, "<title>Just a moment</title>", response_headers=_PAGE),
            "200 with a page for persons",
            id="a page for persons",
        ),
        pytest.param(
            _exchange(200, "<html>", response_headers={**_PAGE, "ngrok-error-code": "ERR"}),
            "200 with a page for persons",
            id="ngrok's page",
        ),
    ],
)
def test_a_gateway_is_known_by_what_it_says(exchange: Exchange, said: str) -> None:
    assert said in str(turned_away(exchange))


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(_exchange(200, "{}"), id="a success"),
        pytest.param(_exchange(500, '{"error": "RuntimeError"}'), id="the webui's own error"),
        pytest.param(_exchange(503, '{"detail": {"msg": "busy"}}'), id="a queue that is full"),
        pytest.param(_exchange(429, '{"detail": "busy"}'), id="a queue of a few"),
        pytest.param(_exchange(403, '{"detail": "no"}'), id="a refusal of its own"),
        pytest.param(_exchange(404, "<html><h1>404 Not Found</h1></html>"), id="a page of its own"),
        pytest.param(_exchange(500, "<title>500</title><h1>Oops</h1>"), id="a framework's page"),
        pytest.param(_exchange(None, error=_HUNG_UP, elapsed=0.2), id="a crash at once"),
        pytest.param(_exchange(None, error="sent nothing for 60 s"), id="too slow"),
        pytest.param(
            _exchange(307, response_headers={"location": "http://host/x/sdapi/v1/txt2img/"}),
            id="a slash more",
        ),
        pytest.param(_exchange(301, response_headers={"location": "/"}), id="to the front page"),
        pytest.param(
            _exchange(200, "<title>Stable Diffusion</title>", response_headers=_PAGE), id="a page"
        ),
    ],
)
def test_what_the_webui_did_is_not_blamed_on_a_gateway(exchange: Exchange) -> None:
    assert turned_away(exchange) is None


@pytest.mark.parametrize(
    ("exchange", "cause"),
    [
        pytest.param(_exchange(413, "<html>"), "the gateway answered 413", id="an answer"),
        pytest.param(_exchange(429, "slow down"), "the rate limit answered 429", id="a rate"),
        pytest.param(
            _exchange(None, error=_HUNG_UP),
            "the connection was closed without an answer",
            id="no answer",
        ),
    ],
)
def test_what_hides_a_server_has_one_name_in_reports(exchange: Exchange, cause: str) -> None:
    away = turned_away(exchange)
    assert away is not None
    assert away.cause == cause


@pytest.mark.parametrize(
    ("exchange", "shown"),
    [
        pytest.param(_exchange(200, response_headers={"via": "1.1 gate"}), True, id="a header"),
        pytest.param(_exchange(200, response_headers={"server": "nginx/1.2"}), True, id="its name"),
        pytest.param(
            _exchange(404, "<i>nginx</i>", response_headers=_PAGE), True, id="a name on a page"
        ),
        pytest.param(_exchange(200, '"nginx"'), False, id="a name in an answer"),
        pytest.param(
            _exchange(307, response_headers={"location": "http://other/"}), True, id="elsewhere"
        ),
        pytest.param(
            _exchange(307, response_headers={"location": "http://host/x"}), False, id="the host"
        ),
        pytest.param(_exchange(200, response_headers={"server": "uvicorn"}), False, id="uvicorn"),
    ],
)
def test_something_between_us_and_the_server_shows_itself(exchange: Exchange, shown: bool) -> None:
    assert names_itself(exchange) is shown


def _hiding(route: str, answer: Reply) -> Server:
    sound = mock()
    return lambda ask: answer if ask.route.endswith(route) else sound(ask)


def test_what_a_gateway_hides_is_no_verdict_on_the_webui() -> None:
    result = judged(_hiding("/txt2img", nginx(403, "Forbidden")), "TXT2IMG-001")

    assert result.verdict is Verdict.SKIPPED
    assert result.hidden_by == "the gateway answered 403"
    assert result.reason.startswith("could not be seen: POST /sdapi/v1/txt2img: a gateway")
    assert result.exchanges[0].status == 403


def test_the_same_status_in_the_words_of_the_webui_convicts_it() -> None:
    result = judged(_hiding("/txt2img", reply({"detail": "no"}, 403)), "TXT2IMG-001")

    assert result.verdict is Verdict.FAIL


def test_a_gateway_that_adds_a_header_is_not_taken_for_the_webui() -> None:
    sound = mock()

    def open_to_all(ask: Ask) -> Reply:
        return sound(ask).with_headers(access_control_allow_origin="*", via="1.1 gate")

    assert judged(open_to_all, "HTTP-024").verdict is Verdict.SKIPPED


def test_a_gateway_that_compresses_all_is_not_taken_for_the_webui() -> None:
    sound = mock()

    def compressed(ask: Ask) -> Reply:
        given = sound(ask)
        if given.headers.get("Content-Encoding"):
            return given
        coded = given.with_headers(via="1.1 gate", content_encoding="gzip", content_length=None)
        return replace(coded, body=gzip.compress(given.body))

    assert judged(compressed, "HTTP-022").verdict is Verdict.SKIPPED


class _Deaf:
    """A webui that ends at some request, behind a gateway that goes on."""

    def __init__(self) -> None:
        self._sound = mock()
        self._dead = False

    def __call__(self, ask: Ask) -> Reply:
        self._dead = self._dead or ask.route.endswith("/txt2img")
        return nginx(502, "Bad Gateway") if self._dead else self._sound(ask)


def _events(server: Server, *names: str) -> list[Event]:
    events: list[Event] = []
    with served(server):
        context = make_context("a1111-1.10.1", clock=Clock(lambda: 0.0, lambda _: None))
        run = Run(context, RunSettings(patience=None, generate=False), events.append)
        plan = run.plan([load_catalogue()[name] for name in names], all_checks())
        for planned in plan.checks:
            run.step(planned)
        run.finish()
    return events


def test_a_server_that_ends_behind_a_gateway_is_lost() -> None:
    events = _events(_Deaf(), "HTTP-006", "LIST-001")

    lost = [event.text for event in events if isinstance(event, ServerLost)]
    assert len(lost) == 1
    assert "went away at HTTP-006: a gateway in front of the webui answered 502" in lost[0]
    results = [e.result.verdict for e in events if isinstance(e, CheckFinished)]
    assert results == [Verdict.SKIPPED, Verdict.NOT_RUN]


@pytest.mark.parametrize("name", ["nginx without writes", "Authelia"])
def test_options_are_put_back_whatever_a_gateway_refuses(name: str) -> None:
    gateway, clock = GATEWAYS[name], SharedTime()
    collector, webui = Collector(), mock(clock=clock)
    before = options(webui)
    with served(gateway.before(webui, clock)):
        context = make_context(clock=Clock(clock, clock.sleep), **gateway.settings)
        run = Run(context, RunSettings(mode=Mode.FULL, patience=None), collector.handle)
        run.carry_out(run.prepare([load_catalogue()["TXT2IMG-094"]], all_checks()))
        run.finish()

    assert (collector.document.stopped, collector.document.not_put_back) == ("", "")
    assert options(webui) == before


def test_one_obstacle_is_one_note() -> None:
    server = _hiding("/txt2img", text("no", 403, "text/plain"))
    events = _events(server, "HTTP-006", "HTTP-008", "HTTP-010")

    notes = [event.text for event in events if isinstance(event, Note)]
    assert [note for note in notes if "403" in note] == notes[:1]


def test_an_unmet_expectation_of_a_deployment_counts_whoever_answered() -> None:
    requirement = replace(load_catalogue()["LIST-001"], id="EXPECT-SAMPLERS")
    server = _hiding("/samplers", nginx(403, "Forbidden"))
    with served(server):
        result = judge(requirement, _look_at_samplers, make_context("a1111-1.10.1"))
    assert result.verdict.unmet
    assert "answered 403" in result.actual


def _look_at_samplers(context: CheckContext) -> None:
    context.read("samplers")
