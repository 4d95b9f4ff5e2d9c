"""Properties: tried, made smaller when they fail, repeated by their seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from doubles import Ask, Reply, Server, broken, edited, instead, mock, reply, served
from hypothesis import strategies as st
from judging import make_context, tried

from conformance.properties.property import PROPERTIES, Property, promise
from conformance.requirements.requirement import Effect
from conformance.verdict import Failed, Result, Skip, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.runner.check_context import CheckContext

_BY_NAME = {item.requirement.id.removeprefix("PROPERTY-"): item for item in PROPERTIES}


def _numbers(holds: Callable[[int], None]) -> Property:
    """A property of whole numbers that asks no server."""
    requirement = promise("TEST", "It holds.", "Because.", Effect.READS, "all")

    def check(_: CheckContext, number: int) -> None:
        holds(number)

    return Property(requirement, lambda _: st.integers(0, 10_000), check)


def _below(limit: int, seen: list[int]) -> Callable[[int], None]:
    def holds(number: int) -> None:
        seen.append(number)
        if number >= limit:
            raise Failed(f"a number below {limit}", str(number))

    return holds


def _tried(item: Property, seed: int = 0, count: int = 50) -> Result:
    with served(mock()):
        return tried(item, make_context("a1111"), seed, count)


def test_a_property_that_holds_passes_with_so_many_examples() -> None:
    seen: list[int] = []
    assert _tried(_numbers(_below(20_000, seen))).verdict is Verdict.PASS
    assert 10 < len(seen) <= 50


def test_the_smallest_failing_example_is_reported() -> None:
    result = _tried(_numbers(_below(1000, [])))
    assert (result.verdict, result.actual) == (Verdict.FAIL, "1000")


def test_the_same_seed_tries_the_same_examples_and_another_others() -> None:
    runs: list[list[int]] = [[], [], []]
    for seen, seed in zip(runs, (1, 1, 2), strict=True):
        _tried(_numbers(_below(20_000, seen)), seed)
    assert runs[0] == runs[1] != runs[2]


def test_making_an_example_smaller_asks_the_server_only_so_often() -> None:
    seen: list[int] = []
    result = _tried(_numbers(_below(3, seen)), count=5)
    assert result.verdict is Verdict.FAIL
    assert len(seen) <= 20


def test_each_example_is_asked_about_once() -> None:
    seen: list[int] = []
    _tried(_numbers(_below(10, seen)))
    assert len(seen) == len(set(seen))


def test_a_property_can_say_that_there_is_nothing_to_look_at() -> None:
    def holds(_: int) -> None:
        raise Skip("no option")

    assert _tried(_numbers(holds)).verdict is Verdict.SKIPPED


def test_an_error_of_the_suite_is_its_own() -> None:
    def holds(_: int) -> None:
        raise ZeroDivisionError

    assert _tried(_numbers(holds)).verdict is Verdict.ERROR


@pytest.mark.parametrize("name", _BY_NAME)
def test_the_mock_holds_every_property(name: str) -> None:
    server = mock()
    before = server(Ask("GET", "/sdapi/v1/options")).json
    with served(server):
        context = make_context("a1111-1.10.1")
        result = tried(_BY_NAME[name], context, 0, 15)
        context.options.close()
    assert (result.verdict, result.actual) == (Verdict.PASS, "")
    assert server(Ask("GET", "/sdapi/v1/options")).json == before


def _keeps_only_ascii(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"info": answer["info"].encode("ascii", "ignore").decode()}


def _strict_about_space(ask: Ask, given: Reply) -> Reply:
    image = str((ask.json or {}).get("image"))
    return given if image == image.strip() else reply({"detail": "Invalid encoded image"}, 500)


def _forgets_lists(options: dict[str, Any]) -> dict[str, Any]:
    return {k: (v[:1] if isinstance(v, list) else v) for k, v in options.items()}


def _only_even_seeds(answer: dict[str, Any]) -> dict[str, Any]:
    seed = answer["parameters"]["seed"]
    return answer | {"parameters": answer["parameters"] | {"seed": seed - seed % 2}}


_BROKEN = [
    pytest.param(
        "PAYLOAD",
        broken(mock(), edited(_only_even_seeds), route="txt2img", status=200),
        id="seeds are rounded",
    ),
    pytest.param(
        "BASE64",
        broken(mock(), _strict_about_space, route="png-info"),
        id="white space is refused",
    ),
    pytest.param(
        "JUNK",
        broken(mock(), instead(reply({"info": "", "items": {}})), route="png-info"),
        id="anything is a picture",
    ),
    pytest.param(
        "PNGINFO",
        broken(mock(), edited(_keeps_only_ascii), route="png-info", status=200),
        id="letters are lost",
    ),
    pytest.param(
        "OPTIONS",
        broken(mock(), edited(_forgets_lists), route="options", method="GET"),
        id="lists lose entries",
    ),
]


@pytest.mark.parametrize(("name", "server"), _BROKEN)
def test_a_broken_server_is_convicted(name: str, server: Server) -> None:
    with served(server):
        result = tried(_BY_NAME[name], make_context("a1111-1.10.1"), 0, 60)
    assert result.verdict is Verdict.FAIL
    assert result.expected
    assert result.exchanges


def test_every_property_convicts_somebody() -> None:
    assert {param.values[0] for param in _BROKEN} == set(_BY_NAME)
