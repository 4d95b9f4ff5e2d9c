"""The result document as JSON."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import jsonschema_rs
import pytest
from reports import MIXED, SECRET, document, exchange, failure, picture, result

from conformance.errors import ReportError
from conformance.properties.property import PROPERTIES
from conformance.report.document import Document
from conformance.report.json_report import document_json, read_document, render_json, schema_text
from conformance.report.redacted import shown_document
from conformance.requirements.catalogue import load_catalogue, whole_catalogue
from conformance.requirements.requirement import Level
from conformance.verdict import Result, Verdict

_SCHEMA = jsonschema_rs.Draft202012Validator(json.loads(schema_text()), validate_formats=True)


def _all_requirements() -> Document:
    verdicts = list(Verdict)
    known = [*whole_catalogue(), *(item.requirement for item in PROPERTIES)]
    results = [
        Result(
            requirement=r.binding("a1111", None),
            verdict=verdicts[number % len(verdicts)],
            reason="x",
        )
        for number, r in enumerate(known)
    ]
    return document(*results)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(document(), id="nothing"),
        pytest.param(document(*MIXED), id="every verdict"),
        pytest.param(
            document(*MIXED, lost="gone", not_put_back="x", name="n", fail_on=Level.SHOULD),
            id="a run that went wrong",
        ),
        pytest.param(
            document(failure(exchanges=(exchange(status=None, body=b"", error="refused"),))),
            id="no answer",
        ),
        pytest.param(
            document(failure(exchanges=(exchange(method="GET", request_body=None),))), id="no body"
        ),
        pytest.param(_all_requirements(), id="catalogue, expectations, properties"),
    ],
)
def test_a_report_keeps_to_the_published_schema_and_comes_back(given: Document) -> None:
    text = render_json(given)
    assert [error.message for error in _SCHEMA.iter_errors(json.loads(text))] == []
    back = read_document(text, "x.json")
    assert back == shown_document(given)
    assert render_json(back) == text


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda v: v.pop("results"), id="no results"),
        pytest.param(lambda v: v["results"][0].update(verdict="good"), id="no verdict"),
        pytest.param(lambda v: v["run"].update(started="today"), id="no date"),
        pytest.param(lambda v: v.update(schema_version=2), id="another version"),
        pytest.param(lambda v: v["results"][0]["exchanges"][0].pop("curl"), id="no curl"),
        pytest.param(lambda v: v["verdict"]["counts"]["MUST"].update(passed=1), id="no count"),
    ],
)
def test_the_schema_refuses_what_is_no_report(spoil: Any) -> None:
    value = document_json(document(*MIXED))
    spoil(value)
    assert not _SCHEMA.is_valid(value)


def test_every_field_of_the_document_is_in_the_schema() -> None:
    described = json.loads(schema_text())["properties"]["run"]
    names = {f.name for f in fields(Document) if f.init} - {"results", "sections"}
    assert names == set(described["properties"]) == set(described["required"])


def test_no_secret_and_no_whole_picture_is_reported() -> None:
    value = document_json(document(*MIXED, notes=(f"sent {SECRET}",)))
    exchanges = [each for described in value["results"] for each in described["exchanges"]]
    # Curl commands run as they are, and so hold the pictures that they send.
    assert all(picture() in each.pop("curl") for each in exchanges)
    text = json.dumps(value)
    assert SECRET not in render_json(document(*MIXED, notes=(f"sent {SECRET}",)))
    assert "a=b" not in text
    assert picture() not in text
    assert "<PNG 300x200, " in text


def test_pictures_are_shown_small_with_their_place_those_of_the_answer_first() -> None:
    first, second = document_json(document(failure()))["results"][0]["exchanges"][0]["pictures"]
    assert (first["place"], second["place"]) == ("answer images[0]", "request image")
    assert first["digest"].startswith("<PNG 64x64, ")
    assert second["thumbnail"].startswith("data:image/png;base64,")
    assert len(second["thumbnail"]) < 2000


def test_thumbnails_take_a_bounded_room() -> None:
    many = document(*[failure(r.id) for r in load_catalogue()])
    assert len(render_json(many)) < 3_000_000


def test_evidence_is_kept_for_failures_alone() -> None:
    kept = document(result(exchanges=(exchange(),)), failure("LIST-002"))
    described = document_json(kept)["results"]
    assert [len(each["exchanges"]) for each in described] == [0, 1]


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "\x1b[31m"])
def test_whatever_a_server_says_can_be_written(text: str) -> None:
    render_json(document(failure(actual=text))).encode("utf-8")


def test_the_programs_that_break_are_reported_with_the_reason() -> None:
    clients = {c["id"]: c for c in document_json(document(failure("OPT-001")))["clients"]}
    assert clients["open-webui"]["prospect"] == "breaks"
    assert clients["open-webui"]["breaks_on"] == ["OPT-001"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("{", "a.json is no report of sdapi-check", id="no JSON"),
        pytest.param("[]", "is no report of sdapi-check", id="a list"),
        pytest.param("{}", "is no report of sdapi-check", id="another document"),
        pytest.param('{"schema_version": 2}', "schema_version 2, and this", id="a later one"),
        pytest.param('{"schema_version": 1}', "a.json is damaged: KeyError", id="half"),
        pytest.param('{"schema_version": 1, "run": []}', "is damaged", id="wrong shape"),
    ],
)
def test_what_is_no_report_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(ReportError, match=words) as caught:
        read_document(text, "a.json")
    assert "\n" not in str(caught.value)
