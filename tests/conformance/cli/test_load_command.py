"""``sdapi-check load``: its options, and one load from the command to the report."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from doubles import mock, served
from loads import plan, ramp, sample
from strangers import without

from conformance.cli import execute, load_session
from conformance.deployment.connection import Connection
from conformance.errors import SuiteError
from conformance.load.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from mockserver.testing import Webui

    Handle = Callable[[dict[str, Any]], None]

_URL = "http://127.0.0.1:7860"
_CONFIG = """
[targets.one]
url = "http://127.0.0.1:7860"
auth = "user:secret-of-one"

[targets.two]
url = "http://127.0.0.1:7861"
"""


def _planned(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert execute(["load", *args, "--plan"]) == 0
    return capsys.readouterr().out


def _refused(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert execute(["load", *args]) == 2
    return capsys.readouterr().err


def test_the_plan_shows_what_would_be_asked_for_and_asks_nobody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = _planned(capsys, _URL)
    assert "1, 2, 4, 8 users, 5 s between two pictures; up to 47 pictures in all" in out
    assert "48 pictures of 512x512 at 20 steps, never more; the ramp takes up to 47" in out


def test_the_options_make_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    mix = ("--mix", "512x512x20:3,768x768x30:1", "--budget", "100")
    out = _planned(capsys, _URL, "http://127.0.0.1:7861", *mix, "--rate", "2,4", "--p95", "30s")
    assert f"{_URL}, http://127.0.0.1:7861" in out
    assert "2, 4 arrivals a minute; about 12 pictures in all" in out
    assert "512x512x20:3,768x768x30:1" in out
    assert "not there in 30 s" in out


def test_a_password_is_not_in_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert "hunter22" not in _planned(capsys, "http://user:hunter22@127.0.0.1:7860")


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ((), "name a server: sdapi-check load http://127.0.0.1:7860"),
        ((_URL, "--mix", "512"), "width x height x steps"),
        ((_URL, "--users", "8,4"), "numbers that rise"),
        ((_URL, "--users", "1.5"), "whole numbers"),
        ((_URL, "--users", "1", "--rate", "2"), "give one"),
        ((_URL, "--p95", "soon"), "is no duration"),
        ((_URL, "--poll", "0"), "above 0"),
        ((_URL, "--interrupts", "5%", "--servers", "3"), "name each server by its address"),
        ((_URL, "--errors", "200%"), "is no share"),
        ((_URL, "--budget", "0"), "0"),
        ((_URL, "--mix", "1024x1024x80", "--budget", "8"), "1024x1024x80 counts as 16"),
        ((_URL, "--master", "0.0.0.0"), "say how many with --workers"),
        ((_URL, "--worker", "host:port"), "HOST or HOST:PORT"),
        ((_URL, "--report", "load.pdf"), ".json or .html or .xml or .md"),
        ((_URL, "--config", "sdapi.toml"), "not by both"),
        (("ftp://127.0.0.1",), "use http:// or https://"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    args: tuple[str, ...],
    why: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert why in _refused(capsys, *args)


def test_targets_of_a_file_are_loaded_with_their_credentials(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sdapi.toml").write_text(_CONFIG, encoding="utf-8")
    out = _planned(capsys)
    assert "http://127.0.0.1:7860, http://127.0.0.1:7861" in out
    assert "secret-of-one" not in out
    assert "7861" not in _planned(capsys, "--target", "one")
    assert "did you mean" in _refused(capsys, "--target", "onn")


def test_a_server_that_is_not_there_is_not_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["load", "http://127.0.0.1:9"]) == 3
    assert "cannot be reached" in capsys.readouterr().err


def test_a_load_is_made_and_reported(
    webui_server: Webui, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page, data = tmp_path / "load.html", tmp_path / "load.json"
    options = ["--mix", "64x64x4", "--users", "1,2", "--think", "10ms", "--poll", "20ms"]
    reports = ["--report", str(page), "--report", str(data)]
    assert execute(["load", webui_server.url, *options, *reports]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^stage 2 of 2: 2 users$", out, re.MULTILINE)
    assert "pictures a minute of 64x64x4:1" in out
    found = json.loads(data.read_text("utf-8"))
    plan = Plan.from_json(found["plan"])
    assert plan.habits.task_ids
    assert found["problems"] == {}
    assert found["budget"]["spent"] <= plan.budget
    webui_server.verify("txt2img", times=len(found["pictures"]))
    assert "pictures a minute" in page.read_text("utf-8")
    # Locust replaces sockets and threads; it does so in processes of its own.
    assert not {"gevent", "locust"} & set(sys.modules)


def test_the_exit_code_says_how_it_ended() -> None:
    found = ramp(plan())
    assert load_session.code_of(found, lost=False) == 0
    assert load_session.code_of(replace(found, breached=True), lost=False) == 1
    assert load_session.code_of(replace(found, capacity=None), lost=False) == 4
    assert load_session.code_of(replace(found, breached=True, capacity=None), lost=False) == 1
    assert load_session.code_of(found, lost=True) == 4
    assert load_session.code_of(replace(found, lost=True), lost=False) == 4


def test_pictures_of_a_server_that_knows_no_tasks_are_followed_otherwise(
    make_webui_server: Callable[..., Webui],
) -> None:
    old, new = make_webui_server(profile="a1111-1.6.0"), make_webui_server()
    assert not load_session.look_at([Connection(url=old.url)]).task_ids
    assert load_session.look_at([Connection(url=new.url)]).task_ids


def test_a_server_that_makes_no_pictures_is_not_loaded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(without(mock(), "txt2img")) as url:
        assert execute(["load", url]) == 3
    assert "makes no pictures: its openapi.json has no POST" in capsys.readouterr().err


def test_what_was_measured_before_a_process_was_lost_is_reported(
    webui_server: Webui, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(plan: Plan, _to: object, _where: object, handle: Handle, _: object) -> bool:
        handle({"event": "stage", "number": 0, "load": plan.stages[0], "at": 0.0})
        samples = [sample(2 * n, 2 * n + 2).to_json() for n in range(3)]
        handle({"event": "report", "spent": 3.0, "samples": samples, "tallies": {}})
        raise SuiteError("the process that makes the load ended: signal 9")

    monkeypatch.setattr(load_session, "run_load", lost)
    assert execute(["load", webui_server.url]) == 4
    out = capsys.readouterr().out
    assert "It ended because the process that makes the load ended: signal 9." in out
    assert "at least 30 pictures a minute" in out
