from __future__ import annotations

from pathlib import Path

from conformance.requirements.catalogue import load_catalogue, render_catalogue

_PAGE = Path(__file__).parents[3] / "conformance" / "requirements" / "REQUIREMENTS.md"


def test_the_page_in_the_repository_is_the_one_that_the_data_makes() -> None:
    made = render_catalogue(load_catalogue())
    assert _PAGE.read_text(encoding="utf-8") == made, (
        "the page is stale; write it with: sdapi-check --list --markdown > "
        "conformance/requirements/REQUIREMENTS.md"
    )


def test_the_page_has_a_heading_for_every_requirement() -> None:
    page = render_catalogue(load_catalogue())
    assert [name for name in load_catalogue().ids if f"### {name} (" not in page] == []
