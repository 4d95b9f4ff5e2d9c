"""``pytest --sdapi-url URL``: pytest inside pytest, in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance import plugin
from conformance.cli.run_command import run_command
from conformance.deployment.undo_journal.journal import new_journal, state_folder
from conformance.properties.property import PROPERTIES
from conformance.requirements.catalogue import load_catalogue
from mockserver.backends.registry import create_app
from mockserver.http.threaded_server import ThreadedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]

_ROOT = Path(__file__).parents[3]
_SUITE = _ROOT / "conformance" / "pytest_suite" / "test_requirements.py"
_TIMEOUT = 120


def _plugins() -> list[str]:
    """What an installed package brings by itself."""
    installed = {entry.name for entry in entry_points(group="pytest11")}
    if "sdapi_conformance" in installed:
        return []
    return ["-p", "conformance.plugin", "-p", "mockserver.plugin"]


@contextmanager
def _served(app: Any) -> Iterator[str]:
    """An app on a real port."""
    server = ThreadedServer(app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.url
    server.end()
    thread.join(10)


@pytest.fixture
def url() -> Iterator[str]:
    """A mock on a real port."""
    with _served(create_app()) as address:
        yield address


@dataclass(frozen=True)
class _Done:
    """How a run of pytest ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many tests passed, failed and so on."""
        return {
            word: int(number) for number, word in re.findall(r"(\d+) (\w+)", self.stdout[-200:])
        }


# schemathesis takes a second to load, and is no part of what a user has installed.
_OTHERS = ["-p", "no:cacheprovider", "-p", "no:schemathesis"]


def _pytest_of_its_own(folder: Path, *args: str) -> _Done:
    """A run in a process of its own."""
    paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", *_plugins(), *_OTHERS, *args],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    return _Done(done.returncode, done.stdout, done.stderr)


_Pytest = Callable[..., _Done]


@pytest.fixture
def run_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> _Pytest:
    """Runs pytest in this process, in the folder of the test: a process takes seconds to start."""
    # The plugin would set it for good where nothing is set.
    monkeypatch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", str(pytester.path / "tables"))

    def run(*args: str) -> _Done:
        result = pytester.runpytest_inprocess(*_plugins(), *_OTHERS, *args)
        return _Done(int(result.ret), result.stdout.str(), result.stderr.str())

    return run


def test_with_an_address_and_no_path_the_installed_suite_runs_anywhere(
    tmp_path: Path, url: str
) -> None:
    (tmp_path / "test_own.py").write_text("def test_own(): assert False\n")
    (tmp_path / "conftest.py").write_text("import hypothesis\n")
    choice = ("-k", "LIST or OPT or PROPERTY-PNGINFO", "--sdapi-examples", "2")
    done = _pytest_of_its_own(tmp_path, "-q", "--sdapi-url", url, *choice)
    assert not (tmp_path / ".hypothesis").exists()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.counts["passed"] >= 25
    assert "test_own" not in done.stdout


def test_tests_are_named_by_the_ids_of_requirements(run_pytest: _Pytest, url: str) -> None:
    done = run_pytest("--sdapi-url", url, "--collect-only", "-q")
    assert "test_requirement[LIST-001]" in done.stdout
    assert "test_property[PROPERTY-PNGINFO]" in done.stdout
    assert done.counts["tests"] == len(load_catalogue()) + len(PROPERTIES)


def test_with_a_path_only_that_is_collected(
    run_pytest: _Pytest, pytester: pytest.Pytester, url: str
) -> None:
    (pytester.path / "test_own.py").write_text("def test_own(): pass\n")
    done = run_pytest("-q", "--sdapi-url", url, "test_own.py")
    assert done.counts["passed"] == 1


def test_a_failure_reads_as_in_the_command(run_pytest: _Pytest, url: str) -> None:
    args = ["--sdapi-profile", "sdnext", "-k", "OPT-006"]
    done = run_pytest("--sdapi-url", url, "--sdapi-mode", "restore", *args)
    assert "1 xfailed" in done.stdout
    done = run_pytest(
        "--sdapi-url", url, "--sdapi-mode", "restore", "--sdapi-fail-on", "should", *args
    )
    assert done.returncode == 1
    for words in ("OPT-006 (SHOULD): warn", "  Expected: ", "  Curl:     curl -sS "):
        assert words in done.stdout
    assert "Traceback" not in done.stdout


def test_one_cause_is_shown_in_full_once(run_pytest: _Pytest) -> None:
    app = create_app()
    app.faults.add("images-empty")
    with _served(app) as url:
        done = run_pytest("-q", "--sdapi-url", url, "-k", "TXT2IMG-003 or TXT2IMG-005")
    assert done.counts["failed"] == 2
    # Where CI is set pytest repeats whole failures in its summary.
    failures, _, _ = done.stdout.partition("short test summary info")
    assert failures.count("Curl:") == 1
    assert "Follows:  the same cause as TXT2IMG-003" in failures


def test_the_output_is_the_one_of_pytest(run_pytest: _Pytest, url: str) -> None:
    done = run_pytest("--sdapi-url", url, "--sdapi-report", "-", "-k", "LIST-001")
    assert done.returncode == 2
    assert "name a file" in done.stdout + done.stderr


def test_what_is_not_promised_or_not_allowed_is_skipped_with_its_reason(
    run_pytest: _Pytest, url: str
) -> None:
    done = run_pytest("-rs", "--sdapi-url", url, "-k", "OPT-004 or OPT-006 or LIST-001")
    assert "its effect is 'writes settings'; --mode restore allows that" in done.stdout
    assert "not-applicable: it applies to sdnext" in done.stdout


def test_a_run_that_looked_at_nothing_is_red(run_pytest: _Pytest, url: str) -> None:
    assert run_pytest("-q", "--sdapi-url", url, "-k", "OPT-004").returncode == 5


def test_a_server_that_is_not_there_is_one_line_and_3(run_pytest: _Pytest) -> None:
    done = run_pytest("-q", "--sdapi-url", "http://127.0.0.1:9", "-k", "LIST-001")
    assert done.returncode == 3
    assert "sdapi: http://127.0.0.1:9 cannot be reached" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_several_processes_for_one_server_are_refused(run_pytest: _Pytest, url: str) -> None:
    pytest.importorskip("xdist")
    done = run_pytest("-q", "--sdapi-url", url, "-n", "2")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "judges one server in one process" in done.stderr


def test_as_many_processes_as_there_are_cores_are_one_for_one_server(
    run_pytest: _Pytest, url: str
) -> None:
    done = run_pytest("-q", "--sdapi-url", url, "-n", "auto", "-k", "LIST-001")
    assert done.returncode == 0
    assert done.counts["passed"] == 1


def test_without_an_address_each_test_has_a_mock_of_its_own(run_pytest: _Pytest) -> None:
    done = run_pytest("-q", str(_SUITE), "-k", "LIST-00 or OPT-007 or OPT-018")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.counts["passed"] == 11


def test_pytest_has_every_option_of_the_command_that_concerns_a_run() -> None:
    about_output = {"only", "skip", "plan", "jobs", "list", "markdown", "explain", "verbose"}
    ours = {
        option.removeprefix("--")
        for param in run_command.params
        for option in (*param.opts, *param.secondary_opts)
        if option.startswith("--")
    }
    known = {name for name, *_ in (*plugin.VALUES, *plugin.REPEATED, *plugin.FLAGS)}
    assert ours - about_output - {"version", "generate"} == known


def test_a_target_of_a_file_is_judged_with_its_settings_and_waivers(
    run_pytest: _Pytest, pytester: pytest.Pytester, url: str
) -> None:
    (pytester.path / "sdapi.toml").write_text(
        f"""\
        [targets.mine]
        url = "{url}"
        profile = "sdnext"
        mode = "restore"
        [[waivers]]
        id = "OPT-006"
        reason = "known"
        [targets.other]
        url = "http://127.0.0.1:9"
        """,
    )
    chosen = ["--sdapi-config", "sdapi.toml", "--sdapi-target", "mine"]
    done = run_pytest("-rx", *chosen, "--sdapi-fail-on", "should", "-k", "OPT-006")
    assert (done.returncode, done.counts["xfailed"]) == (0, 1)
    done = run_pytest("--sdapi-config", "sdapi.toml", "-k", "OPT-006")
    assert done.returncode == 2
    assert "name it with --sdapi-target (mine, other)" in done.stdout


def test_the_budget_of_the_command_bounds_the_tests_too(run_pytest: _Pytest, url: str) -> None:
    done = run_pytest("-rs", "--sdapi-url", url, "--sdapi-budget", "0", "-k", "TXT2IMG-001")
    assert "of the budget of 0 are planned before it" in done.stdout
    assert done.returncode == 5


def test_a_certified_run_is_red_where_anything_is_left_out(run_pytest: _Pytest, url: str) -> None:
    certified = ["--sdapi-url", url, "--sdapi-certify"]
    done = run_pytest(*certified, "-k", "LIST-001")
    assert done.returncode == 2
    assert "--sdapi-certify leaves nothing out: add --sdapi-mode full" in done.stdout
    done = run_pytest(*certified, "--sdapi-mode", "full", "-k", "AUTH-006")
    assert done.returncode == 5


def test_the_end_shows_what_was_found_out_beyond_the_requirements(
    run_pytest: _Pytest, url: str
) -> None:
    done = run_pytest("-q", "--sdapi-url", url, "-k", "LIST-001", "--sdapi-fail-on-security", "low")
    assert "Security: " in done.stdout
    assert "MEDIUM SEC-HOST: it answers requests for any host name." in done.stdout
    assert done.returncode == 1


def test_reports_are_written(run_pytest: _Pytest, pytester: pytest.Pytester, url: str) -> None:
    done = run_pytest("--sdapi-url", url, "--sdapi-report", "run.json", "-k", "LIST-001")
    assert done.returncode == 0
    result = json.loads((pytester.path / "run.json").read_text("utf-8"))
    assert [each["id"] for each in result["results"]] == ["LIST-001"]


def test_a_journal_that_an_earlier_run_left_stops_a_run_that_writes(
    url: str, run_pytest: _Pytest
) -> None:
    journal = new_journal(url)
    journal.opened({"send_seed": True})
    journal.left()
    done = run_pytest("--sdapi-url", url, "--sdapi-mode", "restore", "-k", "OPT-007")
    assert done.returncode == 4
    assert f"sdapi-check restore {journal.path}" in done.stdout


def test_a_run_that_writes_leaves_no_journal(url: str, run_pytest: _Pytest) -> None:
    done = run_pytest("--sdapi-url", url, "--sdapi-mode", "restore", "-k", "OPT-007")
    assert done.returncode == 0
    assert list(state_folder().iterdir()) == []


def test_a_run_that_asks_for_nothing_of_ours_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_own():\n    assert True\n")
    (tmp_path / "conftest.py").write_text(
        "import pathlib, sys\n"
        "def pytest_unconfigure():\n"
        "    loaded = sorted({name.partition('.')[0] for name in sys.modules})\n"
        "    pathlib.Path('loaded').write_text(' '.join(loaded))\n"
    )
    names = ("conformance.plugin", "mockserver.plugin", "hypothesispytest")
    command = [sys.executable, "-m", "pytest", "-q", *(part for n in names for part in ("-p", n))]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    subprocess.run(  # noqa: S603 - pytest itself
        command, cwd=tmp_path, env=alone, check=True, timeout=_TIMEOUT, capture_output=True
    )

    loaded = set((tmp_path / "loaded").read_text().split())
    assert "_hypothesis_pytestplugin" in loaded
    assert not loaded & {"hypothesis", "flask", "werkzeug", "requests", "PIL", "jinja2"}
