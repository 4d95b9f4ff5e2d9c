"""What an interrupted job shows on a busy machine convicts no server."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from conformance.checks.interrupt import interrupting_a_job, the_queue_is_left_alone
from conformance.exchange import Exchange
from conformance.runner.generation import Generation
from conformance.runner.watch import BackgroundJob, Intervention, Observation, WatchedJob
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext

_EXPECTED = 0.5


def _exchange(value: object) -> Exchange:
    path, body = "/sdapi/v1/txt2img", json.dumps(value).encode()
    return Exchange(method="POST", path=path, url=path, status=200, body=body)


def _context(asked: float, images: int, other_ended: float = 9.0) -> CheckContext:
    """A job of four pictures that was interrupted, with another behind it."""
    answer = _exchange({"images": ["AAAA"] * images, "parameters": {}, "info": "{}"})
    look = Observation("", _exchange({"progress": 0.1}), asked, outlived=True)
    other = SimpleNamespace(ended=other_ended, generation=lambda: _two(2))
    job = WatchedJob(
        Generation({"n_iter": 4}, answer),
        (look,),
        _exchange({}),
        seconds=_EXPECTED,
        expected=_EXPECTED,
        intervention=Intervention(_exchange({}), look, asked + 0.01, asked),
        others=(cast("BackgroundJob", other),),
    )
    return cast("CheckContext", SimpleNamespace(jobs=SimpleNamespace(interrupted=job)))


def _two(images: int) -> Generation:
    return Generation({"n_iter": 2}, _exchange({"images": ["AAAA"] * images, "info": "{}"}))


def test_a_job_that_goes_on_to_its_end_did_not_hear_the_interrupt() -> None:
    with pytest.raises(Failed, match="ends early"):
        interrupting_a_job(_context(asked=0.05, images=4))


def test_an_interrupt_that_was_sent_late_proves_nothing() -> None:
    with pytest.raises(Skip, match=r"0\.4 s passed"):
        interrupting_a_job(_context(asked=0.4, images=4))


def test_a_short_job_behind_may_be_done_when_the_answer_to_the_interrupt_comes() -> None:
    the_queue_is_left_alone(_context(asked=0.05, images=1, other_ended=0.055))


def test_a_job_that_was_done_before_the_interrupt_was_sent_did_not_wait() -> None:
    with pytest.raises(Skip, match="several at once"):
        the_queue_is_left_alone(_context(asked=0.05, images=1, other_ended=0.04))
