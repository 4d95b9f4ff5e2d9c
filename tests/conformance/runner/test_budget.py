from __future__ import annotations

from typing import Any

import pytest

from conformance.detection.probe import API
from conformance.runner.budget import PICTURE, Meter, pixel_steps, sampled
from conformance.verdict import BudgetSpent

_SMALL = {"width": 64, "height": 64, "steps": 1}


@pytest.mark.parametrize(
    ("payload", "steps"),
    [
        pytest.param({"width": 512, "height": 512, "steps": 20}, PICTURE, id="the unit"),
        pytest.param({}, 512 * 512 * 50, id="the defaults of the webui"),
        pytest.param(_SMALL | {"batch_size": 2, "n_iter": 3}, 6 * 4096, id="six pictures"),
        pytest.param(_SMALL | {"enable_hr": True, "hr_scale": 2}, 5 * 4096, id="hires fix"),
        pytest.param(_SMALL | {"enable_hr": True, "hr_scale": "x"}, 2 * 4096, id="odd scale"),
        pytest.param(
            _SMALL | {"enable_hr": True, "hr_resize_x": 128, "hr_resize_y": 64},
            3 * 4096,
            id="hires fix to a size",
        ),
        pytest.param(
            _SMALL | {"enable_hr": True, "hr_second_pass_steps": 3}, 13 * 4096, id="hires steps"
        ),
        pytest.param(_SMALL | {"steps": 0}, 0, id="no step"),
        pytest.param(_SMALL | {"steps": -5}, 0, id="less than none"),
        pytest.param(_SMALL | {"steps": "many"}, 0, id="words"),
        pytest.param(_SMALL | {"steps": True}, 0, id="a boolean"),
    ],
)
def test_the_cost_of_a_request_is_pixels_times_steps(payload: dict[str, Any], steps: int) -> None:
    assert pixel_steps(payload) == steps


@pytest.mark.parametrize(
    ("method", "path", "payload", "steps"),
    [
        pytest.param("POST", f"{API}/txt2img", _SMALL, 4096, id="txt2img"),
        pytest.param("POST", f"{API}/txt2img/?a=1", _SMALL, 4096, id="another way to write it"),
        pytest.param("POST", f"{API}/img2img", _SMALL | {"init_images": ["x"]}, 4096, id="img2img"),
        pytest.param("POST", f"{API}/img2img", _SMALL, 0, id="img2img of nothing"),
        pytest.param("POST", f"{API}/png-info", _SMALL, 0, id="another route"),
        pytest.param("GET", f"{API}/txt2img", _SMALL, 0, id="another method"),
        pytest.param("POST", f"{API}/txt2img", None, 0, id="no body"),
    ],
)
def test_generations_cost_and_nothing_else_does(
    method: str, path: str, payload: Any, steps: int
) -> None:
    assert sampled(method, path, payload) == steps


def test_a_meter_counts_in_pictures() -> None:
    meter = Meter()
    for steps in (PICTURE, PICTURE // 2):
        with meter.reserved(steps):
            pass
    assert meter.spent == 1.5


def test_a_meter_says_stop_before_the_limit_is_passed_and_counts_nothing_then() -> None:
    meter = Meter(limit=1)
    with meter.reserved(PICTURE // 2):
        pass
    with (
        pytest.raises(BudgetSpent, match=r"costs 1.000 pictures, and 0.500 of 1 are spent"),
        meter.reserved(PICTURE),
    ):
        pass
    assert meter.spent == 0.5


def test_a_spent_budget_still_affords_what_is_free() -> None:
    meter = Meter(limit=0)
    meter.afford(0)
    with meter.reserved(0):
        pass
    assert meter.spent == 0


def test_what_is_under_way_counts_and_what_was_refused_does_not() -> None:
    meter = Meter(limit=1)
    with meter.reserved(PICTURE) as bill:
        with pytest.raises(BudgetSpent), meter.reserved(PICTURE):
            pass
        bill.free = True
    assert meter.spent == 0
    with pytest.raises(ZeroDivisionError), meter.reserved(PICTURE):
        raise ZeroDivisionError
    assert meter.spent == 1


def test_a_budget_that_is_spent_to_the_last_picture_is_kept() -> None:
    meter = Meter(limit=0.3)
    for _ in range(3):
        # A tenth of a picture has no exact sum: 0.1 + 0.1 + 0.1 > 0.3.
        with meter.reserved(PICTURE // 10):
            pass
    assert meter.spent == pytest.approx(0.3)
    with pytest.raises(BudgetSpent):
        meter.afford(1)
