"""What was stored is found again in what GET options shows, for every option of every profile."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import load_profile
from mockserver.backends.a1111.options import OptionStore
from mockserver.backends.a1111.server import Webui
from mockserver.backends.a1111.stored_options import fresh_options, options_behind
from mockserver.profiles.loader import profile_names

if TYPE_CHECKING:
    from mockserver.pydantic_compat.models import Model

PROFILES = [
    name
    for name in profile_names()
    if load_profile(name).family == "a1111" and not load_profile(name).options.own_setters
]


def values_of(default: Any) -> list[Any]:
    """Values that an option of that default may have been saved with."""
    if isinstance(default, bool):
        return [True, False]
    if isinstance(default, int):
        return [0, 1, 2, default + 3]
    if isinstance(default, float):
        return [0.25, default + 0.5]
    if isinstance(default, list):
        return [[], ["one", "two"]]
    return ["", "another"] if isinstance(default, str) else []


def shown(webui: Webui, model: Model, stored: dict[str, Any]) -> dict[str, Any]:
    """GET options of a server that stored these, as JSON carries it."""
    found = OptionStore(model, webui.profile.options, stored).answer()
    answer: dict[str, Any] = json.loads(json.dumps(found))
    return answer


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("saved", ["all options", "this option alone"])
def test_any_option_at_any_value_is_found_again(profile: str, saved: str) -> None:
    webui = Webui(profile)
    model, rules = webui.models.get("Options"), webui.profile.options
    recorded = webui.fixtures.get("options")
    others = (
        dict(webui.options) if saved == "all options" else fresh_options(model, recorded, rules)
    )
    wrong = []
    for field in model.fields:
        if field.name in rules.html or field.name not in recorded:
            continue
        for value in values_of(field.default):
            answer = shown(webui, model, {**others, field.name: value})
            found = options_behind(model, answer, rules).get(field.name, field.default)
            if found != value or type(found) is not type(value):
                wrong.append((field.name, value, found))

    assert wrong == []
