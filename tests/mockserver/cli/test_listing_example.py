"""What is printed for other tools works, as far as it can be tried here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
import yaml

from mockserver.cli.listing_commands import EXAMPLES
from mockserver.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

JAVASCRIPT = Path(__file__).parents[2] / "javascript"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no node is installed")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    cli.main(["example", *arguments], standalone_mode=False)
    return capsys.readouterr().out


def command(tmp_path: Path) -> str:
    """A program that starts this checkout's mock, as an installed one would."""
    program = tmp_path / "sdapi-mock"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m mockserver "$@"\n')
    program.chmod(0o755)
    return str(program)


@contextmanager
def running(options: list[str]) -> Iterator[str]:
    """The mock as a process; its address on this machine."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "mockserver", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split()[0] for line in printed(capsys).splitlines()] == list(EXAMPLES)


@needs_node
def test_a_client_in_javascript_is_tested_with_the_printed_setup(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "vitest.setup.mjs").write_text(printed(capsys, "vitest"))
    shutil.copy(JAVASCRIPT / "mock.test.mjs", tmp_path)
    done = subprocess.run(  # noqa: S603 - our own test
        [str(NODE), "--test", "mock.test.mjs"],
        cwd=tmp_path,
        env={**os.environ, "SDAPI_MOCK": command(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout
    assert "# pass 9" in done.stdout


@needs_node
def test_the_setup_of_jest_starts_the_mock(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "jest.setup.cjs").write_text(printed(capsys, "jest"))
    script = (
        'require("./jest.setup.cjs")().then(async () => {'
        ' const answer = await fetch(process.env.SD_WEBUI_URL + "/internal/ping");'
        " console.log(answer.status); globalThis.__SDAPI_MOCK__.kill(); });"
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [str(NODE), "-e", script],
        cwd=tmp_path,
        env={**os.environ, "SDAPI_MOCK": command(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.stdout, done.returncode) == ("200\n", 0)


@needs_node
def test_the_config_of_playwright_is_a_module(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "playwright.config.mjs"
    file.write_text(printed(capsys, "playwright"))
    subprocess.run([str(NODE), "--check", str(file)], check=True, timeout=60)  # noqa: S603 - ours

    started = re.search(r'command: "sdapi-mock (.*)"', file.read_text())
    assert started is not None
    options = started[1].replace("'", "").replace("7860", "0").split()
    with running(options) as url:
        answer = requests.get(f"{url}/sdapi/v1/samplers", headers={"Origin": "http://x"}, timeout=5)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_service_of_compose_starts_the_mock(capsys: pytest.CaptureFixture[str]) -> None:
    service = yaml.safe_load(printed(capsys, "compose"))["services"]["webui"]
    started = re.search(r"exec sdapi-mock (.*)\"", service["command"])
    assert started is not None
    with running(started[1].replace("7860", "0").split()) as url:
        probe = service["healthcheck"]["test"][3].replace("http://127.0.0.1:7860", url)
        subprocess.run([sys.executable, "-c", probe], check=True, timeout=30)  # noqa: S603 - ours


def test_the_workflow_starts_the_mock_and_judges(capsys: pytest.CaptureFixture[str]) -> None:
    steps = yaml.safe_load(printed(capsys, "github-service"))["jobs"]["test"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]

    assert "sdapi-mock --port 7860 --quiet" in scripts[0]
    assert scripts[-1].startswith("sdapi-mock report http://127.0.0.1:7860")


def test_the_test_of_go_starts_the_mock_as_it_is_started(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys, "go")
    options = re.search(r'exec\.Command\("sdapi-mock", (.*)\)', text)
    assert options is not None
    with running(re.findall(r'"([^"]+)"', options[1])) as url:
        fault = re.search(r"`(\{.*\})`", text)
        assert fault is not None
        headers = {"Content-Type": "application/json"}
        added = requests.post(f"{url}/_mock/faults", data=fault[1], headers=headers, timeout=5)
        assert added.status_code == 201
        assert requests.post(f"{url}/sdapi/v1/txt2img", json={}, timeout=5).status_code == 500
