"""Servers whose lists are wrong, and the requirement that convicts them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from doubles import Server, Told, broken, edited, instead, mock, served, text, told
from judging import bench, judged
from recorded import Recorded

from conformance.catalogue import load_catalogue
from conformance.checks import all_checks
from conformance.client import Exchange
from conformance.engine import judge
from conformance.lab import Generation, Look, WatchedJob
from conformance.verdict import Result, Verdict

Edit = Callable[[Any], Any]


def _real() -> Server:
    """The recorded server, which has an entry in almost every list."""
    return Recorded("a1111-1.10.1")


def _list(route: str, edit: Edit) -> Server:
    return broken(_real(), edited(edit), route=route)


def _without(key: str) -> Edit:
    return lambda items: [{k: v for k, v in item.items() if k != key} for item in items]


def _with(key: str, value: Any) -> Edit:
    return lambda items: [item | {key: value} for item in items]


def _wrapped(items: Any) -> Any:
    return {"items": items}


def _some_extension(**values: Any) -> Edit:
    entry = {"name": "x", "remote": "https://x", "branch": "main", "commit_hash": "0"}
    entry |= {"commit_date": 1, "version": "1", "enabled": True}
    return lambda _: [entry | values]


def _first(**values: Any) -> Edit:
    return lambda items: [items[0] | values, *items[1:]]


def _drop(name: str) -> Edit:
    return lambda items: [item for item in items if item["name"] != name]


def _alternating(edit: Edit) -> Server:
    """A list that differs every second time."""
    sound, count = _real(), iter(range(1000))

    def server(ask: Any) -> Told:
        given = sound(ask)
        odd = ask.route.endswith("samplers") and next(count) % 2
        return given.with_json(edit(given.json)) if odd else given

    return server


_CONVICTED = [
    pytest.param("LIST-001", _list("samplers", _without("aliases")), id="LIST-001: no aliases"),
    pytest.param("LIST-001", _list("samplers", _with("aliases", "k_euler")), id="LIST-001: text"),
    pytest.param("LIST-001", _list("samplers", _wrapped), id="LIST-001: wrapped"),
    pytest.param("LIST-001", broken(_real(), instead(told([], 500))), id="LIST-001: a 500"),
    pytest.param(
        "LIST-001", broken(_real(), instead(text("hello", 200))), id="LIST-001: no JSON at all"
    ),
    pytest.param("LIST-002", _list("sd-models", _without("model_name")), id="LIST-002: no name"),
    pytest.param("LIST-002", _list("sd-models", _without("sha256")), id="LIST-002: no sha256"),
    pytest.param("LIST-002", _list("sd-models", _with("hash", 5)), id="LIST-002: a number"),
    pytest.param("LIST-003", _list("upscalers", _without("scale")), id="LIST-003: no scale"),
    pytest.param("LIST-003", _list("upscalers", _with("scale", "4")), id="LIST-003: text"),
    pytest.param("LIST-004", _list("schedulers", _without("label")), id="LIST-004: no label"),
    pytest.param(
        "LIST-004",
        broken(_real(), instead(told({"detail": "Not Found"}, 404)), route="schedulers"),
        id="LIST-004: the route is lost",
    ),
    pytest.param(
        "LIST-005",
        _list("latent-upscale-modes", lambda items: [i["name"] for i in items]),
        id="LIST-005: bare names",
    ),
    pytest.param("LIST-006", _list("sd-vae", _without("filename")), id="LIST-006: no file"),
    pytest.param(
        "LIST-007",
        _list(
            "prompt-styles",
            lambda _: [{"name": "x", "prompt": "y", "negative_prompr": ""}],
        ),
        id="LIST-007: a key misspelt",
    ),
    pytest.param("LIST-008", _list("loras", _without("metadata")), id="LIST-008: no metadata"),
    pytest.param("LIST-009", _list("hypernetworks", _without("path")), id="LIST-009: no path"),
    pytest.param("LIST-010", _list("face-restorers", _without("cmd_dir")), id="LIST-010: no dir"),
    pytest.param("LIST-011", _list("realesrgan-models", _with("scale", 1.5)), id="LIST-011: 1.5"),
    pytest.param("LIST-012", _list("script-info", _with("args", None)), id="LIST-012: no args"),
    pytest.param(
        "LIST-012",
        _list("script-info", _with("args", [{"label": "x"}])),
        id="LIST-012: half an argument",
    ),
    pytest.param(
        "LIST-013", _list("extensions", _some_extension(enabled="yes")), id="LIST-013: text"
    ),
    pytest.param(
        "LIST-014", _list("scripts", lambda s: s["txt2img"] + s["img2img"]), id="LIST-014: one list"
    ),
    pytest.param(
        "LIST-015", _list("embeddings", lambda e: {"loaded": list(e["loaded"])}), id="LIST-015"
    ),
    pytest.param(
        "LIST-016", _list("memory", lambda m: m | {"ram": {"free": "24 GB"}}), id="LIST-016: text"
    ),
    pytest.param("LIST-016", _list("memory", lambda m: m | {"cuda": {}}), id="LIST-016: nothing"),
    pytest.param("LIST-017", _list("cmd-flags", list), id="LIST-017: names alone"),
    pytest.param("LIST-018", _list("samplers", lambda _: []), id="LIST-018: no sampler"),
    pytest.param("LIST-018", _list("samplers", lambda s: s + s[:1]), id="LIST-018: one twice"),
    pytest.param("LIST-018", _list("samplers", _first(name="")), id="LIST-018: one without a name"),
    pytest.param(
        "LIST-019", _list("samplers", _with("options", {"second_order": True})), id="LIST-019"
    ),
    pytest.param("LIST-020", _list("samplers", _drop("Euler a")), id="LIST-020: no Euler a"),
    pytest.param("LIST-021", _list("schedulers", lambda s: s[::-1]), id="LIST-021: turned round"),
    pytest.param("LIST-022", _list("upscalers", lambda u: u[1:]), id="LIST-022: None is gone"),
    pytest.param("LIST-022", _list("upscalers", _drop("Lanczos")), id="LIST-022: no Lanczos"),
    pytest.param("LIST-023", _list("sd-models", _with("title", "a [x]")), id="LIST-023: all alike"),
    pytest.param(
        "LIST-023",
        _list("sd-models", lambda ms: [m | {"title": m["title"].partition(" [")[0]} for m in ms]),
        id="LIST-023: hash left out",
    ),
    pytest.param(
        "LIST-023",
        _list("sd-models", lambda ms: [m | {"title": f"model {i}"} for i, m in enumerate(ms)]),
        id="LIST-023: file left out",
    ),
    pytest.param("LIST-024", _list("sd-models", _with("hash", "8888888888")), id="LIST-024: other"),
    pytest.param("LIST-024", _list("sd-models", _with("hash", "abc")), id="LIST-024: too short"),
    pytest.param("LIST-025", _alternating(lambda s: s[::-1]), id="LIST-025: order changes"),
    pytest.param(
        "LIST-027",
        _list("scripts", lambda s: {tab: names[1:] for tab, names in s.items()}),
        id="LIST-027: a script is lost",
    ),
    pytest.param("LIST-028", _list("latent-upscale-modes", _drop("Latent")), id="LIST-028"),
]


@pytest.mark.parametrize(("name", "server"), _CONVICTED)
def test_a_broken_server_is_convicted(name: str, server: Server) -> None:
    result = judged(server, name)
    assert result.verdict.unmet
    assert result.expected
    assert result.actual
    assert result.exchanges


def test_every_requirement_of_the_area_convicts_somebody() -> None:
    own = {r.id for r in load_catalogue() if r.area == "LIST"}
    # It looks at a job that runs; see below.
    assert own - {param.values[0] for param in _CONVICTED} == {"LIST-026"}


@pytest.mark.parametrize(
    "name", [f"LIST-{n:03}" for n in range(1, 18) if n not in {14, 15, 16, 17}]
)
def test_an_empty_list_is_no_fault_of_its_shape(name: str) -> None:
    empty = broken(_real(), edited(lambda value: [] if isinstance(value, list) else value))
    assert judged(empty, name).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("name", "server", "profile"),
    [
        pytest.param("LIST-002", "a1111-47a44c7", "a1111-47a44c7", id="no sha256 in 2022"),
        pytest.param("LIST-003", "a1111-47a44c7", "a1111-47a44c7", id="no scale in 2022"),
        pytest.param("LIST-004", "sdcpp-master-827", "sdcpp", id="schedulers of sd.cpp"),
        pytest.param("LIST-023", "sdnext-2025-03", "sdnext", id="titles of SD.Next"),
        pytest.param("LIST-023", "a1111-1.7.0", "a1111-1.7", id="a model not hashed yet"),
    ],
)
def test_the_lists_of_others_are_judged_by_what_they_promise(
    name: str, server: str, profile: str
) -> None:
    assert judged(Recorded(server), name, profile).verdict is Verdict.PASS


def test_a_route_that_is_not_promised_is_unsupported() -> None:
    result = judged(Recorded("koboldcpp-1.111"), "LIST-007", "kobold")
    assert result.verdict is Verdict.UNSUPPORTED
    assert result.reason == "GET /sdapi/v1/prompt-styles is absent"


def _look(elapsed: float, *, outlived: bool, status: int = 200) -> Look:
    exchange = Exchange(
        method="GET",
        path="/sdapi/v1/sd-models",
        url="http://judged.test/sdapi/v1/sd-models",
        status=status,
        elapsed=elapsed,
    )
    return Look("/sdapi/v1/sd-models", exchange, 0.1, outlived, took=elapsed)


def _beside(looks: tuple[Look, ...], seconds: float) -> Result:
    """LIST-026 on a job that was watched before."""
    answered = _look(seconds, outlived=False).exchange
    with served(mock()):
        lab = bench("a1111-1.10.1")
        job = WatchedJob(Generation({}, answered), looks, answered, seconds)
        lab.jobs = SimpleNamespace(watched=job)
        requirement = load_catalogue()["LIST-026"]
        return judge(requirement, all_checks()["LIST-026"].function, lab)


def test_list_026_acquits_a_list_that_comes_while_the_job_runs() -> None:
    assert _beside((_look(0.02, outlived=True),), 3.0).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("look", "actual"),
    [
        pytest.param(_look(2.5, outlived=True), "it took 2.5 s while a job ran", id="too slow"),
        pytest.param(
            _look(1.5, outlived=False),
            "it came when the job had ended, 1.5 s later",
            id="only once the job had ended",
        ),
        pytest.param(_look(0.1, outlived=True, status=429), "429", id="refused"),
    ],
)
def test_list_026_convicts_a_list_that_waits_for_the_job(look: Look, actual: str) -> None:
    result = _beside((look,), 1.6)
    assert result.verdict is Verdict.WARN
    assert result.actual == actual


def test_list_026_says_so_where_the_job_is_over_at_once() -> None:
    result = _beside((), 0.05)
    assert result.verdict is Verdict.SKIPPED
    assert "too soon to look beside it" in result.reason
