"""Expectations of every kind of server that can be simulated, drawn from its own lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from asking import Asker
from demanding import expected
from doubles import Ask, Reply, Server

from conformance.deployment.expectations.lists import read_offers
from mockserver.backends.registry import simulate
from mockserver.core.config import Config
from mockserver.profiles.loader import load_profile, profile_names

if TYPE_CHECKING:
    from conformance.verdict import Verdict

_ROUTES = {
    "models": "sd-models",
    "vaes": "sd-vae",
    "samplers": "samplers",
    "schedulers": "schedulers",
    "upscalers": "upscalers",
    "scripts": "scripts",
    "loras": "loras",
    "embeddings": "embeddings",
    "styles": "prompt-styles",
}
_DEEP = "cors = {refuse = ['https://evil.example']}\nsecrets = 'hidden'\nauth = 'api'"
#: These answer every page with a star.
_STARRED = {"koboldcpp-1.111", "koboldcpp-1.115.1", "sdcpp-master-827"}


@pytest.fixture(params=profile_names())
def server(request: pytest.FixtureRequest) -> Server:
    """A server of each profile in turn."""
    ask_of = Asker(simulate(load_profile(request.param), Config()))

    def answer(ask: Ask) -> Reply:
        heard = ask_of(ask.method, ask.path, ask.body, **ask.headers)
        return Reply(heard.status or 500, heard.headers, heard.body)

    return answer


def _listed(server: Server, route: str) -> Any:
    answer = server(Ask("GET", f"/sdapi/v1/{route}"))
    return answer.json if answer.status == 200 else None


def _verdict(server: Server, text: str, name: str) -> Verdict:
    return expected(server, text, name, profile=None).verdict


def test_the_names_that_a_server_lists_are_there_and_others_are_not(server: Server) -> None:
    for key, route in _ROUTES.items():
        offers = read_offers(key, _listed(server, route))
        name = f"EXPECT-{key.upper()}"
        usable = [offer.names[0] for offer in offers if offer.names and not offer.but]
        if usable:
            assert _verdict(server, f"{key} = {json.dumps(usable)}", name) == "pass", key
        assert _verdict(server, f"{key} = 'zz-nothing'", name) == "fail", key


def test_an_open_server_is_found_open_and_so_are_those_that_let_in_every_origin(
    server: Server, request: pytest.FixtureRequest
) -> None:
    starred = request.node.callspec.params["server"] in _STARRED
    found = {
        name: _verdict(server, _DEEP, f"EXPECT-{name}") for name in ("AUTH", "CORS", "SECRETS")
    }
    assert found == {"AUTH": "fail", "CORS": "fail" if starred else "pass", "SECRETS": "pass"}
