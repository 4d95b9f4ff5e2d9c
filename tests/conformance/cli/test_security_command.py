"""``sdapi-check security URL``, and the section on security in a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from doubles import URL, mock, served
from strangers import letting_read, showing

from conformance.cli import execute

if TYPE_CHECKING:
    from pathlib import Path

    from doubles import Server

_FAST = ("--patience", "0", "--examples", "0", "--only", "LIST-001")


def _security(server: Server, *args: str, url: str = URL) -> int:
    with served(server, url):
        return execute(["security", url, *args])


def test_the_worst_is_shown_first_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert _security(mock()) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{URL} as a1111 1.10")
    assert out.index("HIGH SEC-CREDENTIALS") < out.index("LOW SEC-HEADERS") < out.index("fine SEC")
    assert "  Do: Start it with --api-auth" in out


def test_findings_change_the_exit_code_where_that_is_asked_for() -> None:
    only = ("--only", "SEC-CORS,SEC-HEADERS")
    assert _security(mock(), *only, "--fail-on-security", "medium") == 0
    assert _security(mock(), *only, "--fail-on-security", "low") == 1
    weak = letting_read(mock(), lambda origin: origin, cookies=True)
    assert _security(weak, *only, "--fail-on-security", "high") == 1


def test_json_has_every_detail_and_no_value(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    server = showing(mock(), "cmd-flags", api_auth="user:hunter2")
    assert _security(server, "--json", "-") == 0
    text = capsys.readouterr().out
    found = {each["id"]: each for each in json.loads(text)["servers"][0]["findings"]}
    assert found["SEC-SECRETS"]["details"] == ["cmd-flags: api_auth"]
    assert len(found["SEC-CREDENTIALS"]["details"]) > 50
    assert "hunter2" not in text
    file = tmp_path / "security.json"
    assert _security(server, "--only", "SEC-TLS", "--json", str(file)) == 0
    assert "BE-1" in file.read_text(encoding="utf-8")


def test_a_topic_that_is_none_is_refused_with_its_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _security(mock(), "--only", "SEC-COR") == 2
    assert "did you mean 'SEC-CORS'" in capsys.readouterr().err


def test_the_targets_of_a_file_are_looked_at(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sdapi.toml").write_text(f'[targets.live]\nurl = "{URL}"\n', encoding="utf-8")
    with served(mock()):
        assert execute(["security", "--only", "SEC-TLS"]) == 0
        assert execute(["security", URL, "--config", "sdapi.toml"]) == 2
    assert capsys.readouterr().out.startswith(f"{URL} as a1111")


def test_without_a_server_and_a_file_nothing_is_guessed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert execute(["security"]) == 2
    assert "no server is named" in capsys.readouterr().err


def test_a_server_that_is_not_there_ends_with_3() -> None:
    assert execute(["security", "http://127.0.0.1:9"]) == 3


@pytest.mark.parametrize(
    ("args", "there"),
    [
        pytest.param((), False, id="a part of the requirements"),
        pytest.param(("--security",), True, id="asked for"),
        pytest.param(("--fail-on-security", "high"), True, id="to fail on"),
    ],
)
def test_a_run_has_a_section_on_security(
    args: tuple[str, ...], there: bool, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "run.json"
    with served(mock()):
        code = execute([URL, *_FAST, *args, "--report", str(file)])
    document = json.loads(file.read_text(encoding="utf-8"))
    keys = [section["key"] for section in document["sections"]]
    out = capsys.readouterr().out
    assert ("security" in keys, "Security: " in out) == (there, there)
    assert code == (1 if "--fail-on-security" in args else 0)
    if there:
        assert "HIGH SEC-STOP" in out
        assert "fine SEC-CORS" not in out
        assert "security: 3 high" in out


@pytest.mark.parametrize(
    ("args", "looks"),
    [
        (["--mode", "safe"], 1),
        (["--mode", "smoke"], 0),
        (["--no-security"], 0),
        (["--for", "open-webui"], 0),
        (["--for", "open-webui", "--try-fetch"], 1),
    ],
)
def test_a_whole_run_of_a_server_of_yours_looks_at_security(args: list[str], looks: int) -> None:
    from conformance.cli.run_command import jobs_from  # noqa: PLC0415 - as the plugin does

    (job,) = jobs_from([URL, *args])
    assert len(job.run_options.looks) == looks
