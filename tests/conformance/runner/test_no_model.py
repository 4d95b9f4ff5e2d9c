"""A server without a model is reported as that, once, and is not acquitted."""

from __future__ import annotations

import pytest
from clock import HandClock
from doubles import Server, broken, deaf, edited, instead, mock, reply, served
from judging import make_context

from conformance.checks import all_checks
from conformance.report.document import Collector, ExitCode
from conformance.report.summary import verdict_line
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.no_model import NO_MODEL
from conformance.runner.plan import RunSettings
from conformance.runner.run import Run
from conformance.verdict import Verdict

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
