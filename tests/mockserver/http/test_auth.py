"""Credentials, and what is looked at before them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from mockserver import Config, Webui, create_app
from mockserver.core.errors import HTTPError
from mockserver.http.auth import check_credentials

if TYPE_CHECKING:
    from werkzeug.test import Client

USERS = (("user", "pass"), ("u2", "p2"))


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.fixture
def mock() -> Client:
    return create_app(Webui(config=Config(auth=USERS))).test_client()


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(basic("user:pass"), id="first user"),
        pytest.param(basic("u2:p2"), id="second user"),
        pytest.param(basic("user:pass").replace("Basic", "bASIC"), id="any case"),
        pytest.param(basic("user:pass").replace("dX", "d!X"), id="foreign letters are skipped"),
    ],
)
def test_right_credentials_pass(header: str) -> None:
    assert check_credentials(header, USERS) is None


@pytest.mark.parametrize(
    ("header", "words"),
    [
        pytest.param(None, "Not authenticated", id="none"),
        pytest.param("Bearer abc", "Not authenticated", id="another scheme"),
        pytest.param("Basic", "Invalid authentication credentials", id="scheme alone"),
        pytest.param("Basic !!!", "Invalid authentication credentials", id="no base64"),
        pytest.param("Basic dXNlcjpwYX", "Invalid authentication credentials", id="no padding"),
        pytest.param(basic("userpass"), "Invalid authentication credentials", id="no colon"),
        pytest.param(basic("us\u00e9r:pass"), "Invalid authentication credentials", id="no ASCII"),
        pytest.param(basic("user:nope"), "Incorrect username or password", id="wrong password"),
        pytest.param(basic("user:p2"), "Incorrect username or password", id="another's password"),
        pytest.param(basic("USER:pass"), "Incorrect username or password", id="another case"),
        pytest.param(basic(":"), "Incorrect username or password", id="empty"),
    ],
)
def test_wrong_credentials_are_refused_in_the_servers_words(header: str | None, words: str) -> None:
    with pytest.raises(HTTPError) as caught:
        check_credentials(header, USERS)

    assert (caught.value.status, caught.value.detail) == (401, words)


def test_a_server_without_users_lets_everybody_pass() -> None:
    assert check_credentials(None, ()) is None


def test_no_header_says_the_scheme(mock: Client) -> None:
    response = mock.get("/sdapi/v1/options")

    assert "WWW-Authenticate" not in response.headers
    assert json.loads(response.get_data()) == {
        "error": "HTTPException",
        "detail": "Not authenticated",
        "body": "",
        "errors": "",
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/sdapi/v1/samplers", 401, id="a list"),
        pytest.param("/sdapi/v1/loras", 200, id="the Lora extension's own"),
        pytest.param("/openapi.json", 200, id="document"),
        pytest.param("/docs", 200, id="page"),
        pytest.param("/internal/ping", 200, id="the web UI's own"),
        pytest.param("/config", 200, id="gradio's own"),
    ],
)
def test_only_the_api_asks_for_credentials(mock: Client, path: str, status: int) -> None:
    assert mock.get(path).status_code == status


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(b"{bad", 422, id="malformed JSON comes first"),
        pytest.param(b"\xff", 400, id="so does what is no text"),
        pytest.param(b"", 401, id="a missing body comes after"),
        pytest.param(b'{"model": []}', 401, id="so does a wrong field"),
    ],
)
def test_the_body_is_read_before_and_validated_after_the_credentials(
    mock: Client, data: bytes, status: int
) -> None:
    response = mock.post("/sdapi/v1/interrogate", data=data, content_type="application/json")

    assert response.status_code == status
