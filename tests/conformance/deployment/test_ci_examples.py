"""The examples for CI and probes, run as far as that can be done without their hosts."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from doubles import URL, Server, broken, edited, mock, served

from conformance.cli import execute
from conformance.cli.embedded import embedded_mock
from conformance.deployment.example_files import EXAMPLES
from conformance.watch.messages import Subject
from conformance.watch.metrics import WatchCollector
from conformance.watch.target_state import TargetState
from conformance.watch.webhook import Outbox

_TEXT = {example.name: example.text for example in EXAMPLES}


def _at(args: list[str]) -> list[str]:
    """The command line of an example, for the server of the tests."""
    program, url, *rest = args
    assert Path(program).name == "sdapi-check"
    assert url == "http://127.0.0.1:7860"
    return [URL, *rest]


def _docker() -> list[str]:
    found = re.search(r"^HEALTHCHECK (.*?)CMD (\[.*\])", _TEXT["docker"], re.DOTALL | re.MULTILINE)
    assert found is not None
    options = found[1].replace("\\\n", " ").split()
    assert all(option.startswith("--") for option in options)
    args: list[str] = json.loads(found[2])
    return args


def _container() -> dict[str, Any]:
    pod = yaml.safe_load(_TEXT["kubernetes"])
    assert (pod["apiVersion"], pod["kind"]) == ("v1", "Pod")
    by_name = {each["name"]: each for each in pod["spec"]["containers"]}
    found: dict[str, Any] = by_name["sdapi-check"]
    return found


def _probe(name: str) -> list[str]:
    args: list[str] = _container()[name]["exec"]["command"]
    return args


_PROBES = pytest.mark.parametrize(
    "args",
    [
        pytest.param(_docker(), id="docker"),
        pytest.param(_probe("readinessProbe"), id="kubernetes, ready"),
        pytest.param(_probe("startupProbe"), id="kubernetes, started"),
    ],
)


def _status(server: Server, args: list[str]) -> int:
    with served(server):
        return execute(_at(args))


@_PROBES
def test_a_probe_is_content_with_a_server_that_can_serve(args: list[str]) -> None:
    assert _status(mock(), args) == 0


@_PROBES
def test_a_probe_notices_a_model_that_is_not_there(args: list[str]) -> None:
    gone = edited(lambda options: options | {"sd_model_checkpoint": "gone.safetensors"})
    assert _status(broken(mock(), gone, route="options", method="GET"), args) == 1


def test_the_probe_that_runs_for_ever_asks_for_no_picture() -> None:
    assert "--no-generate" in _docker()
    assert "--no-generate" in _probe("readinessProbe")


def _steps() -> list[dict[str, Any]]:
    workflow = yaml.safe_load(_TEXT["github"])
    # YAML 1.1 reads the key "on" as true.
    assert set(workflow[True]) == {"workflow_dispatch", "schedule"}
    steps: list[dict[str, Any]] = workflow["jobs"]["check"]["steps"]
    return steps


@pytest.mark.skipif(sys.platform == "win32", reason="the workflow's lines are for a POSIX shell")
def test_the_lines_of_the_workflow_run_one_after_the_other(tmp_path: Path) -> None:
    runs = [step["run"] for step in _steps() if "run" in step]
    install, *lines = runs
    assert shlex.split(install)[-1] == "sdapi-conformance"
    program = tmp_path / "bin" / "sdapi-check"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m conformance "$@" --only LIST\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with embedded_mock() as url:
        env = {**os.environ, "SDAPI_URL": url, "SDAPI_AUTH": ""}
        env |= {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
        env |= {"GITHUB_STEP_SUMMARY": str(tmp_path / "shown.md")}
        for line in lines:
            subprocess.run(  # noqa: S603 - our own example
                ["sh", "-e", "-c", line],  # noqa: S607 - any POSIX shell
                cwd=tmp_path,
                env=env,
                check=True,
                capture_output=True,
            )
    assert (tmp_path / "shown.md").read_text("utf-8").startswith("## ✓ Conformant")
    kept = next(step for step in _steps() if "upload-artifact" in step.get("uses", ""))
    assert all((tmp_path / name).is_file() for name in kept["with"]["path"].split())


def test_the_examples_are_listed_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["example"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == [example.name for example in EXAMPLES]
    for example in EXAMPLES:
        assert execute(["example", example.name]) == 0
        assert capsys.readouterr().out == example.text
    assert execute(["example", "jenkins"]) == 2


def _unit() -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False)
    # systemd's own keys are case-sensitive.
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(_TEXT["watch"])
    return parser


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_TEXT["watch-compose"])
    return found


def _watches() -> list[list[str]]:
    """The command lines of the examples that watch, behind the program's name."""
    shell = _compose()["services"]["watch"]["command"][-1]
    exec_start = _unit()["Service"]["ExecStart"]
    lines = [exec_start, shell.partition("exec ")[2]]
    return [shlex.split(line)[1:] for line in lines]


@pytest.mark.parametrize("args", _watches(), ids=["systemd", "compose"])
def test_an_example_watches_and_ends(
    args: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, url, *rest = args
    assert name == "watch"
    assert url in {"http://127.0.0.1:7860", "http://webui:7860"}
    rest[rest.index("--state") + 1] = str(tmp_path / "watch.sqlite")
    rest[rest.index("--metrics") + 1] = "127.0.0.1:0"
    with served(mock()):
        assert execute(["watch", URL, *rest, "--once", "--patience", "0"]) == 0
    assert "page and metrics at http://127.0.0.1:" in capsys.readouterr().out


def test_the_rules_of_prometheus_name_metrics_that_there_are() -> None:
    rules = yaml.safe_load(_compose()["configs"]["rules"]["content"])
    expressions = " ".join(rule["expr"] for rule in rules["groups"][0]["rules"])
    states = {"studio": (Subject("studio", URL), TargetState())}
    families = WatchCollector(lambda: states, Outbox([], lambda: 0.0)).collect()
    assert set(re.findall(r"sdapi_\w+", expressions)) <= {family.name for family in families}
