"""The README is true: each of its snippets runs, and prints what it is shown to print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from readme.snippets import README, Snippet, commands, of_kind, snippets

import mockserver

_URL = "http://127.0.0.1:7860"
_CI = Path(__file__).parents[2] / ".ci" / "run"
_PATIENCE = 120.0
_RUNS_UNTIL_ENDED = "sdapi-mock --port 0"


def _ids(found: list[Snippet]) -> list[object]:
    return [pytest.param(each, id=f"line {each.line}") for each in found]


@pytest.mark.parametrize("snippet", _ids(of_kind("python")))
def test_python_runs(snippet: Snippet) -> None:
    code = compile(snippet.text, f"{README.name}:{snippet.line}", "exec")
    if "mockserver.activate" in snippet.text:
        exec(code, {})  # noqa: S102 - the README's own code
        return
    with mockserver.activate(_URL):
        exec(code, {})  # noqa: S102 - the README's own code


@pytest.mark.parametrize("snippet", _ids(of_kind("python test")))
def test_tests_pass(snippet: Snippet, tmp_path: Path) -> None:
    (tmp_path / "test_snippet.py").write_text(snippet.text, encoding="utf-8")
    ended = _run("pytest -q -p no:cacheprovider", tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "passed" in ended.stdout


@pytest.mark.parametrize(
    "snippet",
    _ids([each for each in of_kind("console") if _RUNS_UNTIL_ENDED not in each.text]),
)
def test_commands_end_well_and_print_what_is_shown(
    snippet: Snippet,
    webui_server: mockserver.Activated,
    tmp_path: Path,
) -> None:
    for command, shown in commands(snippet):
        ended = _run(command.replace(_URL, webui_server.url), tmp_path)
        assert ended.returncode == 0, command + ended.stdout + ended.stderr
        _matches(shown, ended.stdout.replace(webui_server.url, _URL))


@pytest.mark.parametrize("snippet", _ids(of_kind("toml")))
def test_a_configuration_is_judged(
    snippet: Snippet,
    webui_server: mockserver.Activated,
    tmp_path: Path,
) -> None:
    text = snippet.text.replace(_URL, webui_server.url)
    (tmp_path / "sdapi.toml").write_text(text, encoding="utf-8")
    ended = _run("sdapi-check", tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "conformant" in ended.stdout


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        pytest.param(command, shown, id=command)
        for snippet in of_kind("console")
        for command, shown in commands(snippet)
        if command.startswith(_RUNS_UNTIL_ENDED)
    ],
)
def test_a_server_says_its_address(command: str, shown: list[str], tmp_path: Path) -> None:
    words = [_program(command.split(maxsplit=1)[0]), *command.split()[1:]]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - the README's own command
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    _matches(shown, line)


def test_the_command_for_the_tests_is_the_one_that_ci_runs() -> None:
    (check, test) = of_kind("sh")
    assert check.text.strip() == "pip install . && sdapi-check"
    assert test.text.strip().replace("pip install", "pip install --quiet") in _CI.read_text()


def test_no_snippet_is_left_untried() -> None:
    tried = {"python", "python test", "console", "toml", "sh"}
    assert {each.kind for each in snippets()} <= tried


def test_every_link_leads_somewhere() -> None:
    text = README.read_text(encoding="utf-8")
    anchors = {_anchor(title) for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target.removeprefix("#") in anchors
        else:
            assert (README.parent / target).exists(), target


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _program(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} is not installed beside {sys.executable}"
    return found


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    programs = str(Path(sys.executable).parent)
    return subprocess.run(  # noqa: S602 - the README's own command, as a user types it
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": programs + os.pathsep + os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )


def _matches(shown: list[str], printed: str) -> None:
    """``...`` stands for anything, and no lines for nothing said of them."""
    if not shown:
        return
    text = "\n".join(shown).rstrip()
    pattern = re.escape(text).replace(re.escape("..."), ".*")
    assert re.fullmatch(pattern, printed.rstrip(), re.DOTALL), printed
