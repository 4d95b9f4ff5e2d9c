"""Without an address the embedded mock is started beside, judged and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from conformance.cli.embedded import embedded_mock
from conformance.errors import SuiteError

_ROOT = Path(__file__).parents[3]
_TIMEOUT = 60


def _command(*args: str) -> list[str]:
    return [sys.executable, "-m", "conformance", *args]


def _environment() -> dict[str, str]:
    paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def test_it_answers_at_the_address_it_names_and_is_gone_afterwards() -> None:
    with embedded_mock() as url:
        assert url.startswith("http://127.0.0.1:")
        assert requests.get(f"{url}/sdapi/v1/samplers", timeout=10).status_code == 200
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/sdapi/v1/samplers", timeout=10)


def test_one_that_does_not_start_is_reported_in_its_own_words() -> None:
    with pytest.raises(SuiteError, match=r"did not start: .*No such option"), embedded_mock("--no"):
        pass


def test_the_command_without_an_address_judges_it(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        _command("--only", "LIST-001,OPT-018,AUTH", "--auth", "user:pass"),
        cwd=tmp_path,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ", mode full, " in done.stdout.splitlines()[0]
    assert "as a1111" in done.stdout.splitlines()[-1]


def test_a_pipe_that_closes_early_is_no_traceback(tmp_path: Path) -> None:
    line = f"{sys.executable} -m conformance --list | head -1"
    done = subprocess.run(  # noqa: S603 - our own command
        ["/bin/sh", "-c", line],
        cwd=tmp_path,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    assert done.stdout.startswith("HTTP-001")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_sigterm_ends_the_mock_too(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own command
        _command("--only", "LIST", "-v"),
        cwd=tmp_path,
        env=_environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().partition(": ")[0]
        process.send_signal(signal.SIGTERM)
        # A run that has just ended has put the signals back, and dies of one.
        assert process.wait(_TIMEOUT) in {143, 0, -signal.SIGTERM}
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/sdapi/v1/samplers", timeout=10)
