"""The table of requirements and broken servers says what is, and what is missing."""

from __future__ import annotations

from broken.table import convicts, table

from conformance.requirements.catalogue import load_catalogue


def test_a_pair_is_looked_at_with_the_check_itself() -> None:
    assert convicts("lists/samplers-empty", "LIST-018")
    assert not convicts("lists/samplers-empty", "LIST-019")


def test_every_pair_is_a_row() -> None:
    rows = list(table({"LIST-018": [("b", False), ("a", True)]}))
    assert [row for row in rows if "LIST-018" in row] == [
        "| LIST-018 | MUST | a | yes |",
        "| LIST-018 | MUST | b | NO |",
    ]


def test_a_requirement_without_a_broken_server_is_seen() -> None:
    assert "| HTTP-001 | MUST | none | NO |" in list(table({}))


def test_the_last_line_counts() -> None:
    last = list(table({"LIST-018": [("b", False), ("a", True)]}))[-1]
    total = len(load_catalogue())
    assert last.startswith(f"1 of {total} requirements convict somebody; 1 of 2 pairs are")
