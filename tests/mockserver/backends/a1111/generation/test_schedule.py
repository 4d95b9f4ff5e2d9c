"""Noise levels: how many, which, and which numbers of steps fail."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from generations import txt2img

from mockserver.backends.a1111.generation.schedule import Schedule, model_sigmas, timestep_of
from mockserver.core.errors import ServerError

SCHEDULERS = (
    None,
    "Karras",
    "Exponential",
    "Polyexponential",
    "SGM Uniform",
    "Align Your Steps",
    "Simple",
    "Normal",
    "Beta",
)


def test_sd1_was_trained_with_levels_from_0_03_to_14_6() -> None:
    sigmas = model_sigmas()

    assert (len(sigmas), round(sigmas[0], 4), round(sigmas[-1], 4)) == (1000, 0.0292, 14.6146)


@pytest.mark.parametrize("label", SCHEDULERS)
@pytest.mark.parametrize("steps", [2, 20])
def test_levels_fall_to_nought(label: str | None, steps: int) -> None:
    levels = Schedule(label, steps).sigmas()

    assert len(levels) == Schedule(label, steps).length() == steps + 1
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] == 0


def test_ddim_as_a_scheduler_makes_a_level_for_every_so_many_trained_steps() -> None:
    assert len(Schedule("DDIM", 6).sigmas()) == 8


def test_kl_optimal_does_not_end_at_nought() -> None:
    assert Schedule("KL Optimal", 5).sigmas()[-1] > 0


def test_discarding_leaves_the_last_but_one_out() -> None:
    levels = Schedule("Karras", 5, discard=True).sigmas()

    assert len(levels) == 6
    assert levels[-2] > Schedule("Karras", 6).sigmas()[-2]


def test_bounds_are_the_first_and_last_levels() -> None:
    levels = Schedule("Karras", 5, low=0.1, high=10.0).sigmas()

    assert (round(levels[0], 6), round(levels[-2], 6)) == (10.0, 0.1)


def test_a_level_belongs_to_the_nearest_trained_step() -> None:
    assert (timestep_of(0.0), timestep_of(99.0)) == (0, 999)


@pytest.mark.parametrize(
    ("label", "steps", "error"),
    [
        pytest.param(None, -1, "RuntimeError: number of steps must be non-negative", id="torch"),
        pytest.param(
            "Beta", -1, "ValueError: Number of samples, -1, must be non-negative.", id="numpy"
        ),
        pytest.param("Simple", 0, "ZeroDivisionError: division by zero", id="python"),
        pytest.param("DDIM", 0, "ZeroDivisionError: integer division or modulo by zero", id="ddim"),
    ],
)
def test_odd_numbers_of_steps_fail_in_the_schedulers_own_way(
    label: str | None, steps: int, error: str
) -> None:
    with pytest.raises(ServerError) as caught:
        Schedule(label, steps).length()

    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("label", "bounds", "error"),
    [
        pytest.param(
            "Karras",
            {"rho": "7"},
            "TypeError: unsupported operand type(s) for /: 'int' and 'str'",
            id="a text for rho",
        ),
        pytest.param(
            "Karras",
            {"low": "0.1"},
            "TypeError: unsupported operand type(s) for ** or pow(): 'str' and 'float'",
            id="a text for a level",
        ),
        pytest.param(
            "Karras",
            {"low": -1},
            "RuntimeError: \"ge_cpu\" not implemented for 'ComplexFloat'",
            id="a level below nought",
        ),
        pytest.param(
            "Exponential",
            {"high": "10"},
            "TypeError: must be real number, not str",
            id="a text for a logarithm",
        ),
        pytest.param(
            "Exponential", {"low": -1}, "ValueError: math domain error", id="the logarithm of less"
        ),
        pytest.param(
            "SGM Uniform",
            {"high": "10"},
            "TypeError: new(): invalid data type 'str'",
            id="a text for a tensor",
        ),
        pytest.param(
            "KL Optimal",
            {"low": "10"},
            "TypeError: new(): invalid data type 'str'",
            id="a text for another",
        ),
    ],
)
@pytest.mark.parametrize("steps", [1, 20])
def test_odd_bounds_fail_in_the_schedulers_own_way(
    label: str, steps: int, bounds: dict[str, Any], error: str
) -> None:
    with pytest.raises(ServerError) as caught:
        Schedule(label, steps, **bounds).length()

    assert str(caught.value) == error


def test_a_scheduler_without_bounds_takes_any() -> None:
    assert Schedule("Align Your Steps", 5, low=-1, high="x").length() == 6


@pytest.mark.parametrize(
    ("sampler", "steps", "error"),
    [
        pytest.param("Euler", 0, "integer division or modulo by zero", id="no steps"),
        pytest.param("Euler", -1, "number of steps must be non-negative", id="fewer than none"),
        pytest.param("DDIM", 1001, "range() arg 3 must not be zero", id="more than trained"),
        pytest.param("UniPC", 2, "UniPC order must be < sampling steps", id="fewer than its order"),
    ],
)
def test_a_request_with_them_is_a_500(sampler: str, steps: int, error: str) -> None:
    with pytest.raises(ServerError) as caught:
        txt2img(sampler_name=sampler, steps=steps)

    assert caught.value.text == error


def test_the_simple_schedule_takes_every_so_many_of_the_trained_levels() -> None:
    trained = model_sigmas()

    levels = Schedule("Simple", 4).sigmas()

    assert levels[:4] == [trained[-1], trained[-251], trained[-501], trained[-751]]


def test_steps_between_those_that_were_aligned_are_means_of_their_neighbours() -> None:
    known, between = (Schedule("Align Your Steps", steps).sigmas() for steps in (11, 21))

    assert between[0:21:2] == pytest.approx(known[:-1])
    assert between[1:21:2] == pytest.approx([math.sqrt(a * b) for a, b in pairwise(known[:-1])])


@pytest.mark.parametrize(
    ("label", "rho"), [("Karras", 7.0), ("Polyexponential", 1.0)], ids=["karras", "polyexponential"]
)
def test_a_schedule_has_a_rho_of_its_own_where_none_is_given(label: str, rho: float) -> None:
    assert Schedule(label, 5).sigmas() == Schedule(label, 5, rho=rho).sigmas()
    assert Schedule(label, 5).sigmas() != Schedule(label, 5, rho=rho + 1).sigmas()
