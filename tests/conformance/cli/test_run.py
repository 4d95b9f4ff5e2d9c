"""``sdapi-check URL``, in this process, over servers in this process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from doubles import URL, Ask, Reply, Server, broken, edited, instead, mock, reply, served, text

from conformance.cli import execute

_FAST = ["--patience", "0", "--examples", "0"]
Shown = Callable[[], tuple[str, str]]


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    """What was written to the output, and what to the error stream."""

    def read() -> tuple[str, str]:
        captured = capsys.readouterr()
        return captured.out, captured.err

    return read


def _check(server: Server, *args: str) -> int:
    with served(server):
        return execute([URL, *_FAST, *args])


def _one_line(error: str) -> str:
    assert error.startswith("sdapi-check: ")
    assert error.count("\n") == 1
    return error.removeprefix("sdapi-check: ").rstrip("\n")


def test_a_sound_server_ends_with_0_and_a_verdict(shown: Shown) -> None:
    assert _check(mock(), "--only", "LIST,HTTP") == 0
    assert "conformant" in shown()[0].splitlines()[-1]


def test_a_must_not_met_ends_with_1(shown: Shown) -> None:
    server = broken(mock(), edited(lambda _: []), route="samplers")
    assert _check(server, "--only", "LIST") == 1
    out = shown()[0]
    assert "LIST-018 (MUST): fail" in out
    assert f"  Replay:   sdapi-check {URL} --only LIST-018" in out


def test_a_should_not_met_ends_with_0_unless_asked_to_count() -> None:
    server = broken(mock(), edited(lambda s: s[1:]), route="schedulers")
    assert _check(server, "--only", "LIST-021") == 0
    assert _check(server, "--only", "LIST-021", "--fail-on", "should") == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["--only", "LISTS"], "did you mean LIST?", id="no such requirement"),
        pytest.param(["--skip", "NOPE-1"], "is no requirement", id="nothing to skip"),
        pytest.param(["--explain", "OPT-0001"], "did you mean OPT-001?", id="nothing to explain"),
        pytest.param(["--nope"], "No such option", id="an unknown option"),
        pytest.param(["--mode", "fast"], "'--mode': 'fast' is not one of", id="an unknown mode"),
        pytest.param(["--timeout", "0"], "'--timeout'", id="no time at all"),
        pytest.param(["--timeout", "inf"], "'--timeout'", id="time without end"),
        pytest.param(["--timeout", "1e10"], "1000000 at most", id="more time than sockets count"),
        pytest.param(["--budget", "nan"], "'--budget'", id="no number"),
        pytest.param(["--size", "65"], "no multiple of 64", id="a size that no server makes"),
        pytest.param(["--markdown"], "--list: add it", id="markdown of what"),
        pytest.param(["--token", "env:"], "write env:NAME", id="a variable without a name"),
        pytest.param(["--auth", "user"], "form user:password", id="no password"),
        pytest.param(["--header", "X"], "form 'Name: value'", id="no header"),
        pytest.param(["--profile", "comfyui"], "is no profile; there are a1111", id="no profile"),
        pytest.param(["--ca-file", "/nowhere.pem"], "does not exist", id="no certificate"),
        pytest.param(["another"], "unexpected extra argument", id="two addresses"),
    ],
)
def test_wrong_usage_is_one_line_and_ends_with_2(args: list[str], words: str, shown: Shown) -> None:
    assert _check(mock(), *args) == 2
    assert words in _one_line(shown()[1])


@pytest.mark.parametrize("url", ["ftp://host", "http://", "http://host/?token=x", "", " "])
def test_an_address_that_cannot_be_used_ends_with_2(url: str, shown: Shown) -> None:
    assert execute([url]) == 2
    _one_line(shown()[1])


@pytest.mark.parametrize(
    ("typed", "meant"), [("resore", "restore"), ("matirx", "matrix"), ("exmaple", "example")]
)
def test_a_misspelt_command_is_not_looked_up_as_a_server(
    typed: str, meant: str, shown: Shown
) -> None:
    assert execute([typed, "FILE"]) == 2
    assert f"did you mean {meant}?" in _one_line(shown()[1])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_output_that_cannot_be_written_is_one_line_and_ends_with_4() -> None:
    command = [sys.executable, "-m", "conformance", "--list"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own command
    assert done.returncode == 4
    assert "the output cannot be written" in _one_line(done.stderr)


def test_an_unreachable_server_ends_with_3(shown: Shown) -> None:
    def gone(_: Ask) -> Reply:
        raise requests.ConnectionError("refused")

    assert _check(gone) == 3
    assert _one_line(shown()[1]).startswith(f"{URL} cannot be reached")


@pytest.mark.parametrize(
    ("server", "words"),
    [
        pytest.param(lambda _: text("<title>Blog</title>"), "is no sdapi", id="a web page"),
        pytest.param(
            lambda _: reply({"detail": "Not Found"}, 404),
            "start the webui with --api",
            id="API off",
        ),
        pytest.param(
            mock(auth=(("user", "pass"),)), "give some with --auth", id="credentials missing"
        ),
    ],
)
def test_what_cannot_be_judged_ends_with_3(server: Server, words: str, shown: Shown) -> None:
    assert _check(server) == 3
    assert words in _one_line(shown()[1])


def test_wrong_credentials_end_with_3_and_are_not_repeated(shown: Shown) -> None:
    assert _check(mock(auth=(("user", "pass"),)), "--auth", "user:planted") == 3
    words = _one_line(shown()[1])
    assert "user or password is wrong" in words
    assert "planted" not in words


def test_credentials_in_the_address_are_used_and_not_repeated(shown: Shown) -> None:
    server = broken(mock(auth=(("user", "planted"),)), edited(lambda _: []), route="samplers")
    with served(server):
        address = URL.replace("//", "//user:planted@")
        assert execute([address, *_FAST, "--only", "LIST-018,AUTH-001"]) == 1
    out, err = shown()
    assert f"  Replay:   sdapi-check {URL} --only LIST-018" in out
    assert "planted" not in out + err


def test_credentials_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDAPI_AUTH", "user:pass")
    assert _check(mock(auth=(("user", "pass"),)), "--only", "AUTH") == 0


def test_a_server_that_works_for_others_ends_with_3(shown: Shown) -> None:
    state = {"job_count": 1, "sampling_step": 3, "sampling_steps": 20}
    answers = iter(range(10_000))

    def working(ask: Ask) -> Reply:
        if ask.route.endswith("progress"):
            return reply({"progress": 0.1, "eta_relative": float(next(answers)), "state": state})
        return mock()(ask)

    with served(working):
        assert execute([URL, "--patience", "0.001", "--only", "LIST-001"]) == 3
    assert "it was left alone" in _one_line(shown()[1])


def test_a_server_that_never_answers_options_cannot_be_written_to_and_is_no_traceback() -> None:
    server = broken(mock(), instead(reply({}, 500)), route="options")
    assert _check(server, "--mode", "restore", "--only", "OPT") == 1


def test_nothing_looked_at_ends_with_5() -> None:
    assert _check(mock(), "--only", "OPT-004") == 5


def test_the_profile_can_be_reported(shown: Shown) -> None:
    _check(mock(), "--profile", "kobold", "--only", "LIST-001")
    assert f"{URL}: kobold" in shown()[0]


def test_a_budget_of_nothing_samples_nothing() -> None:
    posts = []

    def counting(ask: Ask) -> Reply:
        posts.extend([ask.route] if ask.method == "POST" else [])
        return sound(ask)

    sound = mock()
    _check(counting, "--budget", "0", "--only", "LIST")
    assert posts == []


def test_properties_are_tried_and_named_in_a_failure(shown: Shown) -> None:
    def loses_letters(_: Ask, given: Reply) -> Reply:
        return given.with_json(
            given.json | {"info": given.json["info"].encode("ascii", "ignore").decode()}
        )

    server = broken(mock(), loses_letters, route="png-info", status=200)
    args = ["--only", "PROPERTY-PNGINFO", "--examples", "60", "--seed", "3"]
    with served(server):
        assert execute([URL, "--patience", "0", *args]) == 1
    out = shown()[0]
    assert "PROPERTY-PNGINFO (MUST): fail" in out
    assert f"  Replay:   sdapi-check {URL} --only PROPERTY-PNGINFO --seed 3" in out
    assert "  Expected: info to be " in out


def test_requirements_named_alone_are_looked_at_alone(shown: Shown) -> None:
    with served(mock()):
        execute([URL, "--patience", "0", "--only", "LIST-001", "-v"])
    assert "PROPERTY" not in shown()[0]


def test_an_interruption_ends_with_130_after_putting_back(shown: Shown) -> None:
    server = mock()
    before = server(Ask("GET", "/sdapi/v1/options")).json

    def interrupted(ask: Ask) -> Reply:
        if ask.method == "GET" and ask.route.endswith("options"):
            now = server(ask)
            if now.json != before and not seen:
                seen.append(1)
                raise KeyboardInterrupt
        return server(ask)

    seen: list[int] = []
    assert _check(interrupted, "--mode", "restore", "--only", "OPT-007") == 130
    assert seen
    assert server(Ask("GET", "/sdapi/v1/options")).json == before
    assert shown()[1] == "sdapi-check: interrupted\n"
