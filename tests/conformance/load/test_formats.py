from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from loads import EFFORT, plan, ramp, result, sample

from conformance.load.formats import (
    load_json,
    load_schema_text,
    render_load_json,
    render_load_junit,
    render_load_markdown,
)
from conformance.load.plan import Limits
from conformance.load.ramp import Stage
from conformance.load.samples import Outcome, Tally
from conformance.load.workload import Mix

if TYPE_CHECKING:
    from conformance.load.result import LoadResult

_STAGE = Stage(number=0, load=1, start=0.0, end=1.0)
_NOTHING = result(plan(stages=(1,)), [_STAGE], [])


@pytest.mark.parametrize(
    "found",
    [
        ramp(plan(limits=Limits(p95=30.0))),
        replace(ramp(plan()), effort=EFFORT, tallies={"options": Tally(count=1)}),
        replace(ramp(plan()), plan=plan(mix=Mix.parse("512x512x20x4")), effort=EFFORT),
        _NOTHING,
    ],
    ids=["limited", "with effort", "in batches", "without a picture"],
)
def test_the_json_is_of_the_published_form(found: LoadResult) -> None:
    validator = jsonschema_rs.validator_for(json.loads(load_schema_text()))
    assert [error.message for error in validator.iter_errors(load_json(found))] == []


def test_the_json_holds_all_that_the_page_shows_and_every_picture() -> None:
    found = ramp(plan())
    value = json.loads(render_load_json(found))
    assert value == json.loads(json.dumps(load_json(found)))
    assert value["capacity"]["rate"] == pytest.approx(30, rel=0.02)
    assert value["stages"][3]["wait"]["p95"] > value["stages"][3]["wait"]["p50"]
    assert value["users"][0]["at_wait"]["0"] == pytest.approx(3.5, rel=0.02)
    assert len(value["pictures"]) == len(found.samples)
    assert value["load_version"] == 1


def _cases(found: LoadResult) -> tuple[ET.Element, dict[str, ET.Element]]:
    (suite,) = ET.fromstring(render_load_junit(found))  # noqa: S314 - our own text
    return suite, {case.attrib["name"]: case for case in suite.iter("testcase")}


def test_junit_has_a_case_for_each_stage_and_the_whole_result() -> None:
    suite, cases = _cases(ramp(plan()))
    assert list(cases) == ["1 user", "2 users", "4 users", "8 users", "capacity"]
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == (
        "5",
        "0",
        "0",
    )
    assert "30 pictures a minute" in (cases["capacity"].findtext("system-out") or "")


def test_a_limit_that_was_not_kept_is_a_failure_of_its_stage() -> None:
    reason = "at 8 users: p95 is above 3 s"
    suite, cases = _cases(replace(ramp(plan()), breached=True, reason=reason))
    failure = cases["8 users"].find("failure")
    assert failure is not None
    assert failure.attrib["message"] == reason
    assert cases["4 users"].find("failure") is None
    assert suite.attrib["failures"] == "1"


@pytest.mark.parametrize("found", [_NOTHING, replace(ramp(plan()), lost=True)])
def test_a_load_that_could_not_be_made_is_an_error(found: LoadResult) -> None:
    suite, cases = _cases(found)
    assert cases["capacity"].find("error") is not None
    assert suite.attrib["errors"] == "1"


def test_markdown_is_a_table_of_stages_with_the_result_on_top() -> None:
    bad = sample(0, 1, outcome=Outcome.FAILED, problem="HTTP 500: <b>|x")
    found = ramp(plan())
    text = render_load_markdown(replace(found, samples=(*found.samples, bad)))
    assert text.startswith("### http://127.0.0.1:7860: 30 pictures a minute")
    assert text.count("\n| ") == 2 + len(found.stages)
    assert r"- 1 x HTTP 500: \<b\>\|x" in text
