"""Expectations as requirements: in the catalogue, in a run, under waivers."""

from __future__ import annotations

from datetime import date

from demanding import configured
from doubles import mock, served
from judging import make_context

from conformance.cli.listing import explain_lines
from conformance.deployment.expectations.checks import Demands
from conformance.deployment.expectations.expectations import LISTS
from conformance.deployment.waivers import Waivers
from conformance.requirements.catalogue import EXPECT_AREA, load_catalogue, whole_catalogue
from conformance.runner.events import CheckFinished, Event
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Verdict

_ALL = "\n".join(
    [
        *(f"{key} = ['x']" for key in LISTS),
        "options = {a = 1}",
        "auth = true",
        "cors = {refuse = ['https://evil']}",
        "secrets = 'hidden'",
        "longest = [{request = {steps = 1}, seconds = 1}]",
        "limits = {body = '1 MiB', request = '1 min', at_once = 2}",
    ]
)
_WAIVER = '[[waivers]]\nid = "EXPECT-STYLES"\nreason = "r"\nexpires = 2027-03-31'


def _demands(expect: str, waivers: str = "", today: date = date(2027, 1, 1)) -> Demands:
    config = configured(expect, waivers)
    return Demands(config.targets[0].expect, Waivers("live", config.waivers, today))


def _verdicts(demands: Demands, mode: Mode = Mode.SAFE) -> dict[str, Verdict]:
    """The verdicts of a whole run over what is demanded."""
    events: list[Event] = []
    settings = RunSettings(mode=mode, patience=None, amend=demands.amend)
    with served(mock()):
        run = Run(make_context("a1111"), settings, events.append)
        wanted = [whole_catalogue()[name] for name in demands.checks]
        run.carry_out(run.prepare(wanted, demands.checks))
        run.finish()
    return {e.result.id: e.result.verdict for e in events if isinstance(e, CheckFinished)}


def test_every_expectation_has_a_requirement_and_the_other_way_round() -> None:
    own = {r.id for r in whole_catalogue() if r.area == EXPECT_AREA}
    assert own == set(_demands(_ALL, _WAIVER).checks)
    assert len(whole_catalogue()) == len(load_catalogue()) + len(own)


def test_what_is_not_expected_is_not_looked_at() -> None:
    assert dict(_demands("models = []\nauth = false").checks) == {}
    assert set(_demands("styles = 'x'").checks) == {"EXPECT-STYLES"}


def test_an_expectation_can_be_explained() -> None:
    lines = explain_lines(whole_catalogue()["EXPECT-MODELS"])
    assert lines[0] == "EXPECT-MODELS (MUST)"


def test_expectations_run_as_requirements_do() -> None:
    expect = "styles = ['cinematic']\nloras = ['none']\noptions = {samples_format = 'png'}"
    assert _verdicts(_demands(expect)) == {
        "EXPECT-STYLES": Verdict.PASS,
        "EXPECT-LORAS": Verdict.FAIL,
        "EXPECT-OPTIONS": Verdict.PASS,
    }


def test_a_readiness_probe_looks_at_the_lists_and_not_at_what_takes_time() -> None:
    verdicts = _verdicts(_demands("styles = ['cinematic']\nauth = true"), Mode.SMOKE)
    assert verdicts == {"EXPECT-STYLES": Verdict.PASS, "EXPECT-AUTH": Verdict.NOT_RUN}


def test_an_expectation_can_be_waived_for_a_time() -> None:
    found = _verdicts(_demands("styles = ['x']", _WAIVER))
    assert found == {"EXPECT-STYLES": Verdict.WAIVED, "EXPECT-WAIVERS": Verdict.PASS}


def test_an_expired_waiver_is_red_by_itself() -> None:
    found = _verdicts(_demands("models = 'tiny-a'", _WAIVER, date(2027, 4, 1)))
    assert found == {"EXPECT-MODELS": Verdict.PASS, "EXPECT-WAIVERS": Verdict.FAIL}


def test_a_waiver_that_hides_nothing_is_red() -> None:
    found = _verdicts(_demands("styles = 'cinematic'", _WAIVER))
    assert found["EXPECT-STYLES"] is Verdict.WAIVED_BUT_PASSED
