"""What was redacted is counted by kind and place."""

from __future__ import annotations

from mockserver.redaction.names import Kind, RedactionLog


def test_items_of_a_list_are_one_place() -> None:
    ledger = RedactionLog()
    for number in range(3):
        ledger.note(Kind.PATH, f"sd-models.json/{number}/filename")
    ledger.note(Kind.HOST, "options.json/x")

    assert ledger.as_json() == {
        "host names": {"count": 1, "places": {"options.json/x": 1}},
        "file-system paths": {"count": 3, "places": {"sd-models.json/*/filename": 3}},
    }
    assert ledger.lines() == [
        "1 host names (options.json/x)",
        "3 file-system paths (sd-models.json/*/filename)",
    ]


def test_only_so_many_places_are_named_but_all_are_counted() -> None:
    ledger = RedactionLog()
    for number in range(250):
        ledger.note(Kind.USER, f"place-{number}")
    counted = ledger.as_json()[Kind.USER]

    assert (counted["count"], len(counted["places"])) == (250, 200)
    assert ledger.lines()[0].endswith(", ...)")


def test_a_later_run_goes_on_counting() -> None:
    ledger = RedactionLog()
    for number in range(250):
        ledger.note(Kind.USER, f"place-{number}")
    again = RedactionLog()
    again.add(ledger.as_json())
    again.note(Kind.USER, "place-1")

    assert again.as_json()[Kind.USER]["count"] == 251
    assert again.as_json()[Kind.USER]["places"]["elsewhere"] == 50
    assert bool(RedactionLog()) is False
