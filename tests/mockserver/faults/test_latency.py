"""How long generations take: what says it, and how it follows steps and pixels."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.faults import FaultError
from mockserver.faults.latency import GPUS, Latency, latency_of, parse_latency, work_of


@pytest.mark.parametrize(
    ("text", "latency"),
    [
        ("none", Latency(step_time=0.0)),
        ("2s", Latency(seconds=2.0)),
        ("300ms", Latency(seconds=0.3)),
        ("lognormal 2s", Latency(seconds=2.0, sigma=0.5)),
        ("lognormal 2s, 0.1", Latency(seconds=2.0, sigma=0.1)),
        ("RTX_3060", Latency(step_time=GPUS["rtx-3060"].step_time)),
    ],
)
def test_a_text_says_a_latency(text: str, latency: Latency) -> None:
    assert parse_latency(text) == latency
    assert latency_of({"latency": text}) == latency


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no latency; write none, 2s"),
        ("2s 3s", "is no latency"),
        ("lognormal", "no GPU 'lognormal'"),
        ("lognormal 2s 1 1", "is no latency"),
        ("rtx-306", "no GPU 'rtx-306'; did you mean 'rtx-3060'"),
    ],
)
def test_a_text_that_says_none_is_refused(text: str, words: str) -> None:
    with pytest.raises(FaultError, match=words):
        parse_latency(text)


@pytest.mark.parametrize("seconds", [0, 86_400])
def test_numbers_up_to_a_day_are_taken(seconds: int) -> None:
    assert latency_of({"seconds": seconds, "seed": None}) == Latency(seconds=seconds)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"seconds": -0.1}, "numbers from 0 to 86400"),
        ({"seconds": 86_401}, "numbers from 0 to 86400"),
        ({"step_time": "2s"}, "numbers from 0 to 86400"),
        ({"second": 1}, "latency has no 'second'; did you mean 'seconds'"),
    ],
)
def test_other_numbers_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(FaultError, match=words):
        latency_of(given)


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        pytest.param(None, 51.75, id="the defaults of the webui"),
        pytest.param({"steps": 20}, 21.75, id="steps and what lies around them"),
        pytest.param({"steps": 20, "width": 1024}, 43.5, id="twice the pixels"),
        pytest.param({"steps": 20, "batch_size": 2, "n_iter": 3}, 130.5, id="six pictures"),
        pytest.param({"steps": 20, "enable_hr": True}, 101.75, id="hires fix of twice the size"),
        pytest.param(
            {"steps": 20, "enable_hr": True, "hr_second_pass_steps": 5, "hr_scale": 1},
            26.75,
            id="five more steps",
        ),
        pytest.param({"steps": True, "width": "x"}, 51.75, id="values that are no numbers"),
        pytest.param({"steps": -1}, 51.75, id="less than no step"),
    ],
)
def test_work_is_steps_of_a_picture_of_512_by_512(body: Any, steps: float) -> None:
    assert work_of(body) == pytest.approx(steps)


def test_a_step_takes_its_share_of_the_whole() -> None:
    assert Latency(seconds=43.5).step_time_of({"steps": 20}) == pytest.approx(2.0)
    assert Latency(step_time=0.25).step_time_of({"steps": 20}) == 0.25
    assert Latency().step_time_of({}) is None
