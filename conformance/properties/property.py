"""Properties: what they are, and which there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
        from conformance.properties.trials import try_examples  # noqa: PLC0415 - as below

        try_examples(self.examples(context), trial, seed, count)


class _Trial:
    """Asks about each example once, and not for ever."""

    def __init__(
        self, holds: Callable[[CheckContext, Any], None], context: CheckContext, limit: int
    ) -> None:
        self._holds = holds
        self._context = context
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
            self._holds(self._context, example)
        except (Signal, ConformanceError) as said:
            return said
        return None


def promise(name: str, sentence: str, why: str, effect: Effect, applies: str) -> Requirement:
    """The requirement by which reports name a property.

    Args:
        name: of the property, in capitals.
        sentence: what holds.
        why: for whom it matters.
        effect: what trying it does to the server.
        applies: to which servers.
    """
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


_ALL_WITH_PNG_INFO = "a1111>=1.0, forge, reforge, sdnext"
_ALL_WITH_OPTIONS = "a1111>=47a44c7, forge, reforge, sdnext"


def _property(name: str, sentence: str, why: str, effect: Effect, applies: str) -> Property:
    """A property whose examples ``trials`` makes; it loads Hypothesis, which takes long."""

    def examples(context: CheckContext) -> SearchStrategy[Any]:
        from conformance.properties.trials import TRIALS  # noqa: PLC0415 - as said

        return TRIALS[name][0](context)

    def holds(context: CheckContext, example: Any) -> None:
        from conformance.properties.trials import TRIALS  # noqa: PLC0415 - as said

        TRIALS[name][1](context, example)

    return Property(promise(name, sentence, why, effect, applies), examples, holds)


PROPERTIES = (
    _property(
        "PAYLOAD",
        "Every well-formed request is accepted, and parameters and info repeat it.",
        "A prompt that a server stumbles over fails for the one user who has it.",
        Effect.GENERATES,
        _ALL_WITH_PNG_INFO,
    ),
    _property(
        "BASE64",
        "A picture is read from base64 with any prefix and with white space around it.",
        "Clients differ in how they write base64, and all of them have to be understood.",
        Effect.READS,
        _ALL_WITH_PNG_INFO,
    ),
    _property(
        "JUNK",
        "What is no picture is refused.",
        "An upload that broke must not pass for a picture without text.",
        Effect.READS,
        _ALL_WITH_PNG_INFO,
    ),
    _property(
        "PNGINFO",
        "Any text that a picture carries comes back from png-info letter by letter.",
        "Prompts hold every letter there is, and lines that look like parameters.",
        Effect.READS,
        _ALL_WITH_PNG_INFO,
    ),
    _property(
        "OPTIONS",
        "Options keep what was set, several at once, and can be put back.",
        "A setting that is lost, or that drags another along, makes other pictures.",
        Effect.WRITES,
        _ALL_WITH_OPTIONS,
    ),
)
