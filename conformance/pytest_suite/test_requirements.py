"""One test for each requirement, named by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.requirements.catalogue import load_catalogue
from conformance.runner.registry import all_checks

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.requirements.requirement import Requirement


def _in_order() -> list[Requirement]:
    """Mild effects first, what looks back on the run last, as the command runs them."""
    checks = all_checks()
    last = {name for name, check in checks.items() if check.last}
    return sorted(load_catalogue(), key=lambda r: (r.id in last, r.effect.rank))


@pytest.mark.parametrize("requirement", [pytest.param(r, id=r.id) for r in _in_order()])
def test_requirement(requirement: Requirement, sdapi_judge: Callable[[Requirement], None]) -> None:
    """The server keeps the requirement, as far as its kind promises it.

    Args:
        requirement: one of those chosen.
        sdapi_judge: the fixture of that name.
    """
    sdapi_judge(requirement)
