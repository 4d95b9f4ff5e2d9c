from itertools import pairwise
from random import Random
from statistics import fmean, pvariance

import pytest

from conformance.load.core.arrivals import arrivals, gap, thinking


def test_users_come_as_often_as_the_rate_says() -> None:
    assert len(list(arrivals(Random(1), 60.0, 5000.0))) == pytest.approx(5000, rel=0.05)  # noqa: S311 - nothing secret


def test_users_come_independently_of_each_other() -> None:
    times = list(arrivals(Random(2), 60.0, 5000.0))  # noqa: S311 - nothing secret
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # Of exponential gaps the variance is the square of the mean.
    assert pvariance(gaps) == pytest.approx(fmean(gaps) ** 2, rel=0.1)


def test_one_seed_gives_one_schedule() -> None:
    assert list(arrivals(Random(3), 10.0, 60.0)) == list(arrivals(Random(3), 10.0, 60.0))  # noqa: S311 - nothing secret


def test_gaps_are_in_seconds_of_a_rate_a_minute() -> None:
    random = Random(4)  # noqa: S311 - nothing secret
    assert fmean(gap(random, 30.0) for _ in range(5000)) == pytest.approx(2.0, rel=0.05)


def test_users_think_as_long_as_they_are_said_to_and_not_at_all_for_0() -> None:
    random = Random(5)  # noqa: S311 - nothing secret
    assert fmean(thinking(random, 5.0) for _ in range(5000)) == pytest.approx(5.0, rel=0.05)
    assert thinking(random, 0.0) == 0.0
