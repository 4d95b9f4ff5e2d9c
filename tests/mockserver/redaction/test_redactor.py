"""What is taken out of texts, JSON and headers, and what is left alone."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.redaction.names import KEPT_HEADERS, Kind, is_secret_name
from mockserver.redaction.redactor import Redactor

PLACE = "options.json/x"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        pytest.param("/home/ann/sd/models/x.ckpt", "/folder-1/x.ckpt", id="a path"),
        pytest.param("C:\\Users\\ann\\sd\\x.ckpt", "C:/folder-1\\x.ckpt", id="a path of Windows"),
        pytest.param("\\\\nas\\share\\x.ckpt", "/folder-1\\x.ckpt", id="a share"),
        pytest.param("~/sd/outputs", "/folder-1", id="a home"),
        pytest.param("no '/srv/a b/c.pt' there", "no '/folder-1/c.pt' there", id="with a space"),
        pytest.param("/file=/mnt/x/y.png", "/file=/folder-1/y.png", id="a file's address"),
        pytest.param("/info?f=/mnt/x/y.png&b=1", "/info?f=/folder-1/y.png&b=1", id="a parameter"),
        pytest.param("/info?f=%2Fmnt%2Fx%2Fy.png", "/info?f=/folder-1/y.png", id="percent codes"),
        pytest.param("http://gpu.lan:7860/x", "http://host.invalid/folder-1", id="a host"),
        pytest.param("http://10.1.2.3:7860", "http://host.invalid", id="an address's host"),
        pytest.param("on fileserver.local now", "on host.invalid now", id="a host's name"),
        pytest.param("from 192.168.7.9 here", "from 192.0.2.1 here", id="an address"),
        pytest.param("fe80::1ff:fe23:4567:890a", "192.0.2.1", id="an address of version 6"),
        pytest.param("00:1a:2b:3c:4d:5e", "192.0.2.1", id="hardware"),
        pytest.param("ann.b@firm.com", "someone@host.invalid", id="mail"),
        pytest.param("https://ann:pw12345@x.io/", "https://host.invalid/", id="login in a URL"),
        pytest.param("--api-auth ann:pw12345", "--api-auth REDACTED", id="a flag"),
        pytest.param("token=abcdef1234", "token=REDACTED", id="an assignment"),
        pytest.param("?key=abcdef1234", "?key=REDACTED", id="a key in a query"),
        pytest.param("hf_abcdefghijklmnopqrst", "REDACTED", id="a token by its look"),
        pytest.param("Authorization: Basic YTpi", "Authorization: Basic REDACTED", id="a header"),
        pytest.param("a fox\nSteps: 1, User: ann", "a fox\nSteps: 1, User: someone", id="infotext"),
        pytest.param('{"api_key": "abc12345"}', '{"api_key": "REDACTED"}', id="JSON in a text"),
    ],
)
def test_what_identifies_somebody_is_taken_out(text: str, redacted: str) -> None:
    redactor = Redactor()

    assert redactor.text(text, PLACE) == redacted
    assert redactor.ledger.lines()


@pytest.mark.parametrize(
    "text",
    [
        "a photo of a cat / dog, 1/2 and/or b, (masterpiece:1.2), <lora:x:0.8>",
        "Steps: 20, Sampler: DPM++ 2M, CFG scale: 7.0, Seed: 42, Size: 512x512, Version: v1.10.1",
        "/sdapi/v1/txt2img",
        "models/Stable-diffusion/x.safetensors",
        "https://github.com/AUTOMATIC1111/stable-diffusion-webui",
        "http://127.0.0.1:7860/docs",
        "tokens per step: 75",
        "Basic Fantasy, a secret garden, password",
        "1.10.1 of 3.41.2 at 0:12:34",
        "[[[a:b:0.5], c], d]",
        "sha256: 6ce0161689b3853acaa03779ec93eafe75a02f4ced659bee03f50797806fa2fa",
        "",
    ],
)
def test_what_identifies_nobody_stays(text: str) -> None:
    redactor = Redactor()

    assert redactor.text(text, PLACE) == text
    assert not redactor.ledger


@pytest.mark.parametrize("text", ['"//"', "'\\\\/'", '"/"', "// a remark", '{"a": "//"}'])
def test_separators_alone_are_no_path(text: str) -> None:
    redactor = Redactor()

    assert redactor.text(text, PLACE) == text
    assert not redactor.ledger


def test_the_scripts_of_a_page_are_the_program_s_own() -> None:
    script = """
        let spec = {"banned_tokens": {"type": "array"}, "key": e.token, auth: t.auth};
        o = "/usr/lib/x", e = "a.b.local", n = t => "//" + t, token = state.token;
    """
    page = f"<!DOCTYPE html><script src='x.js'></script><script>{script}</script><p>Hello</p>"
    redactor = Redactor()

    assert redactor.page(page, PLACE) == page
    assert not redactor.ledger


def test_what_is_known_of_a_server_is_taken_out_of_scripts_too() -> None:
    redactor = Redactor(["pw12345"], ["gpu.lan"])
    said = "<script>u = 'http://gpu.lan/', p = 'pw12345', f = '/home/ann/x'</script>token=abcd1234"

    assert redactor.page(said, PLACE) == (
        "<script>u = 'http://host.invalid/', p = 'REDACTED', f = '/folder-1'</script>token=REDACTED"
    )


def test_the_lists_of_a_plain_server_stay_but_for_an_example_of_a_login() -> None:
    fixtures = FixtureSet.packaged("a1111-1.10.1")
    redactor = Redactor()
    redactor.learn_flags(fixtures.get("cmd-flags"))
    redactor.known.learn_document(fixtures.get("openapi"))
    changed = [n for n in fixtures.names if redactor.json(fixtures.get(n), n) != fixtures.get(n)]

    assert changed == ["openapi", "openapi-nowebui"]
    assert [line.partition(" (")[0] for line in redactor.ledger.lines()] == ["2 user names"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"a": "/home/ann/x.png by ann", "/mnt/q": ["http://h.lan/x"]}, id="texts"),
        pytest.param({"token": "abcdef", "more": "abcdef"}, id="a secret"),
        pytest.param({"a": b64encode(b"see /home/ann/x, ann@x.com").decode()}, id="base64"),
    ],
)
def test_redacting_again_changes_nothing(value: Any) -> None:
    redactor = Redactor()
    once = redactor.json(value, PLACE)
    counted = redactor.ledger.as_json()

    assert redactor.json(once, PLACE) == once
    assert redactor.ledger.as_json() == counted
    assert Redactor().json(once, PLACE) == once


def test_what_one_answer_teaches_is_known_in_the_next() -> None:
    redactor = Redactor()
    redactor.learn_flags({"api_auth": "ann:pw12345,bob:qw98765", "server_name": "wopr.lan"})
    text = redactor.text("ann and bob on wopr with pw12345 or qw98765", PLACE)

    assert text == "someone and someone on host.invalid with REDACTED or REDACTED"


def test_a_secret_is_found_however_it_is_encoded() -> None:
    secret = 'p/w "1" & x'
    redactor = Redactor([secret])
    forms = [
        secret,
        json.dumps(secret),
        "p%2Fw%20%221%22%20%26%20x",
        b64encode(secret.encode()).decode(),
    ]

    for form in forms:
        redacted = redactor.text(f"it is {form}, really", PLACE)
        assert "REDACTED" in redacted
        assert form not in redacted


def test_the_same_folder_gets_the_same_number_and_the_own_one_its_name() -> None:
    redactor = Redactor()
    redactor.learn_flags({"data_dir": "/home/ann/webui", "ckpt_dir": "/mnt/big/models"})
    found = redactor.json(
        ["/mnt/big/models/x.ckpt", "/home/ann/webui/outputs", "/srv/a/b.png", "/srv/a/c.png"], PLACE
    )

    assert found == [
        "/webui/models/Stable-diffusion/x.ckpt",
        "/webui/outputs",
        "/folder-1/b.png",
        "/folder-1/c.png",
    ]


def test_names_that_everybody_has_teach_nothing() -> None:
    redactor = Redactor()
    redactor.text("/home/user/x and /root/y", PLACE)

    assert redactor.text("a user with a root", PLACE) == "a user with a root"


def test_keys_are_redacted_too_and_stay_apart() -> None:
    redactor = Redactor()
    found = redactor.json({"http://a.lan/": 1, "http://b.lan/": 2}, PLACE)

    assert found == {"http://host.invalid/": 1, "http://host.invalid/ (2)": 2}


def test_headers_that_say_who_runs_the_server_are_left_out() -> None:
    redactor = Redactor()
    given = {
        "Content-Type": "application/json",
        "Set-Cookie": "a=b",
        "Server": "uvicorn at home",
        "Location": "http://gpu.lan/x",
    }
    found = redactor.headers(given, "a.json", KEPT_HEADERS)

    assert found == {
        "content-type": "application/json",
        "location": "http://host.invalid/folder-1",
    }
    assert redactor.ledger.as_json()[Kind.HEADER]["count"] == 1


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("api_auth", True),
        ("civitaiToken", True),
        ("X-Api-Key", True),
        ("password", True),
        ("s3_secret_key", True),
        ("s3_access_key_id", True),
        ("tokens_per_step", False),
        ("sampler_name", False),
        ("passthrough", False),
        ("hires_pass", False),
    ],
)
def test_names_say_whether_a_value_is_a_secret(name: str, secret: bool) -> None:
    assert is_secret_name(name) is secret


def test_folders_of_an_earlier_recording_keep_their_numbers() -> None:
    redactor = Redactor()
    redactor.folders.start_behind(["/folder-3/x.ckpt and /folder-12", "nothing", "/folder-2"])
    redactor.folders.start_behind(["/folder-1"])

    assert redactor.text("/srv/private/x.ckpt", PLACE) == "/folder-13/x.ckpt"
