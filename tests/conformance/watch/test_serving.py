"""The port of a watch: metrics, page and sign of life."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from watching import START, SUBJECT, down, fails, judged

from conformance.errors import ConfigurationError, StateError
from conformance.watch.metrics import WatchCollector
from conformance.watch.serving import Listen, listening, make_app
from conformance.watch.target_state import TargetState
from conformance.watch.transitions import decide
from conformance.watch.webhook import Outbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.watch.target_state import Look


def _state(*looks: Look) -> TargetState:
    state = TargetState()
    for look in looks:
        state = decide(state, look).state
    return state


_STATES = {"studio": (SUBJECT, _state(judged(), judged(fails()), down()))}


def _broken_page() -> str:
    raise StateError("the disk is gone")


@pytest.fixture(scope="module")
def port() -> Iterator[str]:
    """An address of the port, whose page is short."""
    collector = WatchCollector(lambda: _STATES, Outbox([], lambda: 0.0))
    pages = iter(["<!doctype html><p>as it is</p>"] * 2)
    app = make_app(lambda: next(pages, None) or _broken_page(), collector, private=True)
    with listening(Listen("127.0.0.1", 0), app) as listen:
        yield f"http://{listen.shown}"


def _samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (s.name, *(v for k, v in sorted(s.labels.items()) if k != "target")): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


def test_prometheus_reads_the_metrics(port: str) -> None:
    answer = requests.get(f"{port}/metrics", timeout=10)
    assert answer.headers["content-type"].startswith("text/plain")
    found = _samples(answer.text)
    assert found["sdapi_up",] == 0
    assert found["sdapi_conformant",] == 0
    assert found["sdapi_requirement_unmet", "MUST", "LIST-001", "fail"] == 1
    assert found["sdapi_requirements", "MUST", "fail"] == 1
    assert found["sdapi_looks_total", "down"] == 1
    assert found["sdapi_looks_total", "busy"] == 0
    assert found["sdapi_changes_total", "newly unmet"] == 1
    assert found["sdapi_last_judged_timestamp_seconds",] == START.timestamp()
    assert found["sdapi_pictures_total",] == 0.5
    assert found["sdapi_webhook_pending",] == 0


def test_a_server_that_was_never_looked_at_has_no_value_yet() -> None:
    states = {"studio": (SUBJECT, TargetState())}
    families = WatchCollector(lambda: states, Outbox([], lambda: 0.0)).collect()
    samples = {sample.name for family in families for sample in family.samples}
    assert not samples & {"sdapi_up", "sdapi_conformant", "sdapi_busy", "sdapi_look_seconds"}
    assert "sdapi_looks_total" in samples


def test_the_page_is_fresh_and_guarded_and_a_trouble_is_a_sentence(port: str) -> None:
    page = requests.get(f"{port}/", timeout=10)
    assert "as it is" in page.text
    assert page.headers["refresh"] == "60"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-frame-options"] == "DENY"
    head = requests.head(f"{port}/", timeout=10)
    assert (head.status_code, head.text) == (200, "")
    trouble = requests.get(f"{port}/", timeout=10)
    assert (trouble.status_code, trouble.text) == (503, "the disk is gone\n")


def test_what_is_not_there_is_404_and_nothing_can_be_written(port: str) -> None:
    assert requests.get(f"{port}/healthz", timeout=10).text == "OK\n"
    assert requests.get(f"{port}/../etc/passwd", timeout=10).status_code == 404
    refused = requests.post(f"{port}/", data="x", timeout=10)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "10.0.0.1"])
def test_a_web_page_reads_nothing_under_a_name_of_its_own(port: str, host: str) -> None:
    answer = requests.get(f"{port}/healthz", headers={"Host": host}, timeout=10)
    assert answer.status_code in {400, 421}
    local = requests.get(f"{port}/healthz", headers={"Host": "localhost:1"}, timeout=10)
    assert local.status_code == 200


@pytest.mark.parametrize(
    ("text", "host", "port", "private"),
    [
        ("9464", "127.0.0.1", 9464, True),
        ("127.0.0.1:9464", "127.0.0.1", 9464, True),
        ("localhost:1", "localhost", 1, True),
        ("0.0.0.0:9464", "0.0.0.0", 9464, False),
        ("[::1]:9464", "::1", 9464, True),
        ("watch.lan:80", "watch.lan", 80, False),
    ],
)
def test_an_address_to_listen_at_is_read(text: str, host: str, port: int, private: bool) -> None:
    listen = Listen.parse(text)
    assert (listen.host, listen.port, listen.private) == (host, port, private)


@pytest.mark.parametrize("text", ["", "host", "host:", ":9464", "host:99999", "http://host:80"])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="HOST:PORT"):
        Listen.parse(text)


def test_a_port_that_is_taken_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        collector = WatchCollector(dict, Outbox([], lambda: 0.0))
        with (
            pytest.raises(ConfigurationError, match="cannot listen there"),
            listening(Listen("127.0.0.1", number), make_app(str, collector)),
        ):
            pass
