"""The mutations of recorded answers: each changes what it says, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mutations import Applied, Mutation, mutations, recorded_paths

from mockserver.fixtures.recording import Answer, Case, Step

_PLACE = ("GET", "/sdapi/v1/samplers", 200)
_ANSWER = [
    {"name": "Euler", "aliases": ["k_euler"], "options": {"rho": "7"}},
    {"name": "Heun", "aliases": [], "options": {}},
]


def _made(kind: str, *path: str, value: Any = None) -> Any:
    return Applied(Mutation(*_PLACE, path, kind))(_ANSWER if value is None else value)


@pytest.mark.parametrize(
    ("kind", "path", "names"),
    [
        pytest.param("changed", ("[]", "name"), ["Eulerx", "Heunx"], id="every item"),
        pytest.param("null", ("[-1]", "name"), ["Euler", None], id="the last one alone"),
        pytest.param("retyped", ("[]", "name"), [5, 5], id="of another type"),
        pytest.param("emptied", ("[]", "name"), ["", ""], id="empty"),
        pytest.param("shortened", (), ["Euler"], id="one less"),
        pytest.param("reversed", (), ["Heun", "Euler"], id="the other way round"),
        pytest.param("added to", (), ["Euler", "Heun", "Heun"], id="one twice"),
    ],
)
def test_a_mutation_reaches_the_field_that_its_path_names(
    kind: str, path: tuple[str, ...], names: list[Any]
) -> None:
    made = _made(kind, *path)
    assert [item["name"] for item in made] == names
    assert all(item["options"] in ({"rho": "7"}, {}) for item in made)


def test_a_key_is_dropped_where_it_is_and_the_mutation_knows_that_it_had_an_effect() -> None:
    applied = Applied(Mutation(*_PLACE, ("[]", "aliases"), "dropped"))
    assert all(item.keys() == {"name", "options"} for item in applied(_ANSWER))
    assert applied.hit
    missing = Applied(Mutation(*_PLACE, ("[]", "label"), "dropped"))
    assert missing(_ANSWER) == _ANSWER
    assert not missing.hit


def test_the_json_within_a_text_is_mutated_too() -> None:
    answer = {"info": json.dumps({"seed": 7})}
    made = _made("changed", "info", "$json", "seed", value=answer)
    assert json.loads(made["info"]) == {"seed": 8}


def test_mutations_are_made_of_what_was_recorded_and_never_give_what_was_recorded() -> None:
    answer = Answer(200, {}, has_process_time=False, body=_ANSWER, is_json=True)
    step = Step("GET", _PLACE[1], answer)
    made = set(mutations(recorded_paths([Case("list/samplers", "list", [step])])))
    assert Mutation(*_PLACE, ("[-1]", "name"), "dropped") in made
    assert Mutation(*_PLACE, ("[]", "options"), "emptied") in made
    assert not [m for m in made if m.path == () and m.kind == "dropped"]
