"""A server without a model is reported as that, once, and is not acquitted."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from clock import HandClock
from doubles import Server, broken, deaf, edited, instead, mock, reply, served
from judging import make_context

from conformance.checks import all_checks
from conformance.errors import ConnectionBroken
from conformance.exchange import Exchange
from conformance.report.document import Collector, ExitCode
from conformance.report.summary import verdict_line
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.no_model import NO_MODEL, unless_no_model, without_model
from conformance.runner.plan import RunSettings
from conformance.runner.run import Run
from conformance.verdict import Failed, Result, Skip, Verdict

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext

_INACTIVE = {
    "sd-models": reply([]),
    "samplers": reply([]),
    "options": reply({"samples_format": "png", "sd_model_checkpoint": "inactive"}),
    # koboldcpp.py: what image generation gives that was not initialised.
    "txt2img": reply({"images": [""], "parameters": {}, "info": ""}),
}


def kobold_without_model() -> Server:
    server = mock(profile="koboldcpp-1.115.1")
    for route, answer in _INACTIVE.items():
        server = deaf(server, route=route, method=_method(route), answer=answer)
    return server


def webui_without_model() -> Server:
    failed = reply({"error": "AttributeError", "detail": "", "body": "", "errors": "model"}, 500)
    server = broken(mock(), instead(failed), method="POST", route="2img", status=200)
    server = broken(server, instead(reply([])), method="GET", route="/sd-models")
    nobody = edited(lambda options: options | {"sd_model_checkpoint": None})
    return broken(server, nobody, method="GET", route="/options")


def _method(route: str) -> str:
    return "POST" if route == "txt2img" else "GET"


def _run(server: Server, *names: str) -> Collector:
    collector, clock = Collector(), HandClock()
    with served(server):
        context = make_context(None, clock=Clock(clock, clock.sleep))
        run = Run(context, RunSettings(patience=None), collector.handle)
        run.carry_out(run.prepare([load_catalogue()[name] for name in names], all_checks()))
        run.finish()
    return collector


@pytest.mark.parametrize(
    ("server", "sign"),
    [
        pytest.param(kobold_without_model(), "'inactive', and samplers is empty", id="KoboldCpp"),
        pytest.param(webui_without_model(), "sd_model_checkpoint is None", id="webui"),
    ],
)
def test_what_needs_a_model_is_not_held_against_a_server_without(server: Server, sign: str) -> None:
    document = _run(server, "TXT2IMG-001", "TXT2IMG-003", "LIST-001").document

    hidden = [result for result in document.results if result.hidden_by == NO_MODEL]
    assert {r.id for r in hidden} >= {"TXT2IMG-001", "TXT2IMG-003"}
    assert sign in hidden[0].reason
    assert document.exit_code() is ExitCode.NOTHING_RAN
    assert "could not be seen: no model is loaded)" in verdict_line(document)
    assert next(s.lines[0] for s in document.sections).startswith("no model is loaded: ")


def test_an_empty_list_alone_is_a_fault() -> None:
    server = deaf(mock(), route="sd-models", method="GET", answer=reply([]))
    results = {r.id: r for r in _run(server, "TXT2IMG-001", "LIST-023").document.results}

    assert results["TXT2IMG-001"].verdict is Verdict.PASS
    assert not any(result.hidden_by for result in results.values())


class _Paints:
    """A server that shows these lists, and what comes of a picture."""

    def __init__(self, shown: dict[str, Any], picture: object) -> None:
        self._shown, self._picture = shown, picture
        self.target = SimpleNamespace(probe=self)

    def json(self, path: str) -> Any:
        found = self._shown.get(path.rpartition("/")[2])
        if isinstance(found, Exception):
            raise found
        return found

    @property
    def one_image(self) -> Any:
        if isinstance(self._picture, Exception):
            raise self._picture
        return SimpleNamespace(images=self._picture)


_LISTS = {"sd-models": [], "options": {"sd_model_checkpoint": None}, "samplers": ["Euler"]}
_FAILS = Failed("a picture", "500")
_GONE = ConnectionBroken("it hung up", Exchange(method="GET", path="/x", url="http://x/x"))


@pytest.mark.parametrize(
    ("shown", "picture", "sign"),
    [
        pytest.param({}, _FAILS, "and sd_model_checkpoint is None", id="a picture fails"),
        pytest.param({}, [], "and sd_model_checkpoint is None", id="no picture comes"),
        pytest.param({}, ["x"], "", id="a picture comes"),
        pytest.param({}, Skip("busy"), "", id="nobody knows"),
        pytest.param({"samplers": []}, ["x"], "and samplers is empty", id="no samplers either"),
        pytest.param({"sd-models": ["m"]}, _FAILS, "", id="a model"),
        pytest.param({"options": {"sd_model_checkpoint": "m"}}, _FAILS, "", id="a model's name"),
        pytest.param({"options": {"sd_model_checkpoint": "inactive"}}, [], "'inactive'", id="off"),
        pytest.param({"options": {"sd_model_checkpoint": 7}}, _FAILS, "", id="no name"),
        pytest.param({"options": []}, _FAILS, "is None", id="options that are none"),
        pytest.param({"sd-models": _GONE}, _FAILS, "", id="no answer"),
    ],
)
def test_a_server_shows_that_it_has_no_model(
    shown: dict[str, Any], picture: object, sign: str
) -> None:
    context = cast("CheckContext", _Paints(_LISTS | shown, picture))
    result = without_model(load_catalogue()["TXT2IMG-001"], context)
    assert (result is not None) is bool(sign)
    assert result is None or sign in result.reason
    assert without_model(load_catalogue()["LIST-001"], context) is None


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "hidden"),
    [
        ("GET", "sd-models", 200, b"[]", True),
        ("GET", "sd-models", 200, b"[1]", False),
        ("GET", "sd-models", 500, b"[]", False),
        ("POST", "txt2img", 200, b"{}", True),
        ("POST", "img2img", 500, b"{}", True),
        ("POST", "txt2img", 422, b"{}", False),
        ("POST", "png-info", 500, b"{}", False),
    ],
)
def test_what_comes_of_having_no_model_is_not_held_against_the_server(
    method: str, path: str, status: int, body: bytes, hidden: bool
) -> None:
    url = f"/sdapi/v1/{path}"
    shown = Exchange(method=method, path=url, url=f"http://x{url}", status=status, body=body)
    failed = Result(
        requirement=load_catalogue()["LIST-001"], verdict=Verdict.FAIL, exchanges=(shown,)
    )
    context = cast("CheckContext", _Paints(_LISTS, _FAILS))
    result = unless_no_model(failed, context)
    assert result.verdict is (Verdict.SKIPPED if hidden else Verdict.FAIL)
    assert unless_no_model(replace(failed, exchanges=()), context).verdict is Verdict.FAIL
