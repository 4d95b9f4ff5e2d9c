"""How far a request walks through the house, and that nobody walks in a circle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import grimp
import pytest
from bench.house_counts import Size, txt2img_walk

import mockserver

if TYPE_CHECKING:
    from bench.house_counts import Walk

#: The state of a job: it is entered once for each event, that is, when the job begins, is sampled,
#: goes on and ends. Jobs fail between any two of these, and progress shows after which.
STATE = "backends/a1111/state.py"
FOLDER = Path(mockserver.__file__).parent


@pytest.fixture(scope="module")
def walk() -> Walk:
    return txt2img_walk()


def test_one_txt2img_takes_few_calls_in_few_files(walk: Walk) -> None:
    assert 100 < walk.calls <= 210
    assert 20 < len(walk.entries) <= 35


def test_no_file_is_entered_again_and_again(walk: Walk) -> None:
    often = {file: times for file, times in walk.entries.items() if times > 3}

    assert often == {STATE: 4}


def test_modules_are_neither_long_nor_made_of_imports() -> None:
    size = Size.of(FOLDER)

    assert size.imports <= 0.08
    assert size.short <= 8


def test_no_module_needs_itself_through_others_not_even_for_a_type() -> None:
    graph = grimp.build_graph("mockserver", exclude_type_checking_imports=False)

    assert not _circles(graph)


def _circles(graph: grimp.ImportGraph) -> set[str]:
    """Modules that are reached again over what they import."""
    left = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    while free := {name for name, needs in left.items() if not needs & left.keys()}:
        left = {name: needs for name, needs in left.items() if name not in free}
    return set(left)
