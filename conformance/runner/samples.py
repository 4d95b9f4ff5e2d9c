"""What each check samples, as it was measured, and what checks share."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from conformance.runner.registry import Check


@dataclass(frozen=True)
class Sampled:
    """What a check samples.

    Args:
        own: steps x pictures of the small size that it asks for alone.
        shares: names of what it shares with others.
    """

    own: float
    shares: frozenset[str]


class Samples:
    """What is known of all checks.

    Args:
        shared: name of a shared picture -> its steps.
        checks: id -> what the check samples; those that are not there are counted as they say.
    """

    def __init__(self, shared: Mapping[str, float], checks: Mapping[str, Sampled]) -> None:
        self._shared = dict(shared)
        self._checks = dict(checks)

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the checks that were measured."""
        return frozenset(self._checks)

    def pixel_steps(
        self,
        check: Check,
        size: int,
        made: Collection[str],
        long_jobs: Mapping[str, int],
    ) -> float:
        """What a check will sample.

        Args:
            check: that is planned.
            size: edge of the small pictures.
            made: names of what earlier checks made.
            long_jobs: name of a long job -> pixel-steps, where they were measured.
        """
        known = self._checks.get(check.id)
        if known is None:
            return check.pixel_steps(size, frozenset(made), long_jobs)
        new = sum(self._shared[name] for name in known.shares if name not in made)
        return (known.own + new) * size**2 + check.long_pixel_steps(size, made, long_jobs)

    def names(self, check: Check) -> frozenset[str]:
        """What a check makes that others share.

        Args:
            check: that is planned.
        """
        known = self._checks.get(check.id)
        return check.needs | (known.shares if known is not None else frozenset())


@cache
def load_samples() -> Samples:
    """What was measured on the reference; ``tests/bench/sampled.py`` measures it anew."""
    file = files("conformance.runner") / "data" / "samples.toml"
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    checks = {
        name: Sampled(entry["own"], frozenset(entry["shares"]))
        for name, entry in found["checks"].items()
    }
    return Samples(found["shared"], checks)
