from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from loads import EFFORT, Deployment, plan, ramp, result, sample

from conformance.load.console import Progress, amount, headline, result_lines, seconds, table
from conformance.load.plan import Arrival
from conformance.load.ramp import Stage
from conformance.load.samples import Outcome, Seen, Tally


def _text(found: object) -> str:
    return "\n".join(result_lines(found))


def test_the_first_line_is_the_capacity() -> None:
    assert headline(ramp(plan())) == ("http://127.0.0.1:7860: 30 pictures a minute of 512x512x20:1")


def test_a_capacity_that_was_not_reached_is_the_least() -> None:
    found = ramp(plan(stages=(1,)))
    assert "at least" in headline(found)
    assert "the knee was not reached: ask for more users" in _text(found)


def test_stages_have_wait_and_service_apart() -> None:
    (line,) = [line for line in _text(ramp(plan())).splitlines() if line.strip().startswith("8 ")]
    cells = line.split()
    assert float(cells[6]) == pytest.approx(9.0, abs=0.7)
    assert cells[8:] == ["2.00", "2.00", "0"]


def test_the_knee_and_the_users_of_every_wait_are_there() -> None:
    text = _text(ramp(plan()))
    assert "the knee is at 3.5 users" in text
    assert "users who wait so long on average, with 5 s between two pictures" in text


def test_what_was_wrong_is_counted() -> None:
    stages = [Stage(number=0, load=1, start=0.0, end=10.0)]
    wrong = sample(1, 2, outcome=Outcome.WRONG, problem="info has another's seed")
    text = _text(result(plan(stages=(1,)), stages, [wrong, sample(2, 4)]))
    assert "1 x info has another's seed" in text


def test_pictures_whose_beginning_nobody_saw_are_owned_up_to() -> None:
    stages = [Stage(number=0, load=1, start=0.0, end=10.0)]
    unseen = replace(sample(1, 4), started=None, seen=Seen.NO)
    text = _text(result(plan(stages=(1,)), stages, [unseen, sample(4, 7)]))
    assert "of 1 of 2 pictures nobody saw" in text


def test_without_a_picture_there_is_no_capacity_to_report() -> None:
    text = _text(result(plan(stages=(1,)), [Stage(number=0, load=1, start=0.0, end=1.0)], []))
    assert "no picture was made" in text
    assert "knee" not in text


def test_the_effort_for_a_fleet_is_on_paper() -> None:
    text = _text(replace(ramp(plan()), effort=EFFORT, tallies={"options": Tally(count=1)}))
    assert "on paper, for 10,000 such servers" in text
    assert "35,000 users keep 10,000 servers busy: 5,000 pictures a second" in text


def test_arrivals_have_no_thinking() -> None:
    made = plan(stages=(30,), arrival=Arrival.OPEN)
    stages = [Stage(number=0, load=30, start=0.0, end=60.0)]
    text = _text(result(made, stages, [sample(n * 2, n * 2 + 1) for n in range(30)]))
    assert "arrivals a minute" in text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (0.123, "0.12"), (12.34, "12.3"), (123.4, "123")]
)
def test_seconds_have_digits_that_mean_something(value: float | None, text: str) -> None:
    assert seconds(value) == text


@pytest.mark.parametrize(("value", "text"), [(1.234, "1.23"), (99.44, "99.4"), (1424.4, "1,424")])
def test_amounts_are_never_powers_of_ten(value: float, text: str) -> None:
    assert amount(value) == text


def test_columns_are_as_wide_as_they_have_to_be() -> None:
    assert table([("a", "bbb"), ("ccc", "d")]) == ["  a  bbb", "ccc    d"]


def test_servers_that_had_nothing_to_do_while_users_waited_are_named() -> None:
    made = plan(stages=(3, 6, 12), think=0.0, behind=3)
    lines = "\n".join(result_lines(Deployment([2.0, 3.0, 6.0], "turns").load(made, each=600)))
    assert "nothing to do for 38 % of the time, though users waited" in lines
    assert "without that they make about 49.6 pictures a minute" in lines


def test_too_few_users_learn_what_more_of_them_may_bring() -> None:
    lines = "\n".join(result_lines(ramp(plan(stages=(1, 2), think=20.0))))
    assert "the knee was not reached" in lines
    assert "about 30 pictures a minute" in lines
    assert "though users waited" not in lines


def test_a_server_that_failed_is_not_said_to_have_been_idle() -> None:
    found = ramp(plan(stages=(1, 2), think=20.0))
    bad = sample(0, 1, outcome=Outcome.FAILED, problem="HTTP 500")
    assert "nothing to do" not in _text(replace(found, samples=(*found.samples, bad)))
    assert "nothing to do" not in _text(replace(found, breached=True))


def test_who_reads_a_log_sees_once_that_pictures_are_waited_for() -> None:
    out = StringIO()
    progress = Progress(plan(), out)
    for pictures in (3, 3, 2):
        progress.handle({"event": "waiting", "pictures": pictures})
    progress.end()
    assert out.getvalue() == "waiting for 3 unfinished pictures\n"


@pytest.mark.parametrize(("aimed", "says"), [(True, "are given up"), (False, "has a minute")])
def test_who_stops_it_reads_what_becomes_of_the_pictures(aimed: bool, says: str) -> None:
    out = StringIO()
    Progress(plan(aimed=aimed), out).interrupted()
    assert says in out.getvalue()
