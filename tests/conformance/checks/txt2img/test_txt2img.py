"""What is sound of txt2img, said with a word or none, and no check that fails itself."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import pytest
from broken.family.txt2img_requests import old_samplers, saves_jpeg
from broken.generation import deaf_to, liar, refuses
from broken.layer import rewrite_answer, rewrite_info
from doubles import mock, remembering, served
from judging import judged, make_context
from sound import SOUND

from conformance.checks import all_checks
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import PICTURE
from conformance.runner.events import CheckFinished, Event
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles import Server

_AREAS = {"TXT2IMG", "INFO", "IMG"}
_NOT_FOUND = {"error": "HTTPException", "detail": "Sampler not found", "body": "", "errors": ""}


_without_clip_skip = SOUND["no clip skip"].server


def _results(server: Server, mode: Mode = Mode.FULL) -> list[Result]:
    events: list[Event] = []
    with served(server):
        run = Run(make_context(), RunSettings(mode=mode, patience=None), events.append)
        run.carry_out(run.prepare([r for r in load_catalogue() if r.area in _AREAS], all_checks()))
        run.finish()
    return [event.result for event in events if isinstance(event, CheckFinished)]


def test_a_fresh_install_passes_with_a_word_about_it() -> None:
    result = judged(mock(fresh=True), "TXT2IMG-060")
    assert result.verdict is Verdict.PASS_LOOSE
    assert "fresh install" in result.reason


def test_a_model_without_clip_skip_passes_with_a_word_about_it() -> None:
    result = judged(_without_clip_skip(), "TXT2IMG-092")
    assert result.verdict is Verdict.PASS_LOOSE


def test_two_models_that_are_one_pass_with_a_word_about_it() -> None:
    def first(payload: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in payload.items() if k != "override_settings"}

    two = rewrite_answer(liar(first)(mock()), "/sd-models", lambda models: models[:2])
    assert judged(two, "TXT2IMG-093").verdict is Verdict.PASS_LOOSE


@pytest.mark.parametrize("name", ["CLIP_stop_at_last_layers", "samples_format"])
def test_options_are_put_back_where_overrides_stay(name: str) -> None:
    server = mock(fresh=True)
    with served(server):
        context = make_context("a1111-1.10.1")
        before = context.options.before[name]
        for requirement in ("TXT2IMG-058", "TXT2IMG-060", "TXT2IMG-061", "TXT2IMG-062"):
            all_checks()[requirement].function(context)
        assert context.options.options()[name] == before


def test_the_safe_mode_samples_less_than_a_third_of_a_picture() -> None:
    results = _results(mock(), Mode.SAFE)
    assert sum(result.cost for result in results) < 0.3
    planned = sum(all_checks()[r.id].own_steps for r in results if r.verdict.looked_at)
    assert planned * 64 * 64 / PICTURE < 1 / 3


def _unknown_sampler(payload: dict[str, Any]) -> bool:
    return payload.get("sampler_name") not in {None, "Euler"}


@pytest.mark.parametrize(
    ("name", "server", "profile"),
    [
        pytest.param(
            "TXT2IMG-028",
            lambda: refuses(_unknown_sampler, 404, _NOT_FOUND)(mock()),
            "a1111-1.7",
            id="unknown samplers until 1.9",
        ),
        pytest.param(
            "TXT2IMG-031",
            lambda: refuses(_unknown_sampler, 404, _NOT_FOUND)(mock()),
            "a1111-1.9",
            id="old names in 1.9",
        ),
        pytest.param(
            "TXT2IMG-032",
            lambda: rewrite_info(
                old_samplers(mock()), lambda i: i | {"sampler_name": "DPM++ 2M Karras"}
            ),
            "a1111-1.7",
            id="old names until 1.8",
        ),
        pytest.param(
            "TXT2IMG-044",
            lambda: refuses(lambda p: not p["prompt"], 400, {"error": "prompt required"})(mock()),
            "sdcpp",
            id="an empty prompt in sd.cpp",
        ),
        pytest.param("IMG-002", lambda: saves_jpeg(mock()), "a1111-1.10.1", id="JPEG"),
    ],
)
def test_others_are_judged_by_what_they_promise(
    name: str, server: Callable[[], Server], profile: str
) -> None:
    assert judged(server(), name, profile).verdict is Verdict.PASS


_ODD: tuple[Any, ...] = (None, 5, "x", [[]], {"a": 1})


@cache
def _sound() -> Server:
    """The mock of all tests of odd answers: what it sends is made odd behind it."""
    return remembering(mock())


@pytest.mark.parametrize("odd", _ODD, ids=repr)
def test_no_check_fails_itself_over_odd_values_of_info(odd: Any) -> None:
    """Each key of info is odd in its turn, and all of them are."""
    server = rewrite_info(_sound(), lambda info: dict.fromkeys(info, odd))
    assert [r.reason for r in _results(server) if r.verdict is Verdict.ERROR] == []


@pytest.mark.parametrize("odd", _ODD, ids=repr)
@pytest.mark.parametrize("key", ["images", "info", "parameters"])
def test_no_check_fails_itself_over_odd_answers(key: str, odd: Any) -> None:
    server = rewrite_answer(_sound(), "/txt2img", lambda body: body | {key: odd}, method="POST")
    assert [r.reason for r in _results(server) if r.verdict is Verdict.ERROR] == []


_LISTS = ("samplers", "schedulers", "sd-models", "prompt-styles", "script-info")


@pytest.mark.parametrize("odd", _ODD, ids=repr)
def test_no_check_fails_itself_over_odd_lists(odd: Any) -> None:
    server = _sound()
    for route in _LISTS:
        server = rewrite_answer(server, f"/{route}", lambda _: odd)
    assert [r.reason for r in _results(server) if r.verdict is Verdict.ERROR] == []


@pytest.mark.parametrize("odd", _ODD, ids=repr)
def test_no_check_fails_itself_over_odd_entries(odd: Any) -> None:
    edit = partial(_with_odd_values, odd=odd)
    server = _sound()
    for route in _LISTS:
        server = rewrite_answer(server, f"/{route}", edit)
    assert [r.reason for r in _results(server) if r.verdict is Verdict.ERROR] == []


def _with_odd_values(items: list[dict[str, Any]], odd: Any) -> list[dict[str, Any]]:
    return [dict.fromkeys(item, odd) for item in items]


def test_a_deaf_server_is_convicted_by_more_than_one() -> None:
    server = deaf_to(mock(), lambda payload: payload | {"steps": 1, "prompt": "x", "seed": 1})
    unmet = {r.id for r in _results(server) if r.verdict.unmet}
    assert {"TXT2IMG-007", "TXT2IMG-017", "TXT2IMG-074", "TXT2IMG-076"} <= unmet
