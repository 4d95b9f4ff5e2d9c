"""Alerts on their way to a webhook."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
import responses
from clock import HandClock
from watching import START, SUBJECT

from conformance.errors import ConfigurationError
from conformance.watch.changes import Change, Kind
from conformance.watch.messages import WebhookFormat, alert_json
from conformance.watch.store import DELIVERED, GIVEN_UP, PENDING, Alert
from conformance.watch.target_state import TargetState
from conformance.watch.webhook import Delivery, Outbox, Webhook, post

_URL = "https://chat.test/services/planted-token?key=planted-key"
_CHANGES = (Change(Kind.DOWN, "gone"),)
_MESSAGE = alert_json(SUBJECT, TargetState(), _CHANGES, START)


def _alert(number: int = 1) -> Alert:
    return Alert(number, "studio", START, _CHANGES, _MESSAGE, PENDING)


def _post(status: int = 200, form: str = "auto", **values: object) -> tuple[Delivery, str]:
    webhook = Webhook.parse(_URL, WebhookFormat(form))
    with responses.RequestsMock() as http:
        http.add(responses.POST, _URL, status=status, **values)  # type: ignore[arg-type]
        delivery = post(webhook, _alert())
        body = http.calls[0].request.body
    assert isinstance(body, bytes)
    return delivery, body.decode()


def test_a_webhook_gets_the_form_that_it_takes() -> None:
    assert _post(204)[0] == Delivery(1, ok=True)
    assert '"source": "sdapi-check watch"' in _post()[1]
    assert set(requests.models.complexjson.loads(_post(form="slack")[1])) == {"text"}


@pytest.mark.parametrize("status", [429, 500, 502, 408])
def test_what_may_work_later_is_sent_again(status: int) -> None:
    delivery, _ = _post(status, headers={"Retry-After": "30"})
    assert (delivery.ok, delivery.final, delivery.retry_after) == (False, False, 30.0)


@pytest.mark.parametrize("status", [400, 404, 410, 302])
def test_what_will_never_work_is_given_up(status: int) -> None:
    assert _post(status)[0].final


def test_a_webhook_that_is_not_there_is_reported_without_its_address() -> None:
    delivery, _ = _post(body=requests.ConnectionError(f"no route to {_URL}"))
    assert (delivery.ok, delivery.final) == (False, False)
    assert "planted" not in str(delivery)


def test_an_address_is_nowhere_to_be_seen() -> None:
    webhook = Webhook.parse(_URL)
    assert webhook.shown == "https://chat.test/***"
    assert "planted" not in repr(webhook)


@pytest.mark.parametrize("url", ["planted", "ftp://host/planted", "https://", "http://h:x/planted"])
def test_what_is_no_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match="https://host/path") as caught:
        Webhook.parse(url)
    assert "planted" not in str(caught.value)


# The outbox


def test_alerts_go_out_one_after_the_other() -> None:
    clock = HandClock()
    outbox = Outbox([_alert(1)], clock)
    outbox.add(_alert(2))
    first = outbox.begin()
    assert first is not None
    assert (first.id, outbox.begin(), outbox.seconds) == (1, None, None)
    assert outbox.end(Delivery(1, ok=True), START) == DELIVERED
    second = outbox.begin()
    assert second is not None
    assert second.id == 2
    assert outbox.end(Delivery(2, ok=True), START) == DELIVERED
    assert (len(outbox), outbox.seconds) == (0, None)


def test_pauses_double_up_to_a_quarter_of_an_hour_and_obey_the_webhook() -> None:
    clock = HandClock()
    outbox = Outbox([_alert()], clock)
    pauses = []
    for _ in range(12):
        assert outbox.begin() is not None
        assert outbox.end(Delivery(1, ok=False), START) == PENDING
        assert outbox.begin() is None
        pauses.append(outbox.seconds)
        clock.sleep(outbox.seconds or 0.0)
    assert pauses[:4] == [2.0, 4.0, 8.0, 16.0]
    assert pauses[-1] == 900.0
    outbox = Outbox([_alert()], clock)
    outbox.begin()
    outbox.end(Delivery(1, ok=False, retry_after=60.0), START)
    assert outbox.seconds == 60.0


def test_an_alert_is_given_up_after_a_day_and_the_next_one_starts_afresh() -> None:
    clock = HandClock()
    outbox = Outbox([_alert(1), _alert(2)], clock)
    outbox.begin()
    late = START + timedelta(days=1, seconds=1)
    assert outbox.end(Delivery(1, ok=False), late) == GIVEN_UP
    assert (len(outbox), outbox.attempts, outbox.failures) == (1, 0, 1)
    outbox.begin()
    assert outbox.end(Delivery(2, ok=False, final=True), START) == GIVEN_UP
