"""The client reads infotexts of many programs."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from infotexts import corpus

from conformance.client import parse_infotext


@pytest.mark.parametrize("name", corpus())
def test_a_text_is_read_whole(name: str) -> None:
    row = corpus()[name]

    assert asdict(parse_infotext(row["text"])) == row["client"]


def test_lists_of_objects_are_values_and_not_cut_at_their_first_comma() -> None:
    resources = '[{"type":"checkpoint","modelVersionId":1},{"type":"lora"}]'
    text = f"fox\nSteps: 2, Seed: 1, Civitai resources: {resources}, Clip skip: 2"

    found = parse_infotext(text)

    assert found.value("Civitai resources") == resources
    assert found.value("Clip skip") == "2"
