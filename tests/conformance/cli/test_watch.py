"""``sdapi-check watch``, in this process, over servers in this process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from doubles import URL, Ask, Reply, Server, broken, edited, instead, mock, reply, served

from conformance.cli import execute, looker
from conformance.cli.looker import JobLooker
from conformance.cli.program import PROGRAM
from conformance.cli.run_command import jobs_from
from conformance.cli.watch_command import ended_by_signal
from conformance.watch.store import Store
from conformance.watch.target_state import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.watch.store import Alert

_STATE = Path("watch.sqlite")
_HOOK = f"{URL}/hook/planted-token"
_ALL = timedelta(days=1)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and no pause between two looks at the progress."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(looker, "_GAP", 0.0)


def _watch(server: Server, *args: str, where: tuple[str, ...] = (URL,)) -> int:
    fast = ["--once", "--confirm", "0", "--patience", "0", "--state", str(_STATE)]
    with served(server):
        return execute(["watch", *where, *fast, *args])


def _alerts(target: str = URL) -> list[Alert]:
    with closing(Store(_STATE, _ALL)) as store:
        return store.alerts(target, 100)


def _kinds(target: str = URL) -> list[str]:
    return [str(change.kind) for alert in _alerts(target) for change in alert.changes]


def _gone(_: Ask) -> Reply:
    raise requests.ConnectionError("refused")


def _counted(server: Server) -> tuple[Server, list[str]]:
    asked: list[str] = []

    def answer(ask: Ask) -> Reply:
        asked.append(f"{ask.method} {ask.route}")
        return server(ask)

    return answer, asked


_NO_MODELS = broken(mock(), edited(lambda _: []), route="sd-models", method="GET")


@pytest.mark.parametrize(
    ("server", "code"),
    [(mock(), 0), (_NO_MODELS, 1), (_gone, 3)],
    ids=["conformant", "not conformant", "down"],
)
def test_a_look_for_cron_ends_as_a_run_does(server: Server, code: int) -> None:
    assert _watch(server) == code


def test_a_look_is_a_smoke_run_unless_asked_otherwise() -> None:
    server, asked = _counted(mock())
    _watch(server)
    assert asked.count("POST /sdapi/v1/txt2img") == 1
    server, asked = _counted(mock())
    _watch(server, "--no-generate")
    assert not [each for each in asked if each.startswith("POST")]


def test_changes_are_reported_once_over_restarts(capsys: pytest.CaptureFixture[str]) -> None:
    for server in (mock(), _gone, _gone, _NO_MODELS, _NO_MODELS, mock()):
        _watch(server)
    kinds = [{str(change.kind) for change in alert.changes} for alert in reversed(_alerts())]
    assert kinds == [
        {"down"},
        {"up", "not conformant", "newly unmet", "drift"},
        {"conformant", "met again", "drift"},
    ]
    assert capsys.readouterr().out.count(f"{URL} down:") == 1


def test_an_upgrade_is_drift_against_the_last_good_state() -> None:
    _watch(mock(profile="a1111-1.9.0"))
    _watch(mock())
    words = [change.text for alert in _alerts() for change in alert.changes]
    assert "version a1111 1.9.0 -> a1111 1.10.1" in words
    assert "program v1.9.0 -> v1.10.1" in words
    assert "endpoints +1 (GET /sdapi/v1/schedulers)" in words
    _watch(mock(profile="a1111-1.9.0"), "--ignore", "version,program,options,endpoints,fields")
    assert {change.facet for change in _alerts()[0].changes} <= {"samplers", "schedulers"}


def test_a_busy_server_is_asked_for_its_progress_and_for_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    eta = iter(range(100, 0, -1))

    def works(ask: Ask) -> Reply:
        given = mocked(ask)
        state = given.json["state"] | {"job_count": 1, "sampling_step": 3}
        return given.with_json(given.json | {"state": state, "eta_relative": next(eta)})

    mocked = mock()
    server, asked = _counted(works)
    assert _watch(server, "--patience", "0.001", "-v") == 3
    assert set(asked) == {"GET /sdapi/v1/progress"}
    assert _kinds() == []
    assert "busy (the server works for somebody else" in capsys.readouterr().out


def test_no_secret_is_in_state_page_output_or_webhook(capsys: pytest.CaptureFixture[str]) -> None:
    bodies: list[str] = []
    states: list[Server] = []
    guarded = mock(auth=(("user", "planted-password"),))
    leaky = broken(
        guarded,
        edited(lambda models: [{**m, "model_name": "planted-password"} for m in models]),
        route="sd-models",
        status=200,
    )

    def server(ask: Ask) -> Reply:
        if ask.route.startswith("/hook"):
            bodies.append((ask.body or b"").decode())
            return reply({})
        return states[-1](ask)

    private = ("--auth", "user:planted-password", "--webhook", _HOOK, "--page", "page.html")
    for current in (guarded, leaky, _gone):
        states.append(current)
        _watch(server, *private)
    assert [json.loads(body)["status"] for body in bodies][-1] == "down"
    files = [_STATE, Path("page.html")]
    texts = [*bodies, *(path.read_bytes().decode("utf-8", "replace") for path in files)]
    texts += list(capsys.readouterr())
    assert not [text for text in texts if "planted" in text]


def test_an_alert_that_the_webhook_refuses_is_given_up_and_said_without_the_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def server(ask: Ask) -> Reply:
        return reply({}, 404) if ask.route.startswith("/hook") else _gone(ask)

    assert _watch(server, "--webhook", _HOOK) == 3
    out = capsys.readouterr().out
    assert "webhook: http://judged.test/*** took no alert (status 404); it is given up" in out
    assert [alert.delivery for alert in _alerts()] == ["given up"]


# The configuration file


def test_without_a_url_all_targets_of_the_file_are_watched() -> None:
    Path("sdapi.toml").write_text(
        f'mode = "safe"\nonly = ["LIST-018", "EXPECT"]\n[targets.one]\nurl = "{URL}"\n'
        f'[targets.two]\nurl = "{URL}"\n[targets.two.expect]\nsamplers = "none such"\n',
        encoding="utf-8",
    )
    assert _watch(mock(), where=()) == 1
    assert (_kinds("one"), _kinds("two")) == ([], ["not conformant"])
    with closing(Store(_STATE, _ALL)) as store:
        document = store.state("one").document
    assert document is not None
    assert document.mode == "safe"
    assert _watch(mock(), "--target", "one", where=()) == 0


def test_a_waiver_holds_until_its_day_even_if_the_watch_is_older() -> None:
    Path("sdapi.toml").write_text(
        f'mode = "safe"\nonly = ["LIST-018"]\n[targets.one]\nurl = "{URL}"\n'
        '[[waivers]]\nid = "LIST-018"\nreason = "known"\nexpires = 2026-11-30\n',
        encoding="utf-8",
    )
    days = iter([datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)])
    (job,) = jobs_from(["--config", "sdapi.toml", "--patience", "0"])
    made = JobLooker(job, lambda: next(days))
    no_samplers = broken(mock(), edited(lambda _: []), route="samplers")
    with served(no_samplers):
        outcomes = [made.look().outcome, made.look().outcome]
    assert outcomes == [Outcome.CONFORMANT, Outcome.NOT_CONFORMANT]


def test_a_look_that_was_cancelled_reaches_no_server() -> None:
    server, asked = _counted(mock())
    (job,) = jobs_from([URL, "--patience", "0"])
    made = JobLooker(job)
    made.cancel()
    with served(server):
        assert made.look().outcome is Outcome.FAILED
    assert asked == []


# Usage


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "no server is named"),
        ([URL, "--every", "5x"], "write 30s, 5m, 1h or 30d"),
        ([URL, "--every", "0"], "1s to 30d are possible"),
        ([URL, "--ignore", "modles"], "did you mean 'models'?"),
        ([URL, "--webhook", "planted"], "https://host/path"),
        ([URL, "--metrics", "here"], "HOST:PORT"),
        ([URL, "--page", "status.txt"], "has to end in .html"),
        ([URL, "--only", "LISTS"], "did you mean LIST?"),
        ([URL, f"{URL}/other", "--auth", "user:planted"], "is for one server, and there are 2"),
        ([URL, f"{URL}/other", "--config", "sdapi.toml"], "give one URL with it, or none"),
        ([URL, f"{URL}/sdapi/v1"], "is named twice"),
        (["ftp://host"], "use http:// or https://"),
    ],
)
def test_wrong_usage_is_one_line_and_ends_with_2(
    args: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["watch", "--state", str(_STATE), *args]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.startswith(f"{PROGRAM}: ")
    assert error.count("\n") == 1
    assert "planted" not in error


def test_a_state_that_another_watch_uses_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Store(_STATE, _ALL)):
        assert _watch(mock()) == 3
    assert "another watch keeps its state in watch.sqlite" in capsys.readouterr().err


def test_a_state_that_is_none_ends_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    _STATE.write_text("a text that somebody wrote", "utf-8")
    assert _watch(mock()) == 4
    assert _STATE.name in capsys.readouterr().err


def test_the_state_of_the_same_servers_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for _ in range(2):
        with served(mock()):
            assert execute(["watch", URL, "--once", "--patience", "0"]) == 0
    (found,) = (tmp_path / "state" / "sdapi-check").glob("*.sqlite")
    assert found.name == "watch-judged.test-7860.sqlite"


def test_a_gateway_that_answers_for_a_dead_server_is_down() -> None:
    dead = broken(mock(), instead(Reply(502, {"content-type": "text/html"}, b"<h1>502</h1>")))
    assert _watch(dead, "--retry-limit", "0") == 3
    assert _kinds() == ["down"]


# The end


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_and_afterwards_all_is_as_before(number: signal.Signals) -> None:
    stopped: list[Callable[[], None] | str] = []
    before = signal.getsignal(number)
    with ended_by_signal(lambda: stopped.append("stop")) as came:
        os.kill(os.getpid(), number)
    assert (stopped, came) == (["stop"], [number])
    assert signal.getsignal(number) is before


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_watch_that_runs_for_weeks_ends_with_0() -> None:
    command = [sys.executable, "-m", "conformance", "watch", "http://127.0.0.1:1"]
    command += ["--state", str(_STATE), "--confirm", "0", "--metrics", "127.0.0.1:0"]
    env = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:  # noqa: S603 - our own command
        assert process.stdout is not None
        lines = iter(process.stdout)
        page = next(lines).split()[4]
        while "down:" not in next(lines):
            pass
        assert "sdapi_up{" in requests.get(f"{page}metrics", timeout=10).text
        assert "cannot be reached" in requests.get(page, timeout=10).text
        process.terminate()
        assert process.wait(20) == 0
        assert next(lines) == "ended\n"
    assert _kinds("http://127.0.0.1:1") == ["down"]
