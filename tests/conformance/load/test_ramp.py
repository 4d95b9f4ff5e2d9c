import pytest
from loads import plan, sample

from conformance.load.plan import Arrival, Limits
from conformance.load.ramp import Ramp, breach, percentile
from conformance.load.samples import Outcome, Sample


def begun(**changes: object) -> Ramp:
    ramp = Ramp(plan(stages=(1, 2), least=4, **changes))
    ramp.begin(0.0)
    return ramp


def bad(sent: float, done: float) -> Sample:
    return sample(sent, done, outcome=Outcome.WRONG, problem="info has another's seed")


def test_the_next_stage_begins_when_the_pictures_of_this_one_are_there() -> None:
    ramp = begun()
    ramp.add(sample(number, number + 1) for number in range(3))
    assert not ramp.step(4.0, [], used_up=False)
    ramp.add([sample(3, 4)])
    assert ramp.step(4.0, [], used_up=False)
    assert not ramp.ended


def test_pictures_of_the_stage_before_do_not_count() -> None:
    ramp = begun()
    ramp.begin(10.0)
    ramp.add(sample(9, 11 + number) for number in range(8))
    assert not ramp.step(20.0, [], used_up=False)
    assert [stage.end for stage in ramp.stages] == [10.0, None]


def test_the_ramp_ends_after_its_last_stage() -> None:
    ramp = begun()
    ramp.begin(10.0)
    ramp.add(sample(10 + number, 11 + number) for number in range(4))
    assert not ramp.step(15.0, [], used_up=False)
    assert ramp.reason == "the ramp is at its end"
    assert ramp.stages[-1].end == 15.0


def test_a_stage_of_a_server_that_hangs_ends_all_the_same() -> None:
    ramp = begun(longest=60.0)
    assert not ramp.step(59.0, [0.0], used_up=False)
    assert ramp.step(61.0, [0.0], used_up=False)


def test_users_who_come_at_random_come_for_as_long_as_the_stage_says() -> None:
    ramp = Ramp(plan(stages=(30, 60), each=0.5, arrival=Arrival.OPEN))
    ramp.begin(0.0)
    assert not ramp.step(29.0, [0.0] * 14, used_up=False)
    assert ramp.step(30.0, [0.0] * 14, used_up=False)


def test_the_ramp_ends_with_its_budget() -> None:
    ramp = begun()
    ramp.step(3.0, [], used_up=True)
    assert ramp.reason == "the budget is used up"
    assert not ramp.breached


def test_the_first_wrong_picture_of_a_small_stage_is_more_than_one_per_cent() -> None:
    ramp = begun()
    ramp.add([bad(0, 1)])
    ramp.step(1.0, [], used_up=False)
    assert ramp.breached
    assert (
        ramp.reason == "at 1 user: 1 of 4 pictures failed or were wrong (info has another's seed)"
    )


def test_errors_below_the_limit_are_borne() -> None:
    samples = [bad(0, 1), *(sample(0, 1) for _ in range(9))]
    assert breach(Limits(None, 0.1), samples, [], 10) == ""
    assert breach(Limits(None, 0.05), samples, [], 10)
    assert breach(Limits(None, None), [bad(0, 1)], [], 1) == ""


def test_p95_is_not_kept_when_more_than_a_twentieth_is_late() -> None:
    late, early = [sample(0, 40)], [sample(0, 1)]
    assert breach(Limits(30.0), late + 19 * early, [], 20) == ""
    assert "p95 is above 30 s (2 of 20" in breach(Limits(30.0), 2 * late + 18 * early, [], 20)


def test_pictures_that_are_waited_for_too_long_break_p95_before_they_are_there() -> None:
    assert breach(Limits(30.0), [], [31.0], 4)
    assert breach(Limits(30.0), [], [29.0], 4) == ""


def test_interrupted_pictures_are_not_late() -> None:
    given_up = sample(0, 40, outcome=Outcome.INTERRUPTED)
    assert breach(Limits(30.0), [given_up], [], 4) == ""


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (0, 1), (1, 100)])
def test_percentiles_are_values_that_occurred(share: float, value: float) -> None:
    assert percentile(range(100, 0, -1), share) == value
