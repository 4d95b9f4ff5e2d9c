from itertools import accumulate
from random import Random
from statistics import fmean, pvariance

import pytest

from conformance.load.core.arrivals import gap, thinking


def _gaps(seed: int) -> list[float]:
    random = Random(seed)  # noqa: S311 - nothing secret
    return [gap(random, 60.0) for _ in range(5000)]


def test_users_come_as_often_as_the_rate_says() -> None:
    *_, last = accumulate(_gaps(1))
    assert last == pytest.approx(5000, rel=0.05)


def test_users_come_independently_of_each_other() -> None:
    # Of exponential gaps the variance is the square of the mean.
    gaps = _gaps(2)
    assert pvariance(gaps) == pytest.approx(fmean(gaps) ** 2, rel=0.1)


def test_one_seed_gives_one_schedule() -> None:
    assert _gaps(3) == _gaps(3)


def test_gaps_are_in_seconds_of_a_rate_a_minute() -> None:
    random = Random(4)  # noqa: S311 - nothing secret
    assert fmean(gap(random, 30.0) for _ in range(5000)) == pytest.approx(2.0, rel=0.05)


def test_users_think_as_long_as_they_are_said_to_and_not_at_all_for_0() -> None:
    random = Random(5)  # noqa: S311 - nothing secret
    assert fmean(thinking(random, 5.0) for _ in range(5000)) == pytest.approx(5.0, rel=0.05)
    assert thinking(random, 0.0) == 0.0
