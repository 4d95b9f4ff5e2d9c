"""Several servers at the same time: nothing mixed up, nothing stopped by another."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import StringIO
from itertools import pairwise
from threading import Barrier, Event, Lock, current_thread, main_thread
from typing import TYPE_CHECKING, TextIO, cast

import pytest
from listening import listening

from conformance.cli import execute
from conformance.cli.side_by_side import SideBySide, judge_all
from conformance.deployment.connection import Connection
from conformance.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.cli.job import Job
    from conformance.runner.run import Run

_LONG = 20.0
# One of each family, and one of them with credentials.
_PROFILES = ("a1111-1.10.1", "sdnext-2025-03", "koboldcpp-1.111")


@dataclass
class _Job:
    """A double of a job: does what it is asked to."""

    name: str
    does: Callable[[TextIO], None]
    url: str = ""
    reach: Connection = field(init=False)
    reports: tuple[()] = ()

    def __post_init__(self) -> None:
        self.connection = Connection(url=self.url or f"http://{self.name}")

    def run(
        self, out: TextIO, _started: Callable[[Run], None], before_each: Callable[[], None]
    ) -> None:
        before_each()
        out.write(f"{self.name} begins\n")
        self.does(out)
        out.write(f"{self.name} ends\n")


def _jobs(*jobs: _Job) -> list[Job]:
    return cast("list[Job]", list(jobs))


def _nothing(_: TextIO) -> None:
    """It does nothing."""


def test_they_run_at_the_same_time_and_are_reported_one_after_the_other() -> None:
    meeting = Barrier(3)
    out = StringIO()
    jobs = _jobs(*(_Job(name, lambda _: meeting.wait(_LONG) and None) for name in "abc"))
    assert judge_all(jobs, 3, out) == 0
    blocks = [f"== {name} ==\n{name} begins\n{name} ends\n" for name in "abc"]
    assert out.getvalue().startswith("3 targets, 3 at a time\n\n" + "\n".join(blocks))


def test_not_more_than_allowed_run_at_the_same_time() -> None:
    running: list[int] = []
    most: list[int] = []
    lock = Lock()
    pair = Barrier(2)

    def count(_: TextIO) -> None:
        with lock:
            running.append(1)
            most.append(len(running))
        pair.wait(_LONG)
        with lock:
            running.pop()

    judge_all(_jobs(*(_Job(name, count) for name in "abcd")), 2, StringIO())
    assert max(most) == 2


def test_two_targets_at_one_address_do_not_meet() -> None:
    inside = Lock()

    def alone(_: TextIO) -> None:
        assert inside.acquire(blocking=False)
        inside.release()

    out = StringIO()
    jobs = _jobs(*(_Job(name, alone, "http://same") for name in "abcdef"))
    assert judge_all(jobs, 6, out) == 0


def test_one_that_fails_does_not_stop_the_others() -> None:
    def gone(_: TextIO) -> None:
        raise TargetError("it is no sdapi")

    def broken(_: TextIO) -> None:
        raise ZeroDivisionError("by zero")

    out = StringIO()
    jobs = _jobs(_Job("gone", gone), _Job("broken", broken), _Job("good", _nothing))
    assert judge_all(jobs, 2, out) == 4
    text = out.getvalue()
    assert "== gone ==\ngone begins\nit is no sdapi\n" in text
    assert "== broken ==\nbroken begins\nthe suite failed: ZeroDivisionError: by zero\n" in text
    assert "good ends" in text
    assert text.endswith(
        "3 targets: 1 conformant, 1 not reached, 1 no verdict; 0.000 pictures in all\n"
    )


def test_a_single_one_is_reported_as_it_happens_without_a_summary() -> None:
    seen: list[object] = []
    job = _Job("one", lambda _: seen.append(current_thread()))
    job.run = job.does  # type: ignore[assignment,method-assign,misc]
    out = StringIO()
    assert judge_all(_jobs(job), 4, out) == 0
    assert seen == [main_thread()]
    assert out.getvalue() == ""


class _Running:
    """A double of a run."""

    def __init__(self) -> None:
        self.ended = Event()

    def cancel(self) -> None:
        self.ended.set()


def test_left_early_every_run_is_ended_and_none_begins() -> None:
    begun = Barrier(2)
    first, second = _Running(), _Running()

    class _Cancelled(_Job):
        def run(
            self, out: TextIO, started: Callable[[Run], None], before_each: Callable[[], None]
        ) -> None:
            before_each()
            running = first if self.name == "a" else second
            started(cast("Run", running))
            if self.name == "a":
                begun.wait(_LONG)
                return
            begun.wait(_LONG)
            assert running.ended.wait(_LONG)
            out.write("put back")

    late: list[str] = []
    third = _Job("c", lambda _: late.append("c"), "http://b")
    outcomes = SideBySide(
        _jobs(_Cancelled("a", _nothing), _Cancelled("b", _nothing), third), 3
    ).outcomes()
    assert next(outcomes)[0].name == "a"
    outcomes.close()
    assert second.ended.is_set()
    assert late == []


def test_left_early_no_server_is_waited_for_any_longer() -> None:
    waits = Event()
    ended = Event()

    def slow(_: TextIO) -> None:
        """It is there to be asked first."""
        assert waits.wait(_LONG)

    class _Asleep(_Job):
        def run(
            self, out: TextIO, _started: Callable[[Run], None], before_each: Callable[[], None]
        ) -> None:
            # A server that does not wake, asked again and again.
            while not ended.wait(0.001):
                waits.set()
                before_each()
            out.write("it woke")

    outcomes = SideBySide(_jobs(_Job("a", slow), _Asleep("b", _nothing)), 2).outcomes()
    assert next(outcomes)[0].name == "a"
    outcomes.close()
    ended.set()


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, str]]:
    """Three servers of three families, by their profile."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(listening(name)) for name in _PROFILES}


@pytest.fixture
def config(servers: dict[str, str], tmp_path: Path) -> Path:
    """A file with the three, and one that is not there."""
    urls = {"gone": "http://127.0.0.1:9", **servers}
    tables = [f'[targets."{name}"]\nurl = "{url}"' for name, url in urls.items()]
    expect = '[expect]\nsamplers = ["Euler"]\nstyles = ["cinematic"]'
    file = tmp_path / "sdapi.toml"
    head = "patience = 0\nexamples = 0\n"
    file.write_text(head + "\n".join([expect, *tables]), encoding="utf-8")
    return file


def test_three_kinds_of_server_are_judged_in_one_go(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = execute(["--config", str(config), "--only", "LIST-018,LIST-020,EXPECT"])
    out = capsys.readouterr().out
    assert code == 1
    heads = re.findall(r"(?m)^== (.*) ==$", out)
    assert heads == ["gone", *_PROFILES]
    for name, following in pairwise([*_PROFILES, None]):
        block = out.partition(f"== {name} ==")[2].partition(f"== {following} ==")[0]
        family = str(name).partition("-")[0].removesuffix("cpp")
        assert re.match(rf"\nhttp://\S+: {family}", block), block[:80]
    summary = out.partition("\ntarget ")[2].splitlines()
    assert re.match(r"gone +not reached +- +-", summary[1])
    assert re.match(r"a1111-1.10.1 +conformant +4 +0", summary[2])
    assert re.match(r"koboldcpp-1.111 +not conformant", summary[4])
    assert "EXPECT-STYLES (MUST): fail" in out
    assert summary[-1].startswith("4 targets: 1 conformant, 1 not reached, 2 not conformant; ")


def test_a_whole_run_over_three_kinds_of_server_mixes_nothing_up(
    config: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = ",".join(_PROFILES)
    report = tmp_path / "{target}.json"
    arguments = ["--config", str(config), "--target", names, "--only", "MUST"]
    execute([*arguments, "--report", str(report)])
    assert "the suite failed" not in capsys.readouterr().out
    for name in _PROFILES:
        text = (tmp_path / f"{name}.json").read_text(encoding="utf-8")
        ports = set(re.findall(r"127\.0\.0\.1:(\d+)", text))
        assert len(ports) == 1


def test_a_plan_is_shown_for_each(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ",".join(_PROFILES)
    assert execute(["--config", str(config), "--target", names, "--plan"]) == 0
    out = capsys.readouterr().out
    assert len(re.findall(r"mode safe: \d+ checks", out)) == 3
