"""``sdapi-mock replay``."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mockserver import ThreadedServer, create_app
from mockserver.cli.main import cli
from mockserver.core.errors import Unreachable

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

ANSWER = {"status": 200, "headers": {}, "has_process_time": True, "json": {}}
PING = {"method": "GET", "path": "/internal/ping", "response": ANSWER}
OTHER = {**PING, "response": {**ANSWER, "json": {"a": 1}}}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["replay", *arguments])


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two cases, of which the mock answers one otherwise."""
    path = tmp_path / "mine.jsonl"
    cases = [("a/1", PING), ("b/1", OTHER)]
    lines = [json.dumps({"id": i, "group": i[0], "steps": [step]}) for i, step in cases]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_table_says_each_group_and_all(recording: Path) -> None:
    done = run(str(recording))

    rows = [line.split() for line in done.output.splitlines()]
    assert ["a", "1", "100.0%", "100.0%", "100.0%"] in rows
    assert ["b", "1", "100.0%", "0.0%", "0.0%"] in rows
    assert ["all", "2", "100.0%", "50.0%", "50.0%"] in rows
    assert done.exit_code == 1


def test_the_first_difference_of_each_case_is_printed_on_request(recording: Path) -> None:
    assert "b/1, step 0" not in run(str(recording)).output
    assert "b/1, step 0: /: recorded keys" in run(str(recording), "--first-difference").output


def test_exemptions_of_several_files_hold_together(recording: Path, tmp_path: Path) -> None:
    files = [tmp_path / "none.toml", tmp_path / "e.toml"]
    files[0].write_text('[[exemption]]\nrecording = "other"\ncase = "x"\nreason = "why"\n')
    files[1].write_text('[[exemption]]\nrecording = "mine"\ncase = "b/1"\nreason = "why"\n')

    done = run(str(recording), *(part for file in files for part in ("--exemptions", str(file))))

    assert done.exit_code == 0


def test_a_packaged_recording_is_replayed_under_the_profile_of_its_server() -> None:
    done = run("a1111-1.10.1-auth", "--profile", "a1111-1.6.0")
    assert done.exit_code == 1

    done = run("a1111-1.10.1-auth")
    assert done.exit_code == 0
    assert done.output.splitlines()[-2].split() == [
        "a1111-1.10.1-auth",
        "69",
        "100.0%",
        "100.0%",
        "100.0%",
    ]


def test_an_exempt_difference_is_no_failure(recording: Path, tmp_path: Path) -> None:
    exemptions = tmp_path / "e.toml"
    exemptions.write_text('[[exemption]]\nrecording = "mine"\ncase = "b/1"\nreason = "why"\n')

    done = run(str(recording), "--exemptions", str(exemptions), "--first-difference")

    assert done.exit_code == 0
    assert "(exempt: why)" in done.output


def test_a_running_server_can_be_measured(recording: Path) -> None:
    server = ThreadedServer(create_app())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    done = run(str(recording), "--url", server.url)
    server.end()
    thread.join(5)

    assert done.output.splitlines()[-1].split() == ["all", "2", "100.0%", "50.0%", "50.0%"]


def test_without_a_server_nothing_is_compared(recording: Path) -> None:
    done = run(str(recording), "--url", "http://127.0.0.1:9", "--first-difference")

    assert isinstance(done.exception, Unreachable)
    assert done.output == ""


def test_a_packaged_recording_is_named_without_its_folder() -> None:
    done = run("a1111-1.10.1-auth")

    assert done.exit_code == 0
    assert done.output.startswith("a1111-1.10.1-auth\n")
