"""The checker of the Local Image Generation Security Profile finds the same where both look."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from gateway import Asked, Gateway, Page, standing_before
from ligsp import __main__ as ligsp
from listening import listening

from conformance.client.address import Basic
from conformance.deployment.connection import Connection
from conformance.runner.check_context import ContextSettings, open_context
from conformance.security.finding import topics
from conformance.security.look import Wish, look

if TYPE_CHECKING:
    from pathlib import Path

# Both look at the others by requests; these two go by the addresses of the machine, and the last
# by a table that has no row on the webui.
_OTHERWISE = {"NET-1", "NET-2", "OPS-3"}


@pytest.fixture(autouse=True)
def _loopback_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their checker would also ask the addresses that this machine has in its networks."""
    monkeypatch.setattr(ligsp, "own_lan_addresses", list)


def _theirs(url: str, file: Path) -> dict[str, bool | None]:
    """What they find, by their ids: True for a warning or failure, None for not known."""
    ligsp.main(["check", url, "--json", str(file)])
    (target,) = json.loads(file.read_text(encoding="utf-8"))["targets"]
    meaning = {"warn": True, "fail": True, "pass": False, "unknown": None}
    return {r["id"]: meaning[r["status"]] for r in target["results"] if r["id"] not in _OTHERWISE}


def _ours(url: str, auth: Basic | None = None) -> dict[str, bool | None]:
    """What we find, by their ids; those alone that they have too."""
    connection = Connection(url=url, auth=auth)
    context = open_context(connection.client(), ContextSettings(auth=auth))
    shared = tuple(t.id for t in topics().values() if t.profile and t.profile not in _OTHERWISE)
    found = look(connection, context, Wish(only=shared))
    looked = [each for each in found if each.topic.id != "SEC-TLS"]
    return {
        each.topic.profile: None if each.level == "unknown" else each.level.is_found
        for each in looked
    }


def _names_itself(asked: Asked) -> Page | None:
    own = asked.headers.get("host", "").startswith("127.0.0.1")
    return None if own else Page(421, "Misdirected Request")


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({}, id="open"),
        pytest.param({"cors_origins": ("*",)}, id="open to every website"),
        pytest.param({"cors_origins": ("https://mine.test",)}, id="open to one website"),
        pytest.param({"nowebui": True}, id="without a page"),
        pytest.param({"extensions": ("controlnet",)}, id="with an extension"),
    ],
)
def test_both_find_the_same(config: dict[str, Any], tmp_path: Path) -> None:
    with listening(**config) as url:
        assert _ours(url) == _theirs(url, tmp_path / "ligsp.json")


def test_both_see_the_proxy_that_answers_to_its_own_names(tmp_path: Path) -> None:
    with (
        listening() as server,
        standing_before(Gateway(server, rule=_names_itself)) as url,
    ):
        ours = _ours(url)
        assert ours == _theirs(url, tmp_path / "ligsp.json")
        assert ours["WEB-2"] is False


def test_with_credentials_we_see_what_they_cannot(tmp_path: Path) -> None:
    with listening(auth=(("user", "planted"),)) as url:
        theirs = _theirs(url, tmp_path / "ligsp.json")
        ours = _ours(url, Basic("user", "planted"))
    assert "EXT-1" not in theirs
    assert {name: ours[name] for name in theirs} == theirs
