"""The way to a target of the file, and its secrets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.client.address import Basic, Bearer
from conformance.deployment.config.config import read_config
from conformance.errors import ConfigurationError

if TYPE_CHECKING:
    from conformance.deployment.config.target import TargetConfig


def _target(lines: str, folder: Path = Path(), defaults: str = "") -> TargetConfig:
    text = f'{defaults}\n[targets.live]\nurl = "https://host/sd/"\n{lines}'
    return read_config(text, "sdapi.toml", folder).targets[0]


def _refusal(lines: str, folder: Path = Path()) -> str:
    with pytest.raises(ConfigurationError) as caught:
        _target(lines, folder).connection()
    return str(caught.value)


def test_a_way_holds_what_the_file_says() -> None:
    connection = _target(
        "timeout = 7\nwait = 120\nproxy = 'http://p:3128'\ninsecure = true"
    ).connection()
    assert (connection.base, connection.timeout, connection.wait) == ("https://host/sd", 7.0, 120.0)
    assert (connection.proxy, connection.verify) == ("http://p:3128", False)


def test_another_address_takes_the_place_of_that_of_the_file() -> None:
    assert _target("").connection("http://other").base == "http://other"


def test_secrets_come_from_the_environment_and_from_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SD_AUTH", "user:planted")
    (tmp_path / "key.txt").write_text("planted-key\n", encoding="utf-8")
    lines = 'auth = "env:SD_AUTH"\nheaders = { X-Team = "red", X-Door = "file:key.txt" }'
    target = _target(lines, tmp_path)
    connection = target.connection()
    assert connection.auth == Basic("user", "planted")
    assert connection.headers == {"X-Team": "red", "X-Door": "planted-key"}
    assert connection.secrets == ("planted-key",)
    assert target.plain_secrets == ()
    assert "planted" not in repr(target)


def test_no_secret_is_read_before_the_way_is_taken() -> None:
    target = _target('auth = "env:SD_NOWHERE"')
    with pytest.raises(ConfigurationError, match="SD_NOWHERE is not set, or empty"):
        target.connection()


def test_secrets_that_are_in_the_file_are_named_and_not_reported() -> None:
    lines = 'auth = "user:planted"\nheaders = { X-Api-Key = "planted", X-Team = "red" }'
    target = _target(lines)
    assert target.plain_secrets == ("auth", "headers.X-Api-Key")
    assert "planted" not in repr(target)


def test_credentials_in_the_address_are_in_the_file_too() -> None:
    text = '[targets.live]\nurl = "http://user:planted@host"'
    target = read_config(text, "sdapi.toml", Path()).targets[0]
    assert target.plain_secrets == ("url",)
    assert target.connection().credentials == Basic("user", "planted")


def test_a_password_of_the_proxy_is_named_too() -> None:
    assert _target('proxy = "http://user:planted@p:3128"').plain_secrets == ("proxy",)
    assert _target('proxy = "none"').plain_secrets == ()


def test_a_token_is_a_bearer_and_takes_the_place_of_a_default_password() -> None:
    assert _target('token = "abc"').connection().auth == Bearer("abc")
    assert _target('token = "abc"', defaults='auth = "u:p"').connection().auth == Bearer("abc")


def test_a_targets_own_trust_takes_the_place_of_the_default() -> None:
    assert _target("insecure = true", defaults='ca_file = "no.pem"').connection().verify is False


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param('auth = "user"', "targets.live.auth: credentials have the form", id="colon"),
        pytest.param('auth = "env:SD_NONE"', "targets.live.auth: the environment", id="variable"),
        pytest.param('second_auth = "file:no.txt"', "no.txt: it cannot be read", id="file"),
        pytest.param('auth = "u:p"\ntoken = "t"', "`auth` is there too", id="two of a kind"),
        pytest.param('ca_file = "no.pem"', "targets.live.ca_file: there is no file", id="no file"),
        pytest.param(
            'ca_file = "no.pem"\ninsecure = true', "`ca_file` is there too", id="both trusts"
        ),
        pytest.param('proxy = "socks5://p"', "live.proxy: the proxy has the form", id="a proxy"),
        pytest.param("headers = { X = 1 }", "headers.X: a text is expected, not 1", id="a header"),
        pytest.param(
            'headers = { X = "env:SD_NONE" }', "targets.live.headers.X: the env", id="hidden"
        ),
    ],
)
def test_a_way_that_cannot_be_taken_names_the_key(lines: str, words: str, tmp_path: Path) -> None:
    assert words in _refusal(lines, tmp_path)


def test_a_trusted_file_is_found_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x")
    connection = _target('ca_file = "ca.pem"', tmp_path).connection()
    assert connection.verify == str(tmp_path / "ca.pem")
    assert _target("").connection().verify is True
