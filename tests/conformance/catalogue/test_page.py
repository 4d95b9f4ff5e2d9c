from __future__ import annotations

from pathlib import Path

from conformance.catalogue import load_catalogue
from conformance.catalogue.page import render_page

_PAGE = Path(__file__).parents[3] / "conformance" / "catalogue" / "REQUIREMENTS.md"


def test_the_page_in_the_repository_is_the_one_that_the_data_makes() -> None:
    made = render_page(load_catalogue())
    assert _PAGE.read_text(encoding="utf-8") == made, (
        "the page is stale; write it with: sdapi-check --list --markdown > "
        "conformance/catalogue/REQUIREMENTS.md"
    )


def test_the_page_has_a_heading_for_every_requirement() -> None:
    page = render_page(load_catalogue())
    assert [name for name in load_catalogue().ids if f"### {name} (" not in page] == []
