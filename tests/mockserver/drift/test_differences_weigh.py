"""How much a difference weighs."""

from __future__ import annotations

import pytest

from mockserver.drift.differences import Change, Weight, weigh


@pytest.mark.parametrize(
    ("file", "place", "change", "weight"),
    [
        pytest.param(
            "cmd-flags.json", "/api_auth", Change.RETYPED, Weight.INSTALLATION, id="a flag is set"
        ),
        pytest.param("cmd-flags.json", "/new", Change.ADDED, Weight.API, id="a new flag"),
        pytest.param("options.json", "/eta", Change.RETYPED, Weight.API, id="another type"),
        pytest.param("options.json", "/eta", Change.CHANGED, Weight.INSTALLATION, id="a setting"),
        pytest.param(
            "openapi.json",
            "/paths/~1sdapi~1v1~1txt2img/post/security",
            Change.ADDED,
            Weight.INSTALLATION,
            id="credentials are asked for",
        ),
        pytest.param(
            "openapi.json",
            "/components/securitySchemes",
            Change.GONE,
            Weight.INSTALLATION,
            id="credentials are no longer asked for",
        ),
        pytest.param(
            "openapi.json", "/paths/~1sdapi~1v1~1security", Change.GONE, Weight.API, id="a route"
        ),
    ],
)
def test_what_an_operator_sets_is_distinguished_from_the_program(
    file: str, place: str, change: Change, weight: Weight
) -> None:
    assert weigh(file, place, change) is weight
