"""What the checks take for granted."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.errors import CatalogueError
from conformance.requirements.assumptions import Assumption, load_assumptions, read_assumptions
from conformance.requirements.catalogue import load_catalogue


def test_the_shipped_graph_names_known_requirements_and_has_no_circle() -> None:
    graph = load_assumptions()
    assert graph.ids_of("INFO-002") == {f"TXT2IMG-00{n}" for n in (1, 2, 3, 4)} | {"INFO-001"}
    assert graph.ids_of("LIST-001") == frozenset()


def test_every_check_that_samples_takes_an_answer_for_granted() -> None:
    graph = load_assumptions()
    alone = [r.id for r in load_catalogue() if r.samples and not graph.ids_of(r.id)]
    assert alone == ["TXT2IMG-001"]


def test_an_assumption_is_one_of_several() -> None:
    rule = {"ids": ["OPT-021"], "assumes": ["OPT-007", "OPT-019"], "always": True}
    graph = read_assumptions([rule], load_catalogue())
    assert graph.of("OPT-021") == (Assumption(("OPT-007", "OPT-019"), always=True),)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        pytest.param([{"ids": ["NONE-001"], "assumes": ["LIST-001"]}], "'NONE-001'", id="no check"),
        pytest.param([{"ids": ["LIST"], "assumes": ["LIST-999"]}], "LIST-999", id="unknown"),
        pytest.param([{"ids": ["LIST"], "assumes": []}], "no requirement", id="nothing"),
        pytest.param(
            [{"ids": ["LIST"], "assumes": ["LIST-001"], "when": 1}], "unknown key when", id="a key"
        ),
        pytest.param(
            [
                {"ids": ["LIST-002"], "assumes": ["LIST-001"]},
                {"ids": ["LIST-001"], "assumes": ["LIST-002"]},
            ],
            "in a circle: LIST-00",
            id="a circle",
        ),
    ],
)
def test_a_wrong_rule_is_refused(rules: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        read_assumptions(rules, load_catalogue())
