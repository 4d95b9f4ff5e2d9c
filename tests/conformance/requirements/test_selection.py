from __future__ import annotations

import pytest

from conformance.errors import SelectionError
from conformance.requirements.catalogue import choose, find, load_catalogue, select, whole_catalogue
from conformance.requirements.requirement import Level


def _ids(only: list[str], skip: list[str] | None = None) -> list[str]:
    return [r.id for r in select(load_catalogue(), only, skip or [])]


def test_an_id_chooses_itself_in_any_case() -> None:
    assert _ids(["list-001"]) == ["LIST-001"]


def test_an_area_is_not_the_start_of_another() -> None:
    assert {name.partition("-")[0] for name in _ids(["IMG"])} == {"IMG"}


def test_the_start_of_ids_chooses_all_of_them() -> None:
    assert _ids(["LIST-00"]) == [f"LIST-00{n}" for n in range(1, 10)]


def test_a_level_chooses_across_areas() -> None:
    assert _ids(["must"]) == [r.id for r in load_catalogue() if r.level is Level.MUST or r.must_for]


def test_words_add_up_in_the_order_of_the_catalogue() -> None:
    assert _ids(["OPT-001", "HTTP-001"]) == ["HTTP-001", "OPT-001"]


def test_what_is_skipped_is_left_out_of_what_is_chosen() -> None:
    assert _ids(["AUTH"], ["SHOULD", "MAY"]) == ["AUTH-003"]


def test_nothing_chosen_means_everything() -> None:
    assert len(_ids([])) == len(load_catalogue())


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        pytest.param("LISTS", "did you mean LIST?", id="an area"),
        pytest.param("LIST-0001", "did you mean LIST-001?", id="an id"),
        pytest.param("sometimes", "--list shows all", id="nothing near"),
        pytest.param("", "--list shows all", id="nothing"),
    ],
)
def test_a_word_that_chooses_nothing_is_refused_with_a_hint(word: str, hint: str) -> None:
    with pytest.raises(SelectionError) as raised:
        _ids([word])
    assert hint in str(raised.value)


def test_one_requirement_is_found_by_its_id_alone() -> None:
    assert find(load_catalogue(), "opt-010").id == "OPT-010"
    with pytest.raises(SelectionError):
        find(load_catalogue(), "OPT")


def test_words_that_name_areas_choose_the_same_of_the_areas_alone() -> None:
    assert [r.id for r in choose(["list-001", "OPT"], [])] == _ids(["list-001", "OPT"])
    assert [r.id for r in choose([], [])] == [r.id for r in whole_catalogue()]


def test_a_word_that_chooses_nothing_of_its_area_is_refused() -> None:
    with pytest.raises(SelectionError, match="LIST-999"):
        choose(["LIST-999"], [])
