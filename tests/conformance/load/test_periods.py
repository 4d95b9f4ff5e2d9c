import pytest
from loads import sample

from conformance.load.periods import Periods, crowded


def test_periods_know_how_much_of_a_span_they_cover() -> None:
    periods = Periods([(0, 2), (5, 10)])
    assert periods.seconds == 7
    assert periods.within(1, 6) == 2
    assert periods.within(-5, 20) == 7
    assert periods.within(3, 4) == 0
    assert periods.within(6, 6) == 0


def test_the_end_of_a_period_is_of_it_and_its_beginning_is_not() -> None:
    periods = Periods([(0, 2), (5, 10)])
    assert [at for at in (0, 1, 2, 4, 5, 10, 11) if periods.has(at)] == [1, 2, 10]


def test_no_period_lasts_no_time() -> None:
    assert Periods([]).seconds == 0
    assert Periods([]).within(0, 10) == 0
    assert not Periods([]).has(0)


@pytest.mark.parametrize(("least", "seconds"), [(1, 10), (2, 6), (3, 1), (4, 0)])
def test_it_is_crowded_while_so_many_wait(least: int, seconds: float) -> None:
    pictures = [sample(0, 6), sample(2, 8), sample(5, 10)]
    assert crowded(pictures, 0, 20, least).seconds == seconds


def test_only_the_span_that_is_asked_about_counts() -> None:
    assert crowded([sample(0, 100)], 10, 30, 1).seconds == 20
    assert crowded([sample(0, 5), sample(40, 50)], 10, 30, 1).seconds == 0


def test_who_asks_at_once_again_leaves_no_gap() -> None:
    periods = crowded([sample(0, 2), sample(2, 4)], 0, 10, 1)
    assert periods.seconds == 4
