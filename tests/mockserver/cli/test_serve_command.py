"""``sdapi-mock`` as a process."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from mockserver.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = [sys.executable, "-m", "mockserver"]


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The mock on a free port: its process and address, once it answers."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        yield process, line.split()[-1]
    finally:
        process.terminate()
        process.communicate(timeout=10)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    return subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False
    )


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_here(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in this process: starting one takes a hundred times as long as a refusal."""

    def run_main(*arguments: str) -> subprocess.CompletedProcess[str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, errors = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, int(str(ended.value.code or 0)), out, errors)

    return run_main


SERVERS = pytest.mark.parametrize("server", ["threads", "granian"])


@SERVERS
@pytest.mark.parametrize(
    ("number", "code"),
    [pytest.param(signal.SIGINT, 130, id="ctrl-c"), pytest.param(signal.SIGTERM, 0, id="sigterm")],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
def test_signals_end_it_cleanly(server: str, number: signal.Signals, code: int) -> None:
    with started("--server", server) as (process, _):
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)

        assert (process.returncode, errors) == (code, "")


@SERVERS
def test_the_configuration_reaches_the_server(server: str, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    chosen = ("--server", server, "--auth", "u:p,u2:p2", "--state", str(state), "--nowebui")
    with started(*chosen) as (_, url):
        options = f"{url}/sdapi/v1/options"

        # The address is printed once requests are answered.
        assert requests.get(options, timeout=5).status_code == 401
        assert requests.get(f"{url}/internal/ping", timeout=5).status_code == 404
        requests.post(options, json={"jpeg_quality": 7}, auth=("u2", "p2"), timeout=5)

    assert json.loads(state.read_text(encoding="utf-8"))["jpeg_quality"] == 7


@SERVERS
@pytest.mark.parametrize("route", ["server-stop", "server-kill"])
def test_its_own_routes_end_it(server: str, route: str) -> None:
    with started("--server", server) as (process, url):
        try:
            answer = requests.post(f"{url}/sdapi/v1/{route}", timeout=5)
        except requests.ConnectionError:
            assert route == "server-kill"
        else:
            assert (route, answer.text) == ("server-stop", "Stopping.")

        assert process.wait(timeout=10) == 0


@SERVERS
def test_a_taken_port_is_one_line(server: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", str(port), "--server", server)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"sdapi-mock: port {port} on 127.0.0.1 is taken; "
        "name another with --port, or 0 for any free one\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["--port", "99999"], 2, "'--port'", id="port"),
        pytest.param(["--auth", "user"], 2, "that is not user:password", id="auth"),
        pytest.param(["--auth", "env:NOWHERE"], 2, "no NOWHERE; set it", id="no variable"),
        pytest.param(["--step-time", "nan"], 2, "'--step-time'", id="no number"),
        pytest.param(["--state", "nowhere/x.json"], 2, "there is no folder", id="no place"),
        pytest.param(["--auth", "a:b:c"], 2, "that is not user:password", id="colon"),
        pytest.param(["--profile", "x"], 2, "no profile 'x'; there are", id="profile"),
        pytest.param(["--nope"], 2, "No such option", id="option"),
        pytest.param(["nope"], 2, "no command and no folder 'nope'", id="command"),
        pytest.param(["--step-time", "-1"], 2, "'--step-time'", id="step time"),
        pytest.param(["--server", "x"], 2, "'--server'", id="server"),
        pytest.param(["--host", "no.such.host.invalid"], 1, "no such host", id="host"),
        pytest.param(["replay", "nope"], 2, "no such recording", id="recording"),
    ],
)
def test_bad_input_is_one_line(run_here: Run, arguments: list[str], code: int, words: str) -> None:
    done = run_here(*arguments)

    assert done.returncode == code
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_bad_input_ends_the_process_with_the_same_code_and_line(run_here: Run) -> None:
    here, process = run_here("--nope"), run("--nope")

    assert (process.returncode, process.stderr) == (here.returncode, here.stderr)


def test_an_unreadable_state_file_is_one_line(run_here: Run, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("{", encoding="utf-8")
    done = run_here("--port", "0", "--state", str(state))

    assert done.returncode == 2
    assert done.stderr.startswith(f"sdapi-mock: {state}: not JSON")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [[], ["serve"], ["replay"]], ids=str)
def test_help_shows_examples(run_here: Run, command: list[str]) -> None:
    done = run_here(*command, "-h")

    assert done.returncode == 0
    assert "Examples:\n" in done.stdout


def test_the_version_is_reported_installed_or_not() -> None:
    done = run("--version")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("sdapi-mock ")


def test_credentials_can_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "auth").write_text("user:word\n")
    with started("--auth", f"file:{tmp_path / 'auth'}") as (_, url):
        asked = f"{url}/sdapi/v1/samplers"
        assert requests.get(asked, timeout=5).status_code == 401
        assert requests.get(asked, auth=("user", "word"), timeout=5).status_code == 200


def test_a_group_without_a_command_shows_its_help(run_here: Run) -> None:
    done = run_here("profiles")
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: sdapi-mock profiles")


@pytest.mark.skipif(sys.platform != "linux", reason="a device of Linux")
def test_output_that_cannot_be_written_is_one_line() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(  # noqa: S603 - our own command
            [*COMMAND, "profiles", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "the output cannot be written" in done.stderr
