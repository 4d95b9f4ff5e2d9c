"""Chance that is the same everywhere."""

from __future__ import annotations

from collections import Counter

from mockserver.imaging.art.fields import Dice


def test_the_same_key_gives_the_same_numbers() -> None:
    one, other = Dice("fox", 1), Dice("fox", 1.0)

    assert [one.below(1000) for _ in range(9)] == [other.below(1000) for _ in range(9)]
    assert one.noise(16) == other.noise(16)


def test_numbers_are_those_of_any_other_machine() -> None:
    dice = Dice("fox", 1)

    assert [dice.below(1000) for _ in range(4)] == [676, 630, 61, 465]
    assert dice.noise(4).hex() == "3f931f9d"


def test_equal_values_within_values_are_the_same_key() -> None:
    assert Dice((("steps", 20),)).noise(8) == Dice((("steps", 20.0),)).noise(8)
    assert Dice((("steps", 20),)).noise(8) != Dice((("steps", "20"),)).noise(8)


def test_another_key_gives_others() -> None:
    assert Dice("fox").noise(8) != Dice("cat").noise(8)
    assert Dice("a", "b").noise(8) != Dice("ab").noise(8)


def test_a_fork_does_not_depend_on_what_was_drawn_before() -> None:
    one, other = Dice("fox"), Dice("fox")
    one.below(6)

    assert one.fork("sky").noise(8) == other.fork("sky").noise(8)
    assert one.fork("sky").noise(8) != one.fork("sea").noise(8)


def test_numbers_stay_in_their_bounds_and_all_come_up() -> None:
    dice = Dice("many")
    sides = Counter(dice.between(1, 6) for _ in range(600))

    assert sorted(sides) == [1, 2, 3, 4, 5, 6]
    assert min(sides.values()) > 60
    assert 100 < sum(dice.chance(25) for _ in range(600)) < 200
    assert {dice.pick("abc") for _ in range(60)} == set("abc")


def test_lone_surrogates_are_a_key_too() -> None:
    assert len(Dice("\ud83e").noise(8)) == 8
