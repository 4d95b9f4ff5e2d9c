"""Each topic finds what is weak in a weak server, and nothing in a hard one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
import requests
from doubles import URL, Ask, Reply, mock, reply
from strangers import (
    behind_a_lock,
    findings,
    found,
    hard,
    letting_read,
    of_own_names,
    showing,
    with_headers,
    without,
)

from conformance.client.address import Basic, Bearer
from conformance.runner.budget import Clock
from conformance.security.finding import Level, topics
from conformance.security.look import Wish

if TYPE_CHECKING:
    from conformance.security.finding import Finding

_LOOPBACK = "http://127.0.0.1:7861"
_USER = Basic("user", "planted")
_OS = 'NAME="Debian GNU/Linux"\nID=debian\n'


@pytest.fixture(scope="module")
def of_the_hard_one() -> dict[str, Finding]:
    server, reached = hard()
    return findings(server, **reached)


@pytest.fixture(scope="module")
def of_the_open_one() -> dict[str, Finding]:
    return findings(mock())


def test_every_topic_is_reported_once_in_the_order_of_reports(
    of_the_open_one: dict[str, Finding],
) -> None:
    assert list(of_the_open_one) == list(topics())


def test_nothing_is_found_on_a_hard_server(of_the_hard_one: dict[str, Finding]) -> None:
    weak = {f.id for f in of_the_hard_one.values() if f.level.is_found}
    # What flags show to those who are let in, and an old gradio, no proxy mends.
    assert weak <= {"SEC-ADVISORIES", "SEC-SECRETS"}
    assert of_the_hard_one["SEC-CREDENTIALS"].level is Level.FINE
    assert of_the_hard_one["SEC-WRONG-CREDENTIALS"].level is Level.FINE
    assert of_the_hard_one["SEC-HOST"].level is Level.FINE


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("SEC-CREDENTIALS", Level.HIGH),
        ("SEC-STOP", Level.HIGH),
        ("SEC-HOST", Level.HIGH),
        ("SEC-TLS", Level.MEDIUM),
        ("SEC-ADVISORIES", Level.MEDIUM),
        ("SEC-PAGE", Level.MEDIUM),
        ("SEC-HEADERS", Level.LOW),
        ("SEC-CORS", Level.FINE),
        ("SEC-SECRETS", Level.FINE),
        ("SEC-HOME", Level.FINE),
        ("SEC-FLAGS", Level.FINE),
        ("SEC-FILES", Level.MEDIUM),
        ("SEC-FETCH", Level.FINE),
        ("SEC-WRONG-CREDENTIALS", Level.UNKNOWN),
    ],
)
def test_an_open_webui_on_a_network(
    of_the_open_one: dict[str, Finding], name: str, level: Level
) -> None:
    assert of_the_open_one[name].level is level, of_the_open_one[name].sentence


def test_an_open_webui_on_this_machine_is_less_bad() -> None:
    here = findings(mock(api_server_stop=False), url=_LOOPBACK)
    assert here["SEC-CREDENTIALS"].level is Level.LOW
    assert here["SEC-HOST"].level is Level.MEDIUM
    assert here["SEC-TLS"].level is Level.FINE
    assert here["SEC-STOP"].level is Level.FINE
    assert here["SEC-FILES"].level is Level.LOW


@pytest.mark.parametrize("flag", [{"listen": True}, {"server_name": "0.0.0.0"}, {"ngrok": "t"}])
def test_a_flag_says_that_others_reach_it_too(flag: dict[str, object]) -> None:
    server = showing(mock(), "cmd-flags", **flag)
    assert found(server, url=_LOOPBACK, name="SEC-CREDENTIALS").level is Level.HIGH
    assert found(server, url=_LOOPBACK, name="SEC-FLAGS").level.is_found


def test_routes_that_are_open_beside_others_are_named() -> None:
    it = found(mock(auth=(("user", "planted"),)), auth=_USER, name="SEC-CREDENTIALS")
    assert it.level is Level.MEDIUM
    assert "GET /sdapi/v1/loras" in it.details
    assert "GET /sdapi/v1/samplers" not in it.details


def test_one_open_write_is_worse_than_open_reads() -> None:
    opened = mock()
    guarded = mock(auth=(("user", "planted"),))

    def server(ask: Ask) -> Reply:
        return (opened if ask.path == "/sdapi/v1/options" else guarded)(ask)

    it = found(server, auth=_USER, name="SEC-CREDENTIALS")
    assert (it.level, "POST /sdapi/v1/options" in it.details) == (Level.HIGH, True)


def test_a_lock_that_every_key_opens() -> None:
    server = behind_a_lock(mock(), None)
    assert found(server, auth=_USER, name="SEC-CREDENTIALS").level is Level.FINE
    for auth in (_USER, Bearer("planted")):
        assert found(server, auth=auth, name="SEC-WRONG-CREDENTIALS").level is Level.HIGH


def test_a_key_in_a_header_is_a_wrong_key_for_impostors() -> None:
    inner = mock()

    def keyed(ask: Ask) -> Reply:
        given = ask.headers.get("X-Api-Key")
        return inner(ask) if given == "planted" else reply({"message": "no key"}, 401)

    def loose(ask: Ask) -> Reply:
        return inner(ask) if "X-Api-Key" in ask.headers else reply({"message": "no key"}, 401)

    key = {"X-Api-Key": "planted"}
    name = "SEC-WRONG-CREDENTIALS"
    assert found(keyed, name=name, headers=key).level is Level.FINE
    assert found(loose, name=name, headers=key).level is Level.HIGH


def test_strangers_who_come_too_often_wait_as_they_are_asked() -> None:
    waited: list[float] = []
    inner, asked = mock(), Counter[str]()

    def gateway(ask: Ask) -> Reply:
        asked[ask.path] += 1
        early = ask.path == "/config" and asked[ask.path] == 1
        return reply({"message": "later"}, 429, **{"retry-after": "7"}) if early else inner(ask)

    it = found(gateway, name="SEC-CREDENTIALS", clock=Clock(sleep=waited.append))
    assert (waited, "GET /config" in it.details) == ([7.0], True)


def test_a_server_that_is_deaf_to_strangers_is_not_waited_for_a_hundred_times() -> None:
    inner = mock(auth=(("user", "planted"),))
    unheard: list[Ask] = []

    def deaf(ask: Ask) -> Reply:
        if ask.headers.get("Authorization") == _USER.header:
            return inner(ask)
        unheard.append(ask)
        raise requests.ReadTimeout

    assert found(deaf, name="SEC-CREDENTIALS", auth=_USER).level is Level.UNKNOWN
    assert len(unheard) < 10


def test_whoever_counts_wrong_credentials_is_left_alone() -> None:
    wrong: list[str] = []

    def counting(ask: Ask) -> Reply:
        given = ask.headers.get("Authorization")
        if given == _USER.header:
            return opened(ask)
        wrong.extend([given] if given else [])
        return reply({"message": "no"}, 429 if len(wrong) > 3 else 401)

    opened = mock()
    name = "SEC-WRONG-CREDENTIALS"
    wish = Wish(only=(name,), thorough=True)
    assert findings(counting, wish=wish, auth=_USER)[name].level is Level.FINE
    assert len(wrong) == 4


@pytest.mark.parametrize(
    ("allow", "level"),
    [
        (lambda _: "*", Level.HIGH),
        (lambda origin: origin, Level.HIGH),
        (lambda origin: origin if origin == "null" else None, Level.MEDIUM),
        (lambda origin: origin if origin.endswith("mine.test") else None, Level.FINE),
        (lambda _: "https://mine.test", Level.FINE),
    ],
    ids=["star", "reflected", "null", "own origin", "always the own origin"],
)
def test_other_websites(allow: object, level: Level) -> None:
    server = letting_read(mock(), allow, cookies=False)  # type: ignore[arg-type]
    assert found(server, name="SEC-CORS").level is level


def test_a_page_needs_cookies_to_read_a_guarded_server() -> None:
    guarded = mock(auth=(("user", "planted"),))
    for cookies, level in ((True, Level.MEDIUM), (False, Level.LOW)):
        server = letting_read(guarded, lambda origin: origin, cookies=cookies)
        assert found(server, auth=_USER, name="SEC-CORS").level is level


def test_forge_under_a_name_lets_every_website_post_to_it_but_not_read() -> None:
    it = found(mock(profile="forge"), name="SEC-CORS", profile="forge")
    assert it.level is Level.MEDIUM
    assert it.sentence == "any website may post JSON to it in a visitor's browser."


def test_a_proxy_of_its_own_names_is_no_help_to_rebinding() -> None:
    assert found(of_own_names(mock()), name="SEC-HOST").level is Level.FINE


def test_protective_headers() -> None:
    assert found(with_headers(mock()), name="SEC-HEADERS").level is Level.FINE
    assert found(mock(nowebui=True), name="SEC-HEADERS").level is Level.UNKNOWN


def test_nothing_is_changed_and_no_stranger_shows_credentials() -> None:
    seen: list[Ask] = []
    inner = mock(auth=(("user", "planted"),))

    def watched(ask: Ask) -> Reply:
        seen.append(ask)
        return inner(ask)

    findings(
        watched,
        wish=Wish(thorough=True),
        auth=_USER,
        headers={"X-Api-Key": "planted", "X-Plain": "plain"},
    )
    posts = [ask for ask in seen if ask.method not in {"GET", "OPTIONS"}]
    assert {ask.method for ask in posts} == {"POST"}
    assert all(ask.json == [1] for ask in posts)
    assert {inner(ask).status for ask in posts} <= {401, 422}
    doing = ("kill", "stop", "restart", "interrupt", "skip", "load-", "refresh", "startup")
    assert not [ask.path for ask in seen if any(word in ask.path for word in doing)]
    known = [ask for ask in posts if _USER.header in ask.headers.values()]
    assert not known
    strangers = [ask for ask in seen if "Authorization" not in ask.headers]
    assert strangers
    assert not any("planted" in str(ask.headers) for ask in strangers)


def test_the_address_of_a_server_may_have_a_prefix() -> None:
    assert found(mock(), url=f"{URL}/sd", name="SEC-CREDENTIALS").level is Level.HIGH


def test_without_a_document_no_route_is_posted_to() -> None:
    server = without(mock(), "/openapi.json")
    it = found(server, name="SEC-CREDENTIALS")
    assert "not asked: POST /sdapi/v1/txt2img (no document says what it refuses)" in it.details
    assert not [d for d in it.details if d.startswith("POST")]
    assert found(server, name="SEC-STOP").details == ("flag api_server_stop",)


@pytest.mark.parametrize("profile", ["a1111-47a44c7", "sdnext-2026-07", "koboldcpp-1.115.1"])
def test_nothing_is_changed_on_any_kind_of_server(profile: str) -> None:
    answers: list[tuple[Ask, Reply]] = []
    inner = mock(profile=profile)

    def watched(ask: Ask) -> Reply:
        answers.append((ask, inner(ask)))
        return answers[-1][1]

    assert list(findings(watched, profile=None)) == list(topics())
    sent = [(ask, reply.status) for ask, reply in answers if ask.method not in {"GET", "OPTIONS"}]
    assert {(ask.method, status) for ask, status in sent} <= {("POST", 404), ("POST", 422)}
    # The mock answers 500 in sentence of its own where it fails itself.
    assert not [ask.path for ask, reply in answers if b"The mock failed" in reply.body]
