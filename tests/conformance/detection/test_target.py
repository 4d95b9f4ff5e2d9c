"""What is refused before anything is judged, in which words."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import responses
from doubles import URL, Ask, Reply, Server, mock, reply, served, text
from judging import make_context
from recorded import SERVERS, Recorded

from conformance.client import Client, Timeouts
from conformance.detection.profile import claims, known_routes
from conformance.detection.target import Target
from conformance.errors import TargetError, Unreachable

_NOT_FOUND = reply({"detail": "Not Found"}, 404)


def _refusal(server: Server, **client: Any) -> str:
    with served(server), pytest.raises(TargetError) as raised:
        Target(Client(URL, **client)).recognise()
    return str(raised.value)


@pytest.mark.parametrize("name", ["mock", *SERVERS])
def test_every_known_server_is_recognised(name: str) -> None:
    with served(mock() if name == "mock" else Recorded(name)):
        target = Target(Client(URL))
        target.recognise()
        assert target.profile.family != "unknown"


def test_an_api_that_is_off_is_reported_with_the_flag_that_switches_it_on() -> None:
    words = _refusal(lambda _: _NOT_FOUND)
    assert words == (
        f"{URL} answers, but its API is off (404 Not Found): "
        "start the webui with --api, or correct the address"
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(
            text("<html><title>My blog</title></html>"),
            "GET /sdapi/v1/options answered 200 (My blog)",
            id="a web page",
        ),
        pytest.param(text("nope", 404), "GET /sdapi/v1/options answered 404 (nope)", id="words"),
        pytest.param(
            text("<html><title>502 Bad Gateway</title></html>", 502),
            "a gateway in front of it answered 502 (502 Bad Gateway); is the webui running?",
            id="a gateway",
        ),
    ],
)
def test_what_is_no_sdapi_is_reported_by_what_it_says(answer: Reply, words: str) -> None:
    assert _refusal(lambda _: answer) == f"{URL} answers, but is no sdapi: {words}"


@pytest.mark.parametrize(
    ("location", "words"),
    [
        pytest.param(
            "https://other/sd/sdapi/v1/options",
            "it redirects to https://other/sd; use that address",
            id="another base",
        ),
        pytest.param(
            "https://login/start?state=planted",
            "it redirects to https://login/start; if that is a login, show credentials with "
            "--auth, --token or --header",
            id="a login",
        ),
    ],
)
def test_a_redirect_is_reported_with_what_to_do(location: str, words: str) -> None:
    answer = Reply(302, {"location": location}, b"")
    assert _refusal(lambda _: answer).endswith(f"GET /sdapi/v1/options answered 302 ({words})")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(
            text("<title>Just a moment...</title>", 403),
            f"{URL} could not be seen: GET /sdapi/v1/options: a gateway in front of the webui "
            "answered 403 with a challenge; let this client pass there",
            id="a challenge",
        ),
        pytest.param(
            text('<title>Sign in</title><input type="password">'),
            f"{URL} answers, but is no sdapi: GET /sdapi/v1/options: a gateway in front of the "
            "webui answered 200 with a sign-in page; show its cookie or token with --header",
            id="a sign-in page",
        ),
    ],
)
def test_a_gateway_that_hides_the_server_is_named_with_what_to_do(answer: Reply, said: str) -> None:
    assert _refusal(lambda _: answer).startswith(said)


def test_a_server_that_is_deaf_is_not_waited_for_at_every_route() -> None:
    asked = []

    def deaf(ask: Ask) -> Reply:
        asked.append(ask.route)
        raise requests.ReadTimeout

    words = _refusal(deaf, timeout=Timeouts(read=4.0))
    assert words == (
        f"{URL} does not answer: GET /sdapi/v1/options, "
        "sent nothing for 4 s; allow more time, or ask for less"
    )
    assert len(asked) == 2


def test_missing_credentials_are_asked_for() -> None:
    words = _refusal(mock(auth=(("user", "pass"),)))
    assert words == f"{URL} refuses the credentials (401): give some with --auth user:password"


def test_wrong_credentials_are_called_wrong_and_not_repeated() -> None:
    words = _refusal(mock(auth=(("user", "pass"),)), auth="user:planted")
    assert words == f"{URL} refuses the credentials (401): user or password is wrong"


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with responses.RequestsMock() as patched:
        patched.get(f"{URL}/sdapi/v1/options", body=requests.ConnectionError("refused"))
        with pytest.raises(Unreachable):
            Target(Client(URL)).recognise()


def test_names_come_from_the_lists() -> None:
    with served(Recorded("a1111-1.10.1")):
        names = make_context().names
        assert names.samplers[0] == "DPM++ 2M"
        assert names.quick_sampler == "Euler"
        assert names.other_sampler("Euler") == "Euler a"
        assert names.upscalers[:2] == ("None", "Lanczos")
        assert names.latent_modes[0] == "Latent"
        assert names.loras == ("tiny-lora",)
        assert names.schedulers[0] == "automatic"
        assert [style["name"] for style in names.styles] == ["cinematic", "anime, soft"]
        assert "prompt matrix" in names.scripts("txt2img")
        assert "loopback" in names.scripts("img2img")
        assert "refiner" in names.always_on_scripts()
        assert "loopback" in names.always_on_scripts(always=False, img2img=True)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply({"items": []}), id="wrapped"),
        pytest.param(reply(["a", 1, None]), id="no objects"),
        pytest.param(reply([{"title": 5}]), id="no names"),
        pytest.param(reply({"detail": "no"}, 500), id="an error"),
        pytest.param(text("hello"), id="no JSON"),
    ],
)
def test_a_malformed_list_has_no_names_and_no_traceback(answer: Reply) -> None:
    with served(lambda _: answer):
        names = make_context("unknown").names
        assert (names.samplers, names.quick_sampler, names.scripts()) == ((), None, ())


def test_a_server_promises_the_routes_of_its_kind() -> None:
    with served(mock()):
        upstream = make_context("a1111-1.10.1").profile
        kobold = make_context("kobold").profile
    assert claims(upstream, "GET", "/sdapi/v1/progress?skip_current_image=true")
    assert not claims(kobold, "GET", "/sdapi/v1/progress")
    assert not claims(upstream, "GET", "/internal/ping")


def test_every_recorded_server_has_the_routes_that_its_kind_promises() -> None:
    for name in SERVERS:
        with served(Recorded(name)):
            context = make_context()
            lost = [
                route
                for route in known_routes()
                if route.startswith("GET ")
                and claims(context.profile, *route.split(" "))
                and not context.target.probe.has(route.removeprefix("GET "))
            ]
        assert (name, lost) == (name, [])
