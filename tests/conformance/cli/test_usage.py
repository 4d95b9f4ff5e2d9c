"""Wrong usage ends with 2 and a sentence; help and version are where everybody looks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from doubles import URL, mock, served

from conformance.cli import commands, execute
from conformance.cli.run_command import jobs_from, run_command

if TYPE_CHECKING:
    from pathlib import Path

_NOBODY = "http://127.0.0.1:1"
_LONGEST = 40


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--nope"], id="an unknown option"),
        pytest.param(["a", "b"], id="two addresses"),
        pytest.param(["ftp://host"], id="another scheme"),
        pytest.param(["http://"], id="no host"),
        pytest.param(["http://host:99999"], id="no port"),
        pytest.param(["--mode", "deep"], id="an unknown mode"),
        pytest.param(["--only", "LIST-999"], id="an unknown requirement"),
        pytest.param(["--only", "PROPERTY-NONE"], id="an unknown property"),
        pytest.param(["--skip", "NONE"], id="nothing to skip"),
        pytest.param(["--explain", "NONE"], id="nothing to explain"),
        pytest.param(["--for", "nobody"], id="an unknown program"),
        pytest.param(["--config", "nowhere.toml"], id="no file"),
        pytest.param(["--config", "/"], id="a folder"),
        pytest.param(["--report", "run.pdf"], id="an unknown format"),
        pytest.param(["--report", "-", "--report", "-.md"], id="two reports on the output"),
        pytest.param([_NOBODY, "--ca-file", "pyproject.toml", "--insecure"], id="certificates"),
        pytest.param(["--list", "--plan"], id="two that stop the run"),
        pytest.param(["--plan", "--report", "x.html"], id="a report of no run"),
        pytest.param(["--certify", "--mode", "full", "--only", "LIST"], id="a part certified"),
        pytest.param([_NOBODY, "--auth", "a:b", "--token", "c"], id="two credentials"),
        pytest.param(["restore", "nowhere.undo"], id="no journal"),
        pytest.param(["report", "nowhere.json", "-o", "x.html"], id="no report"),
        pytest.param(["diff", "nowhere.json", "nowhere.json"], id="nothing to compare"),
        pytest.param(["clients", "nobody"], id="no program"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(arguments) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert error.startswith("sdapi-check: ")


@pytest.mark.parametrize("command", ["", *sorted(commands.list_commands(None))])  # type: ignore[arg-type]
def test_h_shows_the_help_of_every_command_and_breaks_no_word(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert execute([*command.split(), "-h"]) == 0
    wide = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", str(_LONGEST))
    assert execute([*command.split(), "-h"]) == 0
    narrow = capsys.readouterr().out
    assert "Exit codes:" not in wide or "Exit codes:" in narrow
    assert all(len(line) <= _LONGEST or " " not in line.strip() for line in narrow.splitlines())


def test_h_shows_the_help_of_a_run_after_the_plugin_read_its_options(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # click keeps the option for help of whoever reads a command first.
    monkeypatch.setattr(run_command, "_help_option", None)
    jobs_from([_NOBODY])
    assert execute(["-h"]) == 0
    assert capsys.readouterr().out.startswith("Usage: sdapi-check")


def test_the_version_is_the_name_and_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--version"]) == 0
    assert capsys.readouterr().out.split()[0] == "sdapi-check"


def test_a_report_can_go_to_the_output_and_all_else_goes_to_the_error_stream(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(mock()):
        assert execute([URL, "--patience", "0", "--only", "LIST-001", "--report", "-"]) == 0
    out, error = capsys.readouterr()
    assert json.loads(out)["run"]["url"] == URL
    assert "conformant" in error


def test_the_output_takes_other_formats_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = tmp_path / "run.json"
    with served(mock()):
        run = [URL, "--patience", "0", "--only", "LIST-001", "--report"]
        assert execute([*run, "-.md", "--report", str(kept)]) == 0
    assert capsys.readouterr().out.startswith("## ✓ Conformant")
    assert execute(["report", str(kept), "-o", "-.svg"]) == 0
    assert capsys.readouterr().out.startswith("<svg")


@pytest.mark.parametrize(
    "arguments",
    [["--plan"], ["--list", "--only", "LIST"], ["--explain", "LIST-001"], ["clients"]],
    ids=" ".join,
)
def test_other_output_breaks_no_word_either(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(_LONGEST))
    assert execute(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= _LONGEST or " " not in line.strip() for line in lines)


def test_a_run_leaves_no_folder_of_hypothesis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with served(mock()):
        run = [URL, "--patience", "0", "--only", "PROPERTY-PNGINFO", "--examples", "2"]
        assert execute(run) == 0
    assert list(tmp_path.iterdir()) == []
