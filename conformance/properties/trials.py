"""The examples of each property, and what has to hold for each."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from conformance.checks.support import expect
from conformance.client.image import Deviation, encode_image
from conformance.properties import property_strategies, strategies
from conformance.runner import generation as recipes
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.properties.strategies import Encoded
    from conformance.runner.check_context import CheckContext


def try_examples(
    examples: st.SearchStrategy[Any], trial: Callable[[Any], None], seed: int, count: int
) -> None:
    """Try so many examples, and make one that fails smaller.

    Args:
        examples: makes them.
        trial: takes each, and raises where it fails.
        seed: of the examples.
        count: how many.
    """

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(examples)
    def every_example(example: Any) -> None:
        trial(example)

    every_example()


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
    prompts = {name: strategies.prompts() for name in ("prompt", "negative_prompt")}
    return st.fixed_dictionaries({}, optional={**prompts, **numbers}).map(lambda some: base | some)


def _payload_is_echoed(context: CheckContext, payload: dict[str, Any]) -> None:
    generation = context.generate(payload)
    for name in _ECHOED:
        if name in payload:
            got = generation.parameters.get(name)
            expect.equal(got, payload[name], f"parameters.{name}", generation.exchange)
    if "seed" in payload:
        got = generation.info.get("seed")
        expect.equal(got, payload["seed"], "info.seed", generation.exchange)


def _accepted_base64(_context: CheckContext) -> st.SearchStrategy[Encoded]:
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


def _refused_base64(_context: CheckContext) -> st.SearchStrategy[str]:
    """Base64 of what is no picture."""
    junk = st.binary(min_size=1, max_size=60).filter(lambda raw: not _is_picture(raw))
    return junk.map(lambda raw: b64encode(raw).decode("ascii"))


def _junk_is_refused(context: CheckContext, text: str) -> None:
    exchange = context.post("png-info", json={"image": text})
    if exchange.ok:
        actual = f"200 for {text!r}"
        raise Failed("an error for what is no picture", actual, exchange)


def _texts(_context: CheckContext) -> st.SearchStrategy[str]:
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


#: Name of a property -> what makes its examples, and what holds for each or raises ``Failed``.
TRIALS: dict[
    str,
    tuple[Callable[[CheckContext], st.SearchStrategy[Any]], Callable[[CheckContext, Any], None]],
] = {
    "PAYLOAD": (_payloads, _payload_is_echoed),
    "BASE64": (_accepted_base64, _base64_is_read),
    "JUNK": (_refused_base64, _junk_is_refused),
    "PNGINFO": (_texts, _text_comes_back),
    "OPTIONS": (_changes, _changes_persist),
}
