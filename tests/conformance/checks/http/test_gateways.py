"""What is in front of a sound server is no fault of it."""

from __future__ import annotations

import pytest
from clock import HandClock
from doubles import Ask, Reply, Server, mock, reply, served, text
from gateways import GATEWAYS
from judging import judged, make_context

from conformance.checks import all_checks
from conformance.gateway import is_turned_away
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.events import CheckFinished, Event
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Verdict

# Of the requirements that every gateway is asked for, so many are seen.
_LEAST = 8


class Still:
    """A clock of the mock that goes with the one of the test."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return 1_700_000_000.0 + self._clock.now

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)


#: What gateways answer themselves, each as its product does.
ANSWERS = {
    "nginx asks for credentials": text(
        "<html><head><title>401 Authorization Required</title></head><body>"
        "<center><h1>401 Authorization Required</h1></center><hr><center>nginx</center></body>",
        401,
    ),
    "Apache asks for credentials": text(
        "<!DOCTYPE HTML><title>401 Unauthorized</title><p>This server could not verify that you"
        " are authorized to access the document requested.</p>",
        401,
    ),
    "Caddy asks for credentials": Reply(401, {"www-authenticate": 'Basic realm="restricted"'}, b""),
    "Traefik asks for credentials": text("401 Unauthorized\n", 401, "text/plain; charset=utf-8"),
    "a login portal asks for credentials": reply({"message": "login required"}, 401),
    "nginx forbids": text("<html><center><h1>403 Forbidden</h1></center></html>", 403),
    "Cloudflare challenges": text(
        "<!DOCTYPE html><title>Just a moment...</title><div id='challenge-form'></div>", 403
    ),
    "a proxy asks for credentials": text("Proxy Authentication Required", 407, "text/plain"),
    "nginx limits the body": text(
        "<html><center><h1>413 Request Entity Too Large</h1></center><hr>nginx</html>", 413
    ),
    "a tunnel limits the rate": text("error code: 1015", 429, "text/plain"),
    "nginx finds nobody": text("<html><h1>502 Bad Gateway</h1><hr>nginx/1.25.3</html>", 502),
    "HAProxy finds nobody": text(
        "<html><body><h1>503 Service Unavailable</h1>\nNo server is available.</body></html>", 503
    ),
    "an ALB waits in vain": text("<html><h1>504 Gateway Time-out</h1></html>", 504),
    "Cloudflare waits in vain": text("error code: 524", 524, "text/plain"),
}


def in_front_of(server: Server, answer: Reply) -> Server:
    """A gateway that answers in the place of a sound server where that would refuse itself."""

    def hear(ask: Ask) -> Reply:
        found = server(ask)
        return answer if found.status == 422 else found

    return hear


@pytest.mark.parametrize("name", ANSWERS)
def test_http_018_leaves_to_a_gateway_what_is_the_gateways(name: str) -> None:
    clock = HandClock()
    server = in_front_of(mock(), ANSWERS[name])
    result = judged(server, "HTTP-018", clock=Clock(clock, clock.sleep))

    assert result.verdict is Verdict.PASS


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply({"message": "no"}, 422), id="JSON without a known key"),
        pytest.param(text("<html>no</html>", 500), id="a page of its own"),
        pytest.param(Reply(404, {"content-type": "application/json"}, b""), id="nothing"),
    ],
)
def test_http_018_convicts_the_servers_own_errors(answer: Reply) -> None:
    assert judged(in_front_of(mock(), answer), "HTTP-018").verdict is Verdict.FAIL


#: What every gateway is asked for, of all that looks at errors, sizes, headers and credentials.
_LOOKED_AT = ("HTTP-001", "HTTP-003", "HTTP-005", "HTTP-006", "HTTP-013", "HTTP-018", "HTTP-022")
_LOOKED_AT += ("AUTH-001", "AUTH-004", "AUTH-005", "IMG2IMG-002", "IMG2IMG-005", "OPT-001")
_LOOKED_AT += ("OPT-007", "LIST-001", "PNGINFO-022", "EXTRAS-013", "TXT2IMG-001", "TXT2IMG-054")


@pytest.mark.parametrize("name", GATEWAYS)
def test_a_sound_server_is_sound_behind_any_gateway(name: str) -> None:
    """The rest is in ``tests/bench/behind_gateways.py``, which takes minutes."""
    clock, gateway, events = HandClock(), GATEWAYS[name], list[Event]()
    time = Clock(clock, clock.sleep)
    with served(gateway.before(mock(clock=Still(clock)), Still(clock))):
        context = make_context("a1111-1.10.1", clock=time, **gateway.settings)
        run = Run(context, RunSettings(mode=Mode.FULL, patience=None), events.append)
        run.carry_out(run.plan([load_catalogue()[name] for name in _LOOKED_AT], all_checks()))
    results = [event.result for event in events if isinstance(event, CheckFinished)]

    assert [(r.id, r.actual) for r in results if r.verdict.unmet] == []
    assert sum(r.verdict.met for r in results) >= _LEAST
    assert all(r.hidden_by for r in results if r.reason.startswith("could not be seen"))


def test_the_servers_own_refusals_are_its_own() -> None:
    assert not is_turned_away(401, '{"detail":"Incorrect username or password"}')
    assert not is_turned_away(422, "<html>")
