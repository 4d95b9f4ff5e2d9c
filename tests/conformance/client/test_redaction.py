"""Secrets never show."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.client import redact_headers, redact_json, redact_text
from conformance.client.redaction import is_secret_header, is_secret_name, shown_secrets
from conformance.properties import strategies


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Authorization", True),
        ("Proxy-Authorization", True),
        ("cookie", True),
        ("Set-Cookie", True),
        ("X-API-Key", True),
        ("X-Auth-Token", True),
        ("CF-Access-Client-Secret", True),
        ("Content-Type", False),
        ("X-Process-Time", False),
        ("Accept", False),
    ],
)
def test_headers_with_secrets_are_known_by_their_names(name: str, expected: bool) -> None:
    assert is_secret_header(name) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("api_auth", True),
        ("gradio_auth", True),
        ("auth", True),
        ("ngrok", True),
        ("huggingface_token", True),
        ("civitai-token", True),
        ("password", True),
        ("API_KEY", True),
        ("gradio_auth_path", False),
        ("ngrok_region", False),
        ("token_merging_ratio", False),
        ("disable_token_counters", False),
        ("keyedit_move", False),
        ("author", False),
    ],
)
def test_options_and_flags_with_secrets_are_known_by_their_names(name: str, expected: bool) -> None:
    assert is_secret_name(name) is expected


def test_the_scheme_of_an_authorization_stays() -> None:
    shown = redact_headers({"Authorization": "Basic dTpw", "X-Api-Key": "k1", "Accept": "*/*"})
    assert shown == {"Authorization": "Basic ***", "X-Api-Key": "***", "Accept": "*/*"}


def test_texts_under_names_of_secrets_are_taken_out_of_json() -> None:
    flags = {"api_auth": "user:pass", "gradio_auth": None, "port": "7860", "n": [{"token": "t"}]}
    shown = {"api_auth": "***", "gradio_auth": None, "port": "7860", "n": [{"token": "***"}]}
    assert redact_json(flags) == shown
    assert json.loads(redact_text(json.dumps(flags))) == shown


def test_quotes_in_a_secret_do_not_end_it() -> None:
    assert redact_text('{"password": "a\\"b", "x": "y"}') == '{"password": "***", "x": "y"}'


@given(strategies.json_values(), st.text(st.characters(codec="ascii"), min_size=4))
def test_a_known_secret_is_found_wherever_it_is(value: object, secret: str) -> None:
    body = {"a": [f"before {secret} after", value], "b": {"c": secret}}
    shown = redact_json(body, (secret,))
    texts = [shown["a"][0], shown["b"]["c"]]
    assert all(secret not in text.replace("***", "") for text in texts)
    assert shown["b"]["c"] == "***"


def test_a_known_secret_is_found_in_a_url() -> None:
    assert redact_text("http://h/?k=p%40ss%2Fword", ("p@ss/word",)) == "http://h/?k=***"


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_known_secret_is_found_in_json_text(ascii_only: bool) -> None:
    text = json.dumps({"note": 'pä"ss'}, ensure_ascii=ascii_only)
    assert json.loads(redact_text(text, ('pä"ss',))) == {"note": "***"}


def test_a_longer_secret_is_not_left_over_in_part() -> None:
    assert redact_text("user:password", ("password", "user:password")) == "***"


@pytest.mark.parametrize(("secret", "shown"), [("sd15", "a *** fox"), ("sdx", "a sdx fox")])
def test_a_secret_of_four_letters_is_taken_out_and_a_shorter_one_is_not(
    secret: str, shown: str
) -> None:
    assert redact_text(f"a {secret} fox", [secret]) == shown


def test_what_is_no_secret_stays_as_it_is() -> None:
    value = {"steps": 20, "tiling": False, "styles": [None, 0.5, "fox"], "api_auth": 7}
    assert redact_json(value, ["planted"]) == value


@pytest.mark.parametrize(
    ("value", "names"),
    [
        pytest.param({"api_auth": "a:b", "port": "7860"}, ["api_auth"], id="a flag"),
        pytest.param({"api_auth": None, "token": 7}, [], id="no text"),
        pytest.param({"api_auth": "***", "token": ""}, [], id="nothing in clear"),
        pytest.param({"ngrok": {"basic_auth": "x"}}, ["ngrok.basic_auth"], id="within"),
        pytest.param(
            [{"token": "x"}, {"a": [{"password": "y"}]}], ["token", "a.password"], id="list"
        ),
        pytest.param("api_auth", [], id="a text"),
    ],
)
def test_secrets_in_clear_are_named_and_not_shown(value: object, names: list[str]) -> None:
    assert list(shown_secrets(value)) == names
