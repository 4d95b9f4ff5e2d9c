"""Several checks at a time: what overlaps, what never does, and that nothing else changes."""

from __future__ import annotations

from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import requests
from doubles import Ask, Reply, Server, mock, reply, served
from judging import make_context

from conformance.checks import Check, all_checks
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.events import CheckFinished, Event
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.runner.workers import OneAtATime
from conformance.verdict import Failed, Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.runner.check_context import CheckContext

# A moment in which something would happen that must not, and a time in which all else has.
_MOMENT, _LONG = 0.05, 20.0
_READS = ("LIST-001", "LIST-002", "LIST-003", "LIST-004")


def _nothing(_: Ask) -> Reply:
    return reply({})


def _results(
    checks: dict[str, Check], server: Server = _nothing, at_once: int = 3, **settings: Any
) -> list[Result]:
    """The results of a run, in the order in which they were reported."""
    events: list[Event] = []
    with served(server):
        chosen = RunSettings(mode=Mode.FULL, patience=None, at_once=at_once)
        run = Run(make_context("a1111-1.10.1", **settings), chosen, events.append)
        requirements = [load_catalogue()[name] for name in checks]
        try:
            run.carry_out(run.plan(requirements, checks))
        finally:
            run.finish()
    return [event.result for event in events if isinstance(event, CheckFinished)]


def _checks(*functions: Callable[[CheckContext], None], **more: Any) -> dict[str, Check]:
    """Checks that only read, of these functions."""
    return {
        name: Check(name, function, **more)
        for name, function in zip(_READS, functions, strict=False)
    }


def _wait(flag: Flag) -> None:
    if not flag.wait(_LONG):
        raise Failed("the other check", "it did not come")


def test_a_check_is_looked_at_while_another_waits_and_results_keep_their_order() -> None:
    second = Flag()
    found = _results(_checks(lambda _: _wait(second), lambda _: second.set()))
    assert [(each.id, each.verdict) for each in found] == [
        ("LIST-001", Verdict.PASS),
        ("LIST-002", Verdict.PASS),
    ]


def test_a_check_that_needs_to_be_alone_begins_after_all_before_it_and_ends_before_others() -> None:
    over: list[str] = []

    def note(name: str) -> Callable[[CheckContext], None]:
        return lambda _: over.append(name)

    checks = _checks(note("a"), note("b"), note("alone"), note("c"))
    checks["LIST-003"] = Check("LIST-003", note("alone"), alone=True)
    _results(checks)
    assert set(over[:2]) == {"a", "b"}
    assert over[2:] == ["alone", "c"]


def test_workers_send_one_request_at_a_time() -> None:
    inside: list[str] = []
    most: list[int] = []
    ready = Flag()

    def server(ask: Ask) -> Reply:
        if ask.path in {"/one", "/two"}:
            inside.append(ask.path)
            _wait(ready)
            # Here the other would come in.
            Flag().wait(_MOMENT)
            most.append(len(inside))
            inside.pop()
        return reply([])

    def first(context: CheckContext) -> None:
        context.send("GET", "/one")

    def second(context: CheckContext) -> None:
        ready.set()
        context.send("GET", "/two")

    _results(_checks(first, second), server)
    assert most == [1, 1]


def test_who_reads_options_sends_alone_until_its_check_is_over() -> None:
    sent: list[str] = []
    begun = Flag()

    def server(ask: Ask) -> Reply:
        sent.append(ask.path)
        return reply({"samples_save": True})

    def first(context: CheckContext) -> None:
        context.options.options()
        begun.set()
        Flag().wait(_MOMENT)
        context.send("GET", "/first")

    def second(context: CheckContext) -> None:
        _wait(begun)
        context.send("GET", "/second")

    _results(_checks(first, second), server)
    assert sent.index("/first") < sent.index("/second")


def test_each_check_has_its_own_cost_and_its_own_requests() -> None:
    def paints(size: int) -> Callable[[CheckContext], None]:
        return lambda context: _painted(context, size)

    names = ("TXT2IMG-001", "TXT2IMG-002", "TXT2IMG-003")
    checks = {n: Check(n, paints(64 * (i + 1))) for i, n in enumerate(names)}
    found = _results(checks)
    assert [round(r.cost * 20 * 64, 6) for r in found] == [1, 4, 9]
    assert [len(r.exchanges) for r in found] == [1, 1, 1]


def _painted(context: CheckContext, size: int) -> None:
    context.post("txt2img", json={"width": size, "height": size, "steps": 1})


def test_after_the_end_no_further_check_begins() -> None:
    begun: list[str] = []

    def ends(context: CheckContext) -> None:
        begun.append("first")
        context.run.cancel()  # type: ignore[attr-defined] - set below

    with served(_nothing):
        context = make_context("a1111-1.10.1")
        run = Run(context, RunSettings(patience=None, at_once=2), lambda _: None)
        context.run = run  # type: ignore[attr-defined] - for the check
        checks = _checks(ends, lambda _: _wait(run._cancelled), lambda _: begun.append("late"))  # noqa: SLF001
        run.carry_out(run.plan([load_catalogue()[name] for name in checks], checks))
        run.finish()
    assert begun == ["first"]


def test_where_the_server_goes_away_nothing_further_is_reported_of_it() -> None:
    def gone(_: Ask) -> Reply:
        raise requests.ConnectionError

    def asks(context: CheckContext) -> None:
        context.get("samplers")

    found = _results(_checks(asks, asks, asks, asks), gone, clock=Clock(sleep=lambda _: None))
    assert [each.verdict for each in found] == [Verdict.FAIL, *[Verdict.NOT_RUN] * 3]


def test_a_worker_sends_nothing_once_its_run_has_ended() -> None:
    over = Flag()
    turn = OneAtATime(lambda: 0.0, over.is_set, lambda: None)
    seen: list[str] = []

    def worker() -> None:
        turn.work()
        with turn:
            over.set()
        with pytest.raises(BaseException, match=r"^$"), turn:
            seen.append("sent")

    thread = Thread(target=worker)
    thread.start()
    thread.join(_LONG)
    with turn:
        seen.append("the run itself still puts options back")
    assert seen == ["the run itself still puts options back"]


def test_what_is_waited_for_the_turn_is_no_time_of_the_check() -> None:
    now = [0.0]
    turn = OneAtATime(lambda: now[0], lambda: False, lambda: None)
    waited: list[float] = []
    asked = Flag()

    def passes() -> float:
        asked.set()
        return now[0]

    turn._now = passes  # noqa: SLF001 - says when the other begins to wait

    def other() -> None:
        turn.work()
        with turn:
            waited.append(turn.waited)

    turn._lock.acquire()  # noqa: SLF001 - as a worker has it
    thread = Thread(target=other)
    thread.start()
    _wait(asked)
    now[0] = 3.0
    turn._lock.release()  # noqa: SLF001
    thread.join(_LONG)
    assert waited == [3.0]


_ALIKE = ("OPT-001", "OPT-003", "OPT-010", "TXT2IMG-001", "TXT2IMG-059", "TXT2IMG-066", "INFO-001")


def test_three_at_a_time_find_what_one_after_the_other_find() -> None:
    known = all_checks()
    checks = {name: known[name] for name in _ALIKE}
    one, three = (_results(checks, mock(), at_once=count) for count in (1, 3))
    assert [(r.id, r.verdict) for r in one] == [(r.id, r.verdict) for r in three]
    # Whoever comes first makes a picture that several look at.
    assert sum(r.cost for r in one) == pytest.approx(sum(r.cost for r in three))
