"""Which values of an answer change from run to run."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.fixtures.recording import Answer, Step
from mockserver.replay.compare import Volatile

ANSWER = Answer(200, {}, has_process_time=False, body=None, is_json=True)


def volatile(**body: Any) -> Volatile:
    return Volatile(Step("POST", "/sdapi/v1/txt2img", ANSWER, has_json=True, json=body))


@pytest.mark.parametrize(
    ("seed", "left_open"),
    [
        pytest.param(-1, True, id="minus one"),
        pytest.param(None, True, id="null"),
        pytest.param("x", True, id="text that is no number"),
        pytest.param("12", False, id="text of a number"),
        pytest.param(12, False, id="a number"),
    ],
)
def test_a_seed_that_is_left_to_the_server_may_differ(seed: Any, left_open: bool) -> None:
    assert volatile(seed=seed).ignores("/info/$json/seed") is left_open


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Steps: 1, Seed: 12, Size", "Steps: 1, Seed: 9, Size", id="infotext"),
        pytest.param('{"seed":12,"a":1}', '{"seed":9,"a":1}', id="JSON"),
        pytest.param(r"{\"seed\":12}", r"{\"seed\":9}", id="JSON in JSON"),
        pytest.param('"all_seeds":[1,2]', '"all_seeds":[3,4]', id="several"),
    ],
)
def test_it_may_differ_inside_texts(one: str, other: str) -> None:
    assert volatile().mask(one) == volatile().mask(other)
    assert volatile(seed=1).mask(one) != volatile(seed=1).mask(other)


def test_other_numbers_of_a_text_may_not_differ() -> None:
    assert volatile().mask('{"seed":1,"steps":1}') != volatile().mask('{"seed":1,"steps":2}')
