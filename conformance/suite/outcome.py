"""A verdict as the outcome of a pytest test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.catalogue import Level
from conformance.report.failure_text import failure_lines
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.verdict import Result


def end_test(result: Result, url: str, seed: int, fail_on: Level = Level.MUST) -> None:
    """End the test as the verdict says: pass, fail, skip, or xfail for what need not be met.

    Args:
        result: the verdict.
        url: of the server, for the command that repeats it.
        seed: of the random examples.
        fail_on: the least binding level whose failure fails the test: MUST or SHOULD.
    """
    __tracebackhide__ = True
    if result.verdict.met:
        return
    random = f" --seed {seed}" if result.id.startswith("PROPERTY") else ""
    text = "\n".join(failure_lines(result, f"sdapi-check {url} --only {result.id}{random}"))
    binding = result.verdict is Verdict.WARN and fail_on is Level.SHOULD
    if result.verdict in {Verdict.FAIL, Verdict.ERROR} or binding:
        pytest.fail(text, pytrace=False)
    if result.verdict.unmet:
        pytest.xfail(f"{result.requirement.level}: {result.actual}")
    pytest.skip(f"{result.verdict}: {result.reason}")
