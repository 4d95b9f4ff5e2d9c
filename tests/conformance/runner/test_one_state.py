"""Whether one state answers at an address."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from doubles import URL, Ask, Reply, Server, mock, served
from fleet import balanced, options, write

from conformance.client import Client
from conformance.runner.one_state import Kind, Onlooker, Sighting, alternates, by_turns


def _seen(server: Server, *, thorough: bool = False) -> Sighting:
    with served(server):
        return Onlooker(Client(URL)).look(thorough=thorough)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([1, 1, 1], False, id="one value"),
        pytest.param([1, 2, 2], False, id="changed once"),
        pytest.param([1, 2, 1], True, id="back again"),
        pytest.param([1, 1, 2, 3, 2], True, id="back to a later one"),
        pytest.param([1, 2, 3, 4], False, id="never the same twice"),
        pytest.param([80, 80.0, 80], False, id="one number in two forms"),
        pytest.param([True, 1, True], True, id="a boolean is no number"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_values_alternate_where_one_comes_back(values: list[Any], expected: bool) -> None:
    assert alternates(values) is expected


def test_names_that_are_missing_now_and_then_alternate() -> None:
    assert by_turns([{"a": 1}, {}, {"a": 1}]) == {"a": (1, "<absent>")}


@pytest.mark.parametrize("profile", ["a1111-1.10.1", "sdnext-2026-07", "koboldcpp-1.115.1"])
def test_one_server_is_one_state(profile: str) -> None:
    server = mock(profile=profile)
    seen = _seen(server, thorough=True)
    assert (seen.kind, seen.sign) == (Kind.ONE, "")
    assert seen.options == options(server)


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_options_that_differ_show_two_servers(seed: int | None) -> None:
    dice = Random(seed)  # noqa: S311 - which server, no secret
    servers = [mock(nowebui=True) for _ in range(2)]
    write(servers[1], samples_format="jpg")
    choose = None if seed is None else lambda _: dice.randrange(2)
    seen = _seen(balanced(servers, choose))
    assert seen.kind is Kind.SEVERAL
    assert seen.sign.startswith("more than one server answers at this address: ")
    assert "the option samples_format is " in seen.sign


def test_equal_servers_are_distinguished_by_what_each_start_has_of_its_own() -> None:
    servers = [mock(), mock()]
    assert _seen(balanced(servers)).kind is Kind.ONE
    seen = _seen(balanced(servers), thorough=True)
    assert seen.kind is Kind.SEVERAL
    assert "app_id is " in seen.sign


def test_a_cookie_keeps_no_stranger_at_one_server() -> None:
    servers = [mock(nowebui=True) for _ in range(2)]
    write(servers[1], n_rows=3)
    fleet = balanced(servers)

    def sticky(ask: Ask) -> Reply:
        cookies = {name.lower(): value for name, value in ask.headers.items()}.get("cookie", "")
        if "server=0" in cookies:
            return servers[0](ask)
        return fleet(ask).with_headers(set_cookie="server=0; Path=/")

    with served(sticky):
        client = Client(URL)
        assert len({client.options()["n_rows"] for _ in range(5)}) == 1
        assert Onlooker(client).look().kind is Kind.SEVERAL


def test_a_job_that_holds_options_of_its_own_is_no_second_state() -> None:
    sound = mock()
    looks = iter(range(1000))

    def answer(ask: Ask) -> Reply:
        """A job begins between the third look at options and the seventh."""
        number = next(looks)
        given, works = sound(ask), 6 <= number < 9
        if works and ask.route.endswith("/options"):
            return given.with_json(given.json | {"font": "x"})
        if not ask.route.endswith("/progress"):
            return given
        value = given.json
        value["state"] |= {"job_count": int(works), "job_timestamp": str(number >= 6)}
        return given.with_json(value)

    seen = _seen(answer)
    assert (seen.kind, seen.options["font"]) == (Kind.ONE, "")
