"""Properties: what they are, and which there are."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from conformance.checks.support import expect
from conformance.client.image import Deviation, encode_image
from conformance.errors import ConformanceError
from conformance.properties import property_strategies, strategies
from conformance.requirements.requirement import Applies, Cost, Effect, Level, Requirement
from conformance.runner import generation as recipes
from conformance.runner.registry import Check
from conformance.verdict import Failed, Signal, Skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from conformance.properties.strategies import Encoded
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
# Obeyed by every server that echoes them, and without an effect on the cost.
_ECHOED = ("prompt", "negative_prompt", "seed", "subseed", "subseed_strength", "cfg_scale")


def _payloads(context: CheckContext) -> st.SearchStrategy[dict[str, Any]]:
    """Small requests of any prompts, seeds and guidance."""
    base = {"width": context.settings.size, "height": context.settings.size, "steps": 1}
    numbers = {
        "seed": st.integers(0, 2**32 - 1),
        "subseed": st.integers(0, 2**32 - 1),
        "subseed_strength": st.sampled_from([0, 0.5, 1]),
        "cfg_scale": st.sampled_from([1, 4.5, 7, 30]),
    }
    words = {name: strategies.prompts() for name in ("prompt", "negative_prompt")}
    return st.fixed_dictionaries({}, optional={**words, **numbers}).map(lambda some: base | some)


def _payload_is_echoed(context: CheckContext, payload: dict[str, Any]) -> None:
    generation = context.generate(payload)
    for name in _ECHOED:
        if name in payload:
            got = generation.parameters.get(name)
            expect.equal(got, payload[name], f"parameters.{name}", generation.exchange)
    if "seed" in payload:
        got = generation.info.get("seed")
        expect.equal(got, payload["seed"], "info.seed", generation.exchange)


def _accepted_base64(_lab: CheckContext) -> st.SearchStrategy[Encoded]:
    """A picture in every form that the reference takes."""
    picture = st.just(_with_text("conformance"))
    return strategies.base64_texts(picture, deviations=()).flatmap(_dressed)


def _dressed(encoded: Encoded) -> st.SearchStrategy[Encoded]:
    prefixes = st.sampled_from(["", "data:image/png;base64,", "data:image/jpeg;base64,"])
    spaces = st.sampled_from(["", " ", "\n", "\r\n \t"])
    return st.tuples(spaces, prefixes, spaces).map(
        lambda parts: type(encoded)(
            encoded.data,
            parts[0] + parts[1] + encoded.text + parts[2],
            frozenset({Deviation.PREFIX} if parts[1] else ()),
        ),
    )


def _base64_is_read(context: CheckContext, encoded: Encoded) -> None:
    exchange = expect.ok(context.post("png-info", json={"image": encoded.text}))
    expect.equal(expect.json_object(exchange).get("info"), "conformance", "info", exchange)


def _refused_base64(_lab: CheckContext) -> st.SearchStrategy[str]:
    """Base64 of what is no picture."""
    junk = st.binary(min_size=1, max_size=60).filter(lambda raw: not _is_picture(raw))
    return junk.map(lambda raw: b64encode(raw).decode("ascii"))


def _junk_is_refused(context: CheckContext, text: str) -> None:
    exchange = context.post("png-info", json={"image": text})
    if exchange.ok:
        actual = f"200 for {text!r}"
        raise Failed("an error for what is no picture", actual, exchange)


def _texts(_lab: CheckContext) -> st.SearchStrategy[str]:
    return strategies.prompts().filter(lambda text: text == text.strip() and "\0" not in text)


def _text_comes_back(context: CheckContext, text: str) -> None:
    image = encode_image(_with_text(text))
    exchange = expect.ok(context.post("png-info", json={"image": image}))
    expect.equal(expect.json_object(exchange).get("info"), text, "info", exchange)


def _changes(context: CheckContext) -> st.SearchStrategy[dict[str, Any]]:
    return property_strategies.option_changes(context.options.before)


def _changes_persist(context: CheckContext, values: dict[str, Any]) -> None:
    if not values:
        raise Skip("the server has no option that can be changed safely")
    with context.options.changed(**values) as exchange:
        expect.ok(exchange)
        now = context.options.options()
        for name, value in values.items():
            expect.equal(now.get(name), value, f"option {name}", context.sender.touched[-1])


def _with_text(text: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("parameters", text) if _needs_itxt(text) else info.add_text("parameters", text)
    buffer = BytesIO()
    recipes.two_colours(8, 8).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def _needs_itxt(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return True
    return False


def _is_picture(raw: bytes) -> bool:
    try:
        Image.open(BytesIO(raw))
    except Exception:  # noqa: BLE001 - Pillow raises a dozen kinds of error for what is none
        return False
    return True


PROPERTIES = (
    Property(
        promise(
            "PAYLOAD",
            "Every well-formed request is accepted, and parameters and info repeat it.",
            "A prompt that a server stumbles over fails for the one user who has it.",
            Effect.GENERATES,
            _ALL_WITH_PNG_INFO,
        ),
        _payloads,
        _payload_is_echoed,
    ),
    Property(
        promise(
            "BASE64",
            "A picture is read from base64 with any prefix and with white space around it.",
            "Clients differ in how they write base64, and all of them have to be understood.",
            Effect.READS,
            _ALL_WITH_PNG_INFO,
        ),
        _accepted_base64,
        _base64_is_read,
    ),
    Property(
        promise(
            "JUNK",
            "What is no picture is refused.",
            "An upload that broke must not pass for a picture without text.",
            Effect.READS,
            _ALL_WITH_PNG_INFO,
        ),
        _refused_base64,
        _junk_is_refused,
    ),
    Property(
        promise(
            "PNGINFO",
            "Any text that a picture carries comes back from png-info letter by letter.",
            "Prompts hold every letter there is, and lines that look like parameters.",
            Effect.READS,
            _ALL_WITH_PNG_INFO,
        ),
        _texts,
        _text_comes_back,
    ),
    Property(
        promise(
            "OPTIONS",
            "Options keep what was set, several at once, and can be put back.",
            "A setting that is lost, or that drags another along, makes other pictures.",
            Effect.WRITES,
            _ALL_WITH_OPTIONS,
        ),
        _changes,
        _changes_persist,
    ),
)
