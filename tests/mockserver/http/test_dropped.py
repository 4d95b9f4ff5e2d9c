"""Answers that never come."""

from __future__ import annotations

import pytest
from flask import Flask

from mockserver.http.dropped import ConnectionClosed, hang_up
from mockserver.http.in_process import call, sender_to


@pytest.fixture
def app() -> Flask:
    found = Flask("hanging-up")
    found.add_url_rule("/", view_func=hang_up)
    return found


def test_asking_for_the_first_byte_breaks_the_connection(app: Flask) -> None:
    with pytest.raises(ConnectionClosed):
        call(app, "GET", "http://127.0.0.1/", {}, b"")


def test_a_sender_has_no_status_then(app: Flask) -> None:
    assert sender_to(app)("GET", "/", {}, None) == (None, {}, b"")


def test_a_server_that_cannot_break_one_answers_500(app: Flask) -> None:
    with app.test_request_context("/"):
        assert hang_up().status_code == 500
