"""``--plan``, ``--no-generate``, ``--budget`` and ``--certify``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doubles import URL, Ask, Reply, mock, served

from conformance.checks import all_checks
from conformance.cli import execute
from conformance.cli.job import NEWEST
from conformance.cli.session import RunOptions, planned
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.plan import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

_FAST = ["--patience", "0", "--examples", "0"]


@pytest.fixture
def asked() -> Iterator[list[Ask]]:
    """What a sound server was asked."""
    seen: list[Ask] = []

    def watched(ask: Ask) -> Reply:
        seen.append(ask)
        return server(ask)

    server = mock()
    with served(watched):
        yield seen


def test_the_plan_says_the_cost_of_each_mode_and_asks_for_nothing(
    asked: list[Ask], capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute([URL, "--plan", "--mode", "restore"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("a1111 1.10, mode restore: ")
    lines = [line.split() for line in out.splitlines()]
    costs = {line[0]: float(line[2]) for line in lines if line and line[0] in set(Mode)}
    assert list(costs) == ["smoke", "safe", "restore", "full"]
    assert costs["smoke"] < costs["safe"] < costs["restore"] < costs["full"] < 1
    assert {ask.method for ask in asked} == {"GET"}


def test_a_plan_names_what_is_looked_at_beyond_the_requirements(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = "Looked at too, without a picture: "
    assert execute([URL, "--plan", "--profile", "sdnext", "--mode", "full"]) == 0
    assert f"{line}security and limits." in capsys.readouterr().out
    assert execute([URL, "--plan", "--profile", "sdnext", "--no-security"]) == 0
    assert line not in capsys.readouterr().out


def test_a_plan_for_a_kind_of_server_needs_no_server(
    asked: list[Ask], capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute([URL, "--plan", "--profile", "sdnext"]) == 0
    assert execute(["--plan"]) == 0
    assert asked == []
    assert "sdnext, mode safe: " in capsys.readouterr().out


def test_a_plan_in_detail_names_every_check_and_what_is_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    execute(["--plan", "--mode", "safe", "-v"])
    lines = capsys.readouterr().out.splitlines()
    assert "  OPT-004        its effect is 'writes settings'; --mode restore allows that" in lines
    assert "  TXT2IMG-001    generates       0.0008" in lines


def test_properties_are_planned_and_counted_too() -> None:
    few, many = (planned(NEWEST, RunOptions(mode=Mode.SAFE, examples=n)) for n in (1, 100))
    assert "PROPERTY-PAYLOAD" in {r.id for r in few.requirements}
    assert many.cost > few.cost


def test_the_default_mode_costs_less_than_a_picture() -> None:
    assert planned(NEWEST, RunOptions(mode=Mode.SAFE)).cost < 1


def test_a_readiness_probe_asks_for_one_small_picture(asked: list[Ask]) -> None:
    assert execute([URL, *_FAST, "--mode", "smoke"]) == 0
    (picture,) = [ask.json for ask in asked if ask.method == "POST"]
    assert (picture["width"], picture["height"], picture["steps"]) == (64, 64, 1)


@pytest.mark.parametrize("mode", ["smoke", "safe"])
def test_without_generation_no_picture_is_made(
    mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = []

    def watched(ask: Ask) -> Reply:
        given = server(ask)
        made.extend([ask.json] if ask.route.endswith("2img") and given.status == 200 else [])
        return given

    server = mock()
    with served(watched):
        assert execute([URL, *_FAST, "--mode", mode, "--no-generate", "-v"]) == 0
    assert made == []
    assert "it asks for a picture, and --no-generate forbids that" in capsys.readouterr().out


def test_what_the_budget_left_out_is_listed_as_not_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(mock()):
        code = execute([URL, *_FAST, "--budget", "0.002", "--only", "TXT2IMG", "-v"])
    out = capsys.readouterr().out
    assert code == 0
    assert "of the budget of 0.002 are planned before it" in out
    assert float(out.rpartition(" pictures\n")[0].rpartition(" ")[2]) <= 0.002


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["--mode", "safe"], "add --mode full", id="a milder mode"),
        pytest.param([], "add --mode full", id="no mode"),
        pytest.param(["--mode", "full", "--only", "OPT"], "without --only", id="some alone"),
        pytest.param(["--mode", "full", "--skip", "OPT"], "without --skip", id="some not"),
        pytest.param(["--mode", "full", "--budget", "1"], "without --budget", id="a budget"),
        pytest.param(["--mode", "full", "--no-generate"], "--no-generate", id="no pictures"),
    ],
)
def test_a_certified_run_takes_no_option_that_leaves_something_out(
    args: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute([URL, "--certify", *args]) == 2
    error = capsys.readouterr().err
    assert (error.count("\n"), words in error) == (1, True)


def test_a_certified_run_that_could_not_look_at_something_says_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    list_001, list_002 = (load_catalogue()[name] for name in ("LIST-001", "LIST-002"))
    checks = {"LIST-001": all_checks()["LIST-001"]}
    monkeypatch.setattr(RunOptions, "wanted", lambda _: (list_001, list_002))
    monkeypatch.setattr(RunOptions, "checks", lambda _: checks)
    monkeypatch.setattr("conformance.deployment.limits.probing._PAUSE", 0.0)
    with served(mock()):
        args = [URL, *_FAST, "--mode", "full"]
        assert (execute(args), execute([*args, "--certify"])) == (0, 1)
    out = capsys.readouterr().out
    assert "not conformant (1 MUST not looked at, not certified, for LIST-002" in out


def test_what_a_run_may_cost_is_one_picture_where_nobody_says_otherwise() -> None:
    limits = {mode: RunOptions(mode=mode).most_pictures for mode in Mode}
    assert limits == {"smoke": 1.0, "safe": 1.0, "restore": 1.0, "full": None}
    assert RunOptions(mode=Mode.SAFE, budget=7.0).most_pictures == 7.0
