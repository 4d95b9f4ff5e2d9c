"""``sdapi-check --config``: the file and the command line together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from doubles import URL, Ask, Reply, Server, broken, edited, mock, served

from conformance.cli import execute

_HEAD = "patience = 0\nexamples = 0\n"
_LIVE = f'[targets.live]\nurl = "{URL}"\n'
_AUTH = (("user", "planted"),)
Written = Callable[..., str]


@pytest.fixture(autouse=True)
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    """Writes ./sdapi.toml in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def write(text: str = "", name: str = "sdapi.toml") -> str:
        Path(name).write_text(f"{_HEAD}{_LIVE}{text}", encoding="utf-8")
        return name

    return write


def _check(*arguments: str, server: Server | None = None) -> int:
    with served(server or mock()):
        return execute([*arguments])


def _said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_a_file_in_the_current_folder_is_used_where_no_address_is_given(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    written('[targets.live.expect]\nsamplers = "Euler"')
    assert _check("--only", "LIST-018,EXPECT") == 0
    out, _ = _said(capsys)
    assert out.startswith(f"{URL}: a1111 1.10, mode safe, 2 checks")


def test_an_address_takes_the_place_of_the_file(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    written('[targets.live.expect]\nsamplers = "none"')
    assert _check(URL, "--patience", "0", "--only", "LIST-018") == 0
    assert "sdapi.toml" not in "".join(_said(capsys))


def test_an_address_beside_a_file_is_judged_with_the_settings_of_its_target(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = '[targets.live]\nurl = "http://elsewhere"\n[targets.live.expect]\nstyles = "none"'
    Path("other.toml").write_text(_HEAD + text, encoding="utf-8")
    assert _check("--config", "other.toml", URL, "--only", "EXPECT") == 1
    out, _ = _said(capsys)
    command = f"sdapi-check {URL} --config other.toml --target live --only EXPECT-STYLES"
    assert f"Replay:   {command}\n" in out


def test_a_failure_says_how_to_repeat_it(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    name = written('[targets.live.expect]\nmodels = ["none"]', "my servers.toml")
    assert _check("--config", name, "--mode", "smoke") == 1
    command = f"sdapi-check --config '{name}' --target live --mode smoke --only EXPECT-MODELS"
    assert f"Replay:   {command}\n" in _said(capsys)[0]


def test_what_the_file_says_of_the_run_holds_and_the_command_line_has_the_last_word(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    written('mode = "smoke"\nprofile = "a1111-1.9"\nonly = ["LIST-001"]')
    _check()
    assert f"{URL}: a1111 1.9, mode smoke, 1 checks" in _said(capsys)[0]
    _check("--mode", "safe", "--only", "LIST-001,LIST-002", "--profile", "a1111-1.8")
    assert f"{URL}: a1111 1.8, mode safe, 2 checks" in _said(capsys)[0]


def test_credentials_of_the_file_let_in_and_are_reported_nowhere(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("secret.txt").write_text("user:planted", encoding="utf-8")
    written('auth = "file:secret.txt"\n[targets.live.expect]\nauth = "api"\nsecrets = "hidden"')
    assert _check("--only", "EXPECT", server=mock(auth=_AUTH)) == 1
    out, err = _said(capsys)
    assert "EXPECT-AUTH (MUST): fail" in out
    assert "EXPECT-SECRETS (MUST): fail" in out
    assert "planted" not in out + err


def test_a_secret_in_the_file_is_warned_of_in_one_line(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    written('auth = "user:planted"')
    assert _check("--only", "LIST-018", server=mock(auth=_AUTH)) == 0
    _, err = _said(capsys)
    assert err == (
        "sdapi-check: sdapi.toml: the file holds secrets for all to read (live.auth); "
        'write "env:NAME" or "file:PATH" instead\n'
    )


def test_credentials_of_the_environment_are_not_shown_to_servers_of_the_file(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDAPI_AUTH", "user:planted")
    monkeypatch.setenv("SDAPI_TOKEN", "planted")
    seen: list[Ask] = []
    sound = mock()

    def watched(ask: Ask) -> Reply:
        seen.append(ask)
        return sound(ask)

    written()
    _check("--only", "LIST-018", server=watched)
    assert seen
    assert not any("authorization" in {k.lower() for k in ask.headers} for ask in seen)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--auth", "user:planted"], id="a password"),
        pytest.param(["--auth", "env:SD_GOOD"], id="a password from the environment"),
    ],
)
def test_credentials_of_the_command_line_are(
    arguments: list[str], written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SD_GOOD", "user:planted")
    written('auth = "user:wrong"')
    assert _check(*arguments, "--only", "LIST-018", server=mock(auth=_AUTH)) == 0


def test_headers_that_let_in_are_left_away_where_nobody_may_be_let_in(written: Written) -> None:
    inner = mock()

    def closed(ask: Ask) -> Reply:
        given = {name.lower(): value for name, value in ask.headers.items()}
        return inner(ask) if given.get("x-door") == "planted" else Reply(401, {}, b"")

    Path("key.txt").write_text("planted", encoding="utf-8")
    written('headers = { X-Door = "file:key.txt" }\n[targets.live.expect]\nauth = true')
    assert _check("--only", "EXPECT,LIST-018", server=closed) == 0


def test_a_waived_failure_is_green_and_reported(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    written('[[waivers]]\nid = "LIST-018"\nreason = "the proxy filters"\nexpires = 9999-12-31')
    server = broken(mock(), edited(lambda _: []), route="samplers")
    assert _check("--only", "LIST-018,EXPECT", server=server) == 0
    out, _ = _said(capsys)
    assert "waived LIST-018: the proxy filters, until 9999-12-31" in out
    assert "conformant (1 waived" in out


def test_a_property_can_be_waived(written: Written) -> None:
    written('[[waivers]]\nid = "PROPERTY-PNGINFO"\nreason = "r"')
    assert _check("--only", "LIST-018") == 0


@pytest.mark.parametrize(
    ("waiver", "words"),
    [
        pytest.param('reason = "r"', "LIST-018 (MUST): waived-but-passed", id="passing"),
        pytest.param(
            'reason = "r"\nexpires = 2020-01-01', "EXPECT-WAIVERS (MUST): fail", id="expired"
        ),
    ],
)
def test_a_waiver_out_of_date_is_red(
    waiver: str, words: str, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    written(f'[[waivers]]\nid = "LIST-018"\n{waiver}')
    assert _check("--only", "LIST-018,EXPECT") == 1
    assert words in _said(capsys)[0]


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        pytest.param("a = [", [], "sdapi.toml", id="no TOML"),
        pytest.param("wiat = 3", [], "unknown key; did you mean `wait`?", id="an unknown key"),
        pytest.param("", ["--config", "no.toml"], "no.toml: it cannot be read", id="no file"),
        pytest.param("", ["--target", "life"], "no target 'life'; did you mean `live`?", id="name"),
        pytest.param('only = ["LISTS"]', [], "target live: 'LISTS' is no requirement", id="only"),
        pytest.param('for = ["open-webu"]', [], "did you mean", id="no such program"),
        pytest.param('auth = "env:SD_NO"', [], "targets.live.auth: the environment", id="secret"),
        pytest.param('mode = "safe"', ["--certify"], "add --mode full", id="half a certificate"),
        pytest.param(
            '[targets.b]\nurl = "http://b"', ["--auth", "u:p"], "--auth is for one", id="password"
        ),
        pytest.param(
            '[targets.b]\nurl = "http://b"',
            ["--config", "sdapi.toml", URL],
            "a URL is for one target; name it with --target (live, b)",
            id="an address for two",
        ),
        pytest.param(
            '[targets.b]\nurl = "http://b"',
            ["--report", "r.json"],
            "write r-{target}.json",
            id="one report for two",
        ),
    ],
)
def test_what_makes_no_sense_is_one_line_and_ends_with_2(
    text: str,
    arguments: list[str],
    words: str,
    written: Written,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written(text)
    assert _check(*arguments) == 2
    _, err = _said(capsys)
    assert err.startswith("sdapi-check: ")
    assert err.count("\n") == 1
    assert words in err


def test_a_target_without_a_file_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--target", "live"]) == 2
    assert "add --config sdapi.toml" in _said(capsys)[1]


def test_init_writes_an_example_that_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["init"]) == 0
    assert _said(capsys)[0].startswith("sdapi.toml is written; ")
    assert execute(["init"]) == 2
    assert "is not overwritten" in _said(capsys)[1]
    assert execute(["init", "other.toml"]) == 0
    assert execute(["--config", "other.toml", "--list"]) == 0


def test_an_expectation_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--explain", "expect-models"]) == 0
    assert _said(capsys)[0].startswith("EXPECT-MODELS (MUST)")
