from __future__ import annotations

import pytest

from conformance.cli import execute
from conformance.report.document import suite_version
from conformance.requirements.catalogue import whole_catalogue
from conformance.requirements.requirement import Level


def _out(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert execute(list(args)) == 0
    return capsys.readouterr().out


def test_the_list_has_a_line_for_every_requirement(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _out(capsys, "--list").splitlines()
    assert [line.split()[0] for line in lines] == list(whole_catalogue().ids)


def test_a_line_says_level_cost_and_effect(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = _out(capsys, "--list", "--only", "OPT-004").splitlines()
    words = " ".join(line.split())
    assert words.startswith("OPT-004 MUST free writes settings POST options with an empty object")


def test_the_list_can_be_narrowed(capsys: pytest.CaptureFixture[str]) -> None:
    musts = [r for r in whole_catalogue() if r.level is Level.MUST or r.must_for]
    assert len(_out(capsys, "--list", "--only", "MUST").splitlines()) == len(musts)


def test_the_list_as_markdown_is_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert _out(capsys, "--list", "--markdown").startswith("# Requirements\n")


def test_an_explanation_says_what_why_who_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    out = _out(capsys, "--explain", "opt-010")
    assert out.startswith("OPT-010 (MUST)\n")
    assert "Breaks without it: webuiapi 0.9 (Python), Open WebUI" in out
    assert "Applies to: a1111>=1.5, forge, reforge" in out
    assert "Source:     modules/api/api.py: Api.set_config" in out
    assert "cost free, effect writes settings" in out


@pytest.mark.parametrize("name", [*whole_catalogue().ids[::20], "PROPERTY-BASE64"])
def test_every_id_of_a_report_can_be_explained(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _out(capsys, "--explain", name).startswith(f"{name} (")


def test_help_shows_the_options_and_how_to_use_them(capsys: pytest.CaptureFixture[str]) -> None:
    out = _out(capsys, "--help")
    assert out.startswith("Usage: sdapi-check [URL] [OPTIONS]")
    for words in ("--mode", "--explain", "Examples:", "Exit codes:"):
        assert words in out


def test_help_names_every_command_and_the_help_of_each_is_laid_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    commands = _out(capsys, "--help").partition("Other commands")[2].partition("Examples:")[0]
    listed = [line.split()[0] for line in commands.splitlines()[1:] if line.strip()]
    others = (
        "init",
        "restore",
        "clients",
        "report",
        "matrix",
        "diff",
        "example",
        "load",
        "security",
        "watch",
    )
    assert sorted(listed) == sorted(others)
    for name in others:
        assert "\\b" not in _out(capsys, name, "--help")


def test_the_version_is_a_name_and_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert _out(capsys, "--version") == f"sdapi-check {suite_version()}\n"
