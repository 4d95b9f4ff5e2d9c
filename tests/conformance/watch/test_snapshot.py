"""What a server offers, read from its cheap reads, and how two snapshots differ."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from doubles import URL, Server, broken, edited, instead, mock, reply, served

from conformance.client import Client
from conformance.detection.target import Target
from conformance.watch.snapshot import Facet, Snapshot, differences, take_snapshot


def _snapshot(server: Server, programs: tuple[str, ...] = ()) -> Snapshot:
    asked: list[str] = []

    def counted(ask: Any) -> Any:
        asked.append(ask.path)
        return server(ask)

    with served(counted), closing(Client(URL)) as client:
        target = Target(client)
        target.recognise()
        target.learn(programs)
        before = len(asked)
        snapshot = take_snapshot(target)
        assert len(asked) == before, "a snapshot costs no request of its own"
    return snapshot


def test_a_snapshot_of_a_webui_has_every_facet() -> None:
    snapshot = _snapshot(mock(), ("Steps: 1, Seed: 7, Model: tiny-a, Version: v1.10.1", "v1.10.1"))
    assert set(snapshot.facets) == set(Facet)
    assert snapshot.facets[Facet.VERSION] == ("a1111 1.10.1",)
    assert snapshot.facets[Facet.PROGRAM] == ("v1.10.1",)
    assert "POST /sdapi/v1/txt2img" in snapshot.facets[Facet.ENDPOINTS]
    assert "alwayson_scripts" in snapshot.facets[Facet.FIELDS]
    assert "samples_format" in snapshot.facets[Facet.OPTIONS]
    assert "Euler a" in snapshot.facets[Facet.SAMPLERS]


def test_an_upgrade_shows_in_every_facet_that_it_changes() -> None:
    old, new = _snapshot(mock(profile="a1111-1.9.0")), _snapshot(mock())
    changed = {each.facet: each for each in differences(old, new)}
    assert changed[Facet.ENDPOINTS].added == ("GET /sdapi/v1/schedulers",)
    assert "automatic" in changed[Facet.SCHEDULERS].added
    assert changed[Facet.VERSION].text == "version a1111 1.9 -> a1111 1.10"
    assert {Facet.OPTIONS, Facet.SAMPLERS} <= set(changed)


def test_the_same_server_twice_differs_in_nothing() -> None:
    assert differences(_snapshot(mock()), _snapshot(mock())) == ()


@pytest.mark.parametrize("profile", ["sdnext-2026-07", "koboldcpp-1.115.1", "sdcpp-master-827"])
def test_servers_of_other_shapes_have_a_snapshot_too(profile: str) -> None:
    snapshot = _snapshot(mock(profile=profile))
    assert snapshot.facets[Facet.SAMPLERS]
    assert snapshot.facets[Facet.MODELS]


def test_a_list_that_is_gone_is_empty_and_one_that_fails_is_unknown() -> None:
    gone = reply({"detail": "Not Found"}, 404)
    fails = reply({"error": "RuntimeError", "detail": "", "body": "", "errors": "x"}, 500)
    sound = mock()
    lost = _snapshot(broken(sound, instead(gone), route="/sdapi/v1/samplers"))
    assert lost.facets[Facet.SAMPLERS] == ()
    shaky = _snapshot(broken(sound, instead(fails), route="/sdapi/v1/samplers"))
    assert Facet.SAMPLERS not in shaky.facets
    odd = _snapshot(broken(sound, edited(lambda _: [1, 2]), route="/sdapi/v1/sd-models"))
    assert Facet.MODELS not in odd.facets


def test_what_is_ignored_is_no_difference() -> None:
    old, new = Snapshot({Facet.MODELS: ("a",)}), Snapshot({Facet.MODELS: ("b",)})
    assert differences(old, new)
    assert not differences(old, new.without({Facet.MODELS}))
