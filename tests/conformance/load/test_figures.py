import pytest
from loads import JOB, plan, queue, sample

from conformance.load.figures import (
    Times,
    busy,
    completed,
    of_mix,
    requests,
    service_times,
    stage_figures,
)
from conformance.load.periods import Periods
from conformance.load.ramp import Stage
from conformance.load.samples import Outcome, Sample, Seen
from conformance.load.workload import Mix


def per_minute(made: list[Sample], start: float, end: float, usual: dict[str, float]) -> float:
    return 60 * requests(made, Periods([(start, end)]), usual)[JOB] / (end - start)


def test_a_queue_that_is_never_empty_gives_a_picture_each_service_time() -> None:
    made = queue([0.0] * 8, service=2.0, until=300)
    assert per_minute(made, 100, 250, {JOB: 2.0}) == pytest.approx(30, rel=0.001)
    assert busy(made, Periods([(100, 250)])) == pytest.approx(1, rel=0.001)


def test_servers_that_end_in_step_do_not_bend_the_rate() -> None:
    made = [sample(0, 2 * n + 2, 2 * n) for n in range(10) for _ in range(3)]
    assert per_minute(made, 1, 7, {JOB: 2.0}) == pytest.approx(90)


def test_of_a_picture_at_the_edge_of_a_period_the_part_within_it_counts() -> None:
    assert per_minute([sample(0, 10)], 5, 65, {JOB: 10.0}) == pytest.approx(0.5)


def test_of_an_interrupted_picture_the_part_that_was_made_counts() -> None:
    given_up = sample(0, 5, outcome=Outcome.INTERRUPTED)
    assert per_minute([given_up], 0, 60, {JOB: 10.0}) == pytest.approx(0.5)


def test_a_batch_is_as_many_pictures_as_were_asked_for() -> None:
    made = plan(mix=Mix.parse(f"{JOB}x4"))
    stages = [Stage(number=0, load=1, start=0.0, end=60.0)]
    (found,) = stage_figures(made, stages, [sample(0, 10, job=f"{JOB}x4", pictures=4)])
    assert (found.rate, found.of_mix) == (4, 4)


def test_what_was_served_counts_by_its_work_in_the_mix() -> None:
    mix = Mix.parse("512x512x20:1,512x512x40x2:1")
    usual = {"512x512x20": 2.0, "512x512x40x2": 6.0}
    assert of_mix(mix, {"512x512x20": 2, "512x512x40x2": 2}, usual) == 6
    # As much work as two of each would be.
    assert of_mix(mix, {"512x512x20": 8}, usual) == 6
    assert of_mix(mix, {"512x512x20": 8}, {"512x512x20": 2.0}) == 8


def test_failed_and_wrong_pictures_count_for_nothing() -> None:
    bad = [sample(0, 5, outcome=Outcome.FAILED), sample(0, 5, outcome=Outcome.WRONG)]
    assert completed(bad) == []


def test_work_that_nobody_saw_begin_takes_as_long_as_other_work_of_its_kind() -> None:
    seen = [sample(0, 2), sample(2, 4.2), sample(4, 6)]
    unseen = sample(4, 9)
    unseen = type(unseen)(**{**unseen.to_json(), "started": None, "seen": Seen.NO})
    (*_, found) = completed([*seen, unseen])
    assert found.started == pytest.approx(7.0)


def test_without_anything_seen_the_fastest_picture_did_not_wait() -> None:
    pictures = [sample(0, 3), sample(0, 6)]
    blind = [type(p)(**{**p.to_json(), "started": None, "seen": Seen.NO}) for p in pictures]
    assert service_times(blind) == {JOB: 3.0}
    assert [p.started for p in completed(blind)] == [0.0, 3.0]


def test_a_stage_has_the_pictures_that_were_asked_for_in_it() -> None:
    stages = [
        Stage(number=0, load=1, start=0.0, end=10.0),
        Stage(number=1, load=2, start=10.0, end=20.0),
    ]
    pictures = [
        sample(1, 3),
        sample(8, 12, 10),
        sample(11, 14, 12),
        sample(12, 15, outcome=Outcome.FAILED, problem="HTTP 500"),
        sample(13, 16, outcome=Outcome.INTERRUPTED),
    ]
    first, second = stage_figures(plan(), stages, pictures)
    assert (first.asked, first.pictures, first.bad) == (2, 2, 0)
    assert (second.asked, second.pictures, second.bad, second.interrupted) == (3, 1, 1, 1)
    assert first.total == Times(3.0, 2.0, 4.0, 4.0)
    assert first.wait == Times(1.0, 0.0, 2.0, 2.0)
    assert second.start == 10.0


def test_a_stage_without_a_picture_has_no_times() -> None:
    (found,) = stage_figures(plan(), [Stage(number=0, load=1, start=0.0, end=10.0)], [])
    assert (found.total, found.wait, found.service, found.rate) == (None, None, None, 0.0)


def test_a_stage_is_pressed_while_as_many_wait_as_are_at_work() -> None:
    # The second user asks a second after the first, and is the last.
    pictures = [sample(0, 4), sample(1, 8, 4), sample(4, 12, 8)]
    (found,) = stage_figures(plan(), [Stage(number=0, load=2, start=0.0, end=20.0)], pictures)
    assert found.pressed.seconds == 7.0
    assert found.pressed.rate == pytest.approx(15)
    assert found.rate == pytest.approx(9)
    assert (found.pressed.busy, found.busy) == (1.0, 0.6)


def test_servers_that_nobody_named_are_seen_at_work_at_once() -> None:
    pictures = [sample(0, 4), sample(0, 4), sample(0, 8, 4), sample(0, 8, 4), sample(4, 12, 8)]
    (found,) = stage_figures(plan(), [Stage(number=0, load=5, start=0.0, end=9.0)], pictures)
    assert found.pressed.seconds == 4.0
