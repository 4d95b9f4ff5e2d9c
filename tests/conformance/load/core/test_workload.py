from collections.abc import Callable
from random import Random

import pytest

from conformance.errors import ConfigurationError
from conformance.load.core.workload import (
    Job,
    Mix,
    parse_duration,
    parse_share,
    parse_stages,
)


def test_a_mix_has_sizes_steps_and_weights() -> None:
    mix = Mix.parse("512x512x20:3, 768x768x30")
    assert mix.jobs == (Job(512, 512, 20, 3.0), Job(768, 768, 30, 1.0))
    assert Mix.parse(mix.text) == mix


def test_the_cost_of_a_kind_is_counted_in_pictures_of_512_at_20_steps() -> None:
    assert Job(512, 512, 20).cost == 1.0
    assert Job(1024, 512, 40).cost == 4.0
    assert Mix.parse("512x512x20:3,512x512x40:1").mean_cost == 1.25


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
        (parse_stages, "1,,2"),
        (parse_stages, "0,1"),
        (parse_stages, "nan"),
        (parse_stages, "1,inf"),
    ],
)
def test_values_that_mean_nothing_are_refused(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(ConfigurationError, match="write"):
        parse(text)
