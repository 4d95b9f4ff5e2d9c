from __future__ import annotations

from itertools import accumulate
from random import Random
from statistics import fmean, pvariance
from typing import TYPE_CHECKING

import pytest

from conformance.errors import ConfigurationError
from conformance.load.workload import (
    Job,
    Mix,
    gap,
    parse_duration,
    parse_share,
    parse_stages,
    thinking,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_mix_has_sizes_steps_and_weights() -> None:
    mix = Mix.parse("512x512x20:3, 768x768x30")
    assert mix.jobs == (Job(512, 512, 20, 3.0), Job(768, 768, 30, 1.0))
    assert Mix.parse(mix.text) == mix


def test_the_cost_of_a_kind_is_counted_in_pictures_of_512_at_20_steps() -> None:
    assert Job(512, 512, 20).cost == 1.0
    assert Job(1024, 512, 40).cost == 4.0
    assert Mix.parse("512x512x20:3,512x512x40:1").mean_cost == 1.25


def test_a_kind_may_ask_for_several_pictures_at_once() -> None:
    mix = Mix.parse("512x512x20x4:1,512x512x20:3")
    assert mix.jobs[0] == Job(512, 512, 20, 1.0, batch=4)
    assert (mix.jobs[0].cost, mix.jobs[0].name) == (4.0, "512x512x20x4")
    assert mix.mean_batch == 1.75
    assert Mix.parse(mix.text) == mix


def test_kinds_are_picked_by_their_weights() -> None:
    mix, random = Mix.parse("64x64x1:3,128x128x1:1"), Random(1)  # noqa: S311 - nothing secret
    picked = [mix.pick(random).width for _ in range(4000)]
    assert picked.count(64) == pytest.approx(3000, rel=0.05)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("512", "width x height x steps"),
        ("512x512x20:0", "weight of 0"),
        ("510x512x20", "multiple of 8"),
        ("8192x512x20", "up to 4096"),
        ("512x512x0", "steps are 1 to 150"),
        ("512x512x20,", "is no kind of picture"),
    ],
)
def test_a_mix_that_no_server_makes_is_refused(text: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        Mix.parse(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("500ms", 0.5), ("2m", 120), ("1h", 3600), ("1.5", 1.5)],
)
def test_durations_have_units(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(("text", "share"), [("1%", 0.01), ("0.05", 0.05), ("100%", 1.0)])
def test_shares_are_per_cent_or_plain(text: str, share: float) -> None:
    assert parse_share(text) == share


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_duration, "soon"),
        (parse_duration, "-1s"),
        (parse_share, "150%"),
        (parse_share, "few"),
        (parse_stages, "4,2"),
        (parse_stages, "1,4,2"),
        (parse_stages, "1,,2"),
        (parse_stages, "0,1"),
        (parse_stages, "nan"),
        (parse_stages, "1,inf"),
    ],
)
def test_values_that_mean_nothing_are_refused(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(ConfigurationError, match="write"):
        parse(text)


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
