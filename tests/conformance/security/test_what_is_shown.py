"""What flags, lists, files, versions and the page of a server show, by name and never by value."""

from __future__ import annotations

import pytest
from doubles import Ask, Reply, Server, broken, edited, mock, reply
from strangers import (
    as_json,
    found,
    serving,
    showing,
    without,
)

from conformance.client.address import Basic
from conformance.security.finding import Level

_LOOPBACK = "http://127.0.0.1:7861"
_USER = Basic("user", "planted")
_OS = 'NAME="Debian GNU/Linux"\nID=debian\n'


def test_secrets_are_named_and_never_shown() -> None:
    server = showing(mock(), "cmd-flags", api_auth="user:hunter2", gradio_auth="a:b3cret")
    it = found(server, name="SEC-SECRETS")
    assert (it.level, set(it.details)) == (
        Level.HIGH,
        {"cmd-flags: api_auth", "cmd-flags: gradio_auth"},
    )
    assert not any("hunter2" in text or "b3cret" in text for text in (it.sentence, *it.details))


def test_secrets_for_those_who_are_let_in_alone_are_less_bad() -> None:
    it = found(mock(auth=(("user", "planted"),)), auth=_USER, name="SEC-SECRETS")
    assert (it.level, it.details) == (Level.MEDIUM, ("cmd-flags: api_auth",))


@pytest.mark.parametrize(
    "folder", ["/home/anna/webui", "/Users/anna/webui", r"C:\Users\anna\webui", "/root/webui"]
)
def test_home_folders_are_named_by_the_flag_that_shows_them(folder: str) -> None:
    it = found(showing(mock(), "cmd-flags", data_dir=folder), name="SEC-HOME")
    assert (it.level, it.details) == (Level.LOW, ("cmd-flags: data_dir",))
    assert "anna" not in it.sentence


def test_a_public_folder_is_no_home() -> None:
    server = showing(mock(), "cmd-flags", data_dir=r"C:\Users\Public\webui", ckpt="/srv/home/x")
    assert found(server, name="SEC-HOME").level is Level.FINE


@pytest.mark.parametrize(
    ("flag", "level"),
    [
        ({"enable_insecure_extension_access": True}, Level.HIGH),
        ({"allow_code": True}, Level.HIGH),
        ({"cors_allow_origins": "*"}, Level.HIGH),
        ({"disable_safe_unpickle": True}, Level.MEDIUM),
        ({"cors_allow_origins": "https://mine.test"}, Level.FINE),
    ],
)
def test_flags_that_loosen(flag: dict[str, object], level: Level) -> None:
    assert found(showing(mock(), "cmd-flags", **flag), name="SEC-FLAGS").level is level


def test_extensions_are_counted_and_not_named() -> None:
    listed = [{"name": "sd-webui-x", "enabled": True}, {"name": "y", "enabled": False}]
    server = broken(mock(), edited(lambda _: listed), route="extensions")
    it = found(server, name="SEC-EXTENSIONS")
    assert (it.level, it.sentence) == (
        Level.LOW,
        "1 of 2 installed extensions run in it.",
    )


@pytest.mark.parametrize(
    ("start", "body", "level"),
    [
        ("/file=/etc/", _OS, Level.HIGH),
        ("/file=..%2f", _OS, Level.HIGH),
        ("/static/..%2f", _OS, Level.HIGH),
        ("/file=c:/windows", "; for 16-bit app support\n[fonts]\n", Level.HIGH),
        ("/file=config.json", as_json({"samples_save": True}), Level.MEDIUM),
        ("/file=webui-user.sh", 'export COMMANDLINE_ARGS="--api-auth a:b"', Level.HIGH),
        ("/file=", "not a system file", Level.HIGH),
    ],
)
def test_files_that_are_served(start: str, body: str, level: Level) -> None:
    it = found(serving(mock(fresh=True), start, body), name="SEC-FILES")
    assert it.level is level
    assert not any(body in text for text in (it.sentence, *it.details))


def test_a_webui_serves_its_settings_once_they_are_saved() -> None:
    assert found(mock(), name="SEC-FILES").details == ("/file=config.json",)
    assert found(mock(fresh=True), name="SEC-FILES").level is Level.FINE


def test_a_page_at_every_path_serves_no_file() -> None:
    def page(ask: Ask) -> Reply:
        given = mock_server(ask)
        html = reply("<html></html>").with_headers(content_type="text/html")
        return html if given.status in {403, 404} and ask.method == "GET" else given

    mock_server = mock(fresh=True)
    assert found(page, name="SEC-FILES").level is Level.FINE


@pytest.mark.parametrize(
    ("options", "level"),
    [
        ({"api_enable_requests": True, "api_forbid_local_requests": False}, Level.HIGH),
        ({"api_enable_requests": True, "api_forbid_local_requests": True}, Level.FINE),
        ({"api_enable_requests": False, "api_forbid_local_requests": False}, Level.FINE),
    ],
)
def test_what_the_options_say_of_fetching(options: dict[str, bool], level: Level) -> None:
    assert found(showing(mock(), "options", **options), name="SEC-FETCH").level is level


def test_versions_that_advisories_name() -> None:
    def version(number: str) -> Server:
        return broken(mock(), edited(lambda c: {**c, "version": number}), route="/config")

    old = found(version("3.32.0"), name="SEC-ADVISORIES")
    assert old.details[0].startswith("CVE-2023-34239 (high, 2023-06-09)")
    new = found(version("5.49.1"), name="SEC-ADVISORIES")
    assert new.level is Level.FINE
    between = found(version("4.40.0"), name="SEC-ADVISORIES").details
    assert {d.split()[0] for d in between} == {"CVE-2024-47084", "CVE-2024-47164"}


def test_a_version_of_the_webui_that_an_advisory_names() -> None:
    it = found(mock(profile="a1111-1.7.0", nowebui=True), name="SEC-ADVISORIES", profile=None)
    assert [d.split()[0] for d in it.details] == ["CVE-2024-31462"]


def test_passwords_in_clear_are_worse_than_prompts() -> None:
    guarded = mock(auth=(("user", "planted"),))
    assert found(guarded, auth=_USER, name="SEC-TLS").level is Level.HIGH
    assert found(mock(), url="https://pictures.test", name="SEC-TLS").level is Level.FINE
    unsure = found(mock(), url="https://pictures.test", verify=False, name="SEC-TLS")
    assert unsure.level is Level.LOW


def test_a_page_that_describes_nothing() -> None:
    bare = without(
        mock(nowebui=True),
        *("/openapi.json", "/sdapi/v1/loras"),
    )
    assert found(bare, name="SEC-PAGE").level is Level.FINE
