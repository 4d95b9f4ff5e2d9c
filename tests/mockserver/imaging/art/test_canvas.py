"""Polygons in whole numbers."""

from __future__ import annotations

from mockserver.imaging.art.canvas import filled

SQUARE = [(2, 1), (6, 1), (6, 4), (2, 4)]


def test_a_square_covers_its_pixels_only() -> None:
    mask = filled([SQUARE], (8, 6))

    assert mask.getbbox() == (2, 1, 6, 4)
    assert sum(count for count, level in mask.getcolors() or [] if level == 255) == 12


def test_the_way_round_does_not_matter() -> None:
    assert filled([SQUARE[::-1]], (8, 6)).tobytes() == filled([SQUARE], (8, 6)).tobytes()


def test_what_lies_outside_is_cut_off() -> None:
    assert filled([[(-9, -9), (20, -9), (20, 20), (-9, 20)]], (4, 3)).getextrema() == (255, 255)


def test_a_second_outline_is_a_hole() -> None:
    mask = filled([[(0, 0), (8, 0), (8, 8), (0, 8)], [(3, 3), (5, 3), (5, 5), (3, 5)]], (8, 8))

    assert mask.getpixel((4, 4)) == 0
    assert mask.getpixel((1, 1)) == 255


def test_slanting_sides_follow_the_middles_of_the_rows() -> None:
    triangle = filled([[(0, 0), (8, 8), (0, 8)]], (8, 8))

    assert [triangle.crop((0, row, 8, row + 1)).tobytes().count(255) for row in range(8)] == [
        0, 1, 2, 3, 4, 5, 6, 7,
    ]  # fmt: skip


def test_no_outline_is_black() -> None:
    assert filled([[]], (4, 4)).getbbox() is None
