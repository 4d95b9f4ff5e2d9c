"""A promise that holds for every example, and how it is put to the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings

from conformance.errors import ConformanceError
from conformance.requirements.requirement import Applies, Cost, Effect, Level, Requirement
from conformance.runner.registry import Check
from conformance.verdict import Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from conformance.runner.check_context import CheckContext


# How many times the examples asked for a failing one may cost until it is small.
_SHRINKING = 4


@dataclass(frozen=True)
class Property:
    """A promise that holds for every example.

    Args:
        requirement: how reports name it; its id starts with ``PROPERTY-``.
        examples: makes the strategy, from the context.
        holds: takes the context and one example, and raises ``Failed`` where it does not hold.
    """

    requirement: Requirement
    examples: Callable[[CheckContext], SearchStrategy[Any]]
    holds: Callable[[CheckContext, Any], None]

    def as_check(self, seed: int, count: int) -> Check:
        """The check that tries so many examples; a run plans it as any other check.

        Its failure names the smallest failing example. An example is made smaller within four
        times as many requests, so that a live server is not flooded.

        Args:
            seed: of the examples; the same seed draws the same ones.
            count: how many examples to try.
        """
        samples = count if self.requirement.effect is Effect.GENERATES else 0
        return Check(
            self.requirement.id,
            lambda context: self._try(context, seed, count),
            own_steps=samples,
        )

    def _try(self, context: CheckContext, seed: int, count: int) -> None:
        trial = _Trial(self.holds, context, count * _SHRINKING)

        @hypothesis.seed(seed)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(self.examples(context))
        def every_example(example: Any) -> None:
            trial(example)

        every_example()


class _Trial:
    """Asks about each example once, and not for ever."""

    def __init__(
        self, holds: Callable[[CheckContext, Any], None], context: CheckContext, limit: int
    ) -> None:
        self._holds = holds
        self._lab = context
        self._left = limit
        self._known: dict[str, Exception | None] = {}

    def __call__(self, example: Any) -> None:
        key = repr(example)
        if key not in self._known:
            # Past the limit unknown examples count as good, which ends the shrinking.
            self._known[key] = self._ask(example) if self._left > 0 else None
        error = self._known[key]
        if error is not None:
            raise error

    def _ask(self, example: Any) -> Exception | None:
        self._left -= 1
        try:
            self._holds(self._lab, example)
        except (Signal, ConformanceError) as said:
            return said
        return None


def promise(name: str, sentence: str, why: str, effect: Effect, applies: str) -> Requirement:
    """The requirement by which reports name a property."""
    return Requirement(
        id=f"PROPERTY-{name}",
        level=Level.MUST,
        sentence=sentence,
        applies=Applies.parse(applies),
        source="conformance/properties/strategies.py makes the examples",
        cost=Cost.GENERATES if effect is Effect.GENERATES else Cost.CHEAP,
        effect=effect,
        why=why,
    )
