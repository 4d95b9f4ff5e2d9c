"""What an alert says, and what each webhook takes."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema_rs
import pytest
from watching import START, SUBJECT, URL

from conformance.watch.changes import Change, Kind
from conformance.watch.messages import (
    Subject,
    WebhookFormat,
    alert_json,
    alert_text,
    for_webhook,
    format_for,
)
from conformance.watch.snapshot import Facet
from conformance.watch.target_state import Availability, Status, TargetState

_DOWN = Change(Kind.DOWN, "nothing accepts connections there")
_UNMET = Change(Kind.UNMET, "LIST-001 (MUST) is not met: an object", "LIST-001", "MUST")
_DRIFT = Change(Kind.DRIFT, "models +1 (b)", facet="models", added=("b",))


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://hooks.slack.com/services/T/B/x", WebhookFormat.SLACK),
        ("https://discord.com/api/webhooks/1/x", WebhookFormat.DISCORD),
        ("https://ptb.discord.com/api/webhooks/1/x", WebhookFormat.DISCORD),
        ("https://notdiscord.com/x", WebhookFormat.JSON),
        ("http://127.0.0.1:8080/hook", WebhookFormat.JSON),
    ],
)
def test_the_host_of_a_webhook_says_what_it_takes(url: str, form: WebhookFormat) -> None:
    assert format_for(url) is form
    assert format_for(url, WebhookFormat.SLACK) is WebhookFormat.SLACK


def test_one_change_is_one_line_and_more_are_a_list() -> None:
    assert alert_text(SUBJECT, [_DOWN]) == (
        f"sdapi-check watch: studio ({URL}) down: nothing accepts connections there"
    )
    lines = alert_text(SUBJECT, [_UNMET, _DRIFT]).splitlines()
    assert lines[1:] == [f"- newly unmet: {_UNMET.text}", "- drift: models +1 (b)"]


def test_hundreds_of_changes_are_counted_and_fit_into_a_chat() -> None:
    changes = [Change(Kind.UNMET, "x" * 300)] * 200
    text = alert_text(SUBJECT, changes)
    assert len(text) <= 2000
    assert "and 180 more changes" in alert_text(SUBJECT, [Change(Kind.UNMET, "x")] * 200)


def test_the_json_of_an_alert_has_everything() -> None:
    state = TargetState(availability=Availability.DOWN)
    value = json.loads(alert_json(SUBJECT, state, [_DOWN, _UNMET, _DRIFT], START))
    assert (value["target"], value["url"], value["status"]) == ("studio", URL, "down")
    assert value["at"] == "2026-11-01T00:00:00+00:00"
    assert value["changes"] == [
        {"kind": "down", "words": _DOWN.text},
        {"kind": "newly unmet", "words": _UNMET.text, "requirement": "LIST-001", "level": "MUST"},
        {
            "kind": "drift",
            "words": "models +1 (b)",
            "facet": "models",
            "added": ["b"],
            "removed": [],
        },
    ]
    assert value["text"] == value["content"]


def test_an_alert_keeps_to_its_published_schema() -> None:
    folder = files("conformance.watch") / "data"
    schema = json.loads((folder / "alert.schema.json").read_text("utf-8"))
    state = TargetState(availability=Availability.DOWN)
    message = json.loads(alert_json(SUBJECT, state, [_DOWN, _UNMET, _DRIFT], START))
    jsonschema_rs.validate(schema, message)
    assert set(message) == set(schema["properties"])
    change = schema["properties"]["changes"]["items"]["properties"]
    assert change["kind"]["enum"] == list(Kind)
    assert change["facet"]["enum"] == list(Facet)
    assert set(schema["properties"]["status"]["enum"]) == set(Status)


def test_a_chat_gets_what_it_takes_and_nobody_is_called_by_a_server() -> None:
    change = Change(Kind.DOWN, "it said <!channel> & @everyone")
    message = alert_json(SUBJECT, TargetState(), [change], START)
    slack = for_webhook(message, WebhookFormat.SLACK)
    assert set(slack) == {"text"}
    assert "&lt;!channel&gt; &amp; @everyone" in slack["text"]
    discord = for_webhook(message, WebhookFormat.DISCORD)
    assert discord["allowed_mentions"] == {"parse": []}
    assert set(for_webhook(message, WebhookFormat.JSON)) == set(json.loads(message))


def test_no_secret_is_in_an_alert() -> None:
    subject = Subject("studio", URL, ("planted-secret",))
    change = Change(Kind.DRIFT, "models +1 (planted-secret)", added=("planted-secret",))
    assert "planted" not in alert_json(subject, TargetState(), [change], START)
    assert "planted" not in alert_text(subject, [change])
