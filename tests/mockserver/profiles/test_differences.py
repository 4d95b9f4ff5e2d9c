"""What differs between two profiles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mockserver.profiles.differences import Change, flat, item_changes, rule_changes, value_changes
from mockserver.profiles.loader import load_profile

if TYPE_CHECKING:
    from mockserver.profiles.profile import Profile

NEWEST = load_profile("a1111-1.10.1")


def words(profile: Profile) -> list[str]:
    return [str(change) for change in rule_changes(NEWEST, profile)]


def test_every_rule_has_its_dotted_name() -> None:
    rules = flat(NEWEST)

    assert rules["samplers.unknown"] == "first"
    assert "name" not in rules
    assert "samplers" not in rules


def test_a_profile_does_not_differ_from_itself() -> None:
    assert words(NEWEST) == []


def test_a_changed_value_is_reported_with_both() -> None:
    other = replace(NEWEST, errors=replace(NEWEST.errors, shape="detail"))
    assert words(other) == ["~ errors.shape: four-key -> detail"]


def test_of_a_list_the_items_that_came_and_went_are_reported() -> None:
    keys = (*NEWEST.generation.info_keys[1:], "new")
    other = replace(NEWEST, generation=replace(NEWEST.generation, info_keys=keys))
    assert words(other) == ["- generation.info_keys prompt", "+ generation.info_keys new"]


def test_another_order_is_reported_too() -> None:
    keys = tuple(reversed(NEWEST.progress.state_keys))
    other = replace(NEWEST, progress=replace(NEWEST.progress, state_keys=keys))
    (line,) = words(other)
    assert line.startswith("~ progress.state_keys: in this order -> sampling_steps, ")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        pytest.param(Change("a", None, ""), "+ a", id="came"),
        pytest.param(Change("a", None, "1"), "+ a: 1", id="came-with-value"),
        pytest.param(Change("a", "", None), "- a", id="went"),
        pytest.param(Change("a", "1", "2"), "~ a: 1 -> 2", id="changed"),
    ],
)
def test_a_change_is_one_line(change: Change, line: str) -> None:
    assert str(change) == line


def test_lists_and_tables_are_compared_item_by_item() -> None:
    assert list(item_changes(["a", "b"], ["b", "c"])) == [
        Change("a", "", None),
        Change("c", None, ""),
    ]
    assert list(value_changes({"a": "1", "b": "2"}, {"b": "3"}, "x.")) == [
        Change("x.a", "1", None),
        Change("x.b", "2", "3"),
    ]
