"""Words above and beside a grid."""

from __future__ import annotations

import pytest
from PIL import Image

from mockserver import Webui
from mockserver.backends.a1111.scripts.xyz_grids import (
    Label,
    annotated,
    check_counts,
    matrix_labels,
)
from mockserver.core.errors import ServerError

GRID = Image.new("RGB", (128, 64), "navy")


def labels(*texts: str) -> list[list[Label]]:
    return [[Label(text)] for text in texts]


def size(columns: list[list[Label]], rows: list[list[Label]], margin: int = 0) -> tuple[int, int]:
    return annotated(Webui().options, GRID, (64, 64), columns, rows, margin).size


@pytest.mark.parametrize(
    ("columns", "rows", "wanted"),
    [
        pytest.param(labels("", ""), labels(""), (128, 64), id="no words, no room"),
        pytest.param(labels("red", "blue"), labels(""), (128, 72), id="words above"),
        pytest.param(labels("", ""), labels("red"), (176, 64), id="words beside"),
    ],
)
def test_words_take_room(
    columns: list[list[Label]], rows: list[list[Label]], wanted: tuple[int, int]
) -> None:
    assert size(columns, rows) == wanted


def test_margins_are_between_the_pictures() -> None:
    assert size(labels("", ""), labels(""), margin=10) == (138, 64)


def test_a_long_label_is_broken_at_its_blanks() -> None:
    long = " ".join(["word"] * 20)

    assert size(labels(long, ""), labels(""))[1] > size(labels("word", ""), labels(""))[1]


def test_a_colour_that_is_none_is_a_500() -> None:
    webui = Webui()
    webui.options.put("grid_text_active_color", "nope")

    with pytest.raises(ServerError, match="ValueError: unknown color specifier: 'nope'"):
        annotated(webui.options, GRID, (64, 64), labels("a", "b"), labels("c"))


def test_as_many_labels_as_columns_are_insisted_on() -> None:
    with pytest.raises(ServerError, match="bad number of horizontal texts: 3; must be 2"):
        check_counts((128, 64), (64, 64), 3, 1)


def test_a_matrix_has_columns_for_the_first_half_of_its_parts() -> None:
    columns, rows = matrix_labels(["red", "big", "old"])

    assert (len(columns), len(rows)) == (4, 2)
    assert [label.active for label in columns[2]] == [False, True]
