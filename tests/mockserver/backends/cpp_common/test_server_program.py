"""What a profile says of a program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.backends.cpp_common.server import program_of
from mockserver.core.errors import ProfileError
from mockserver.profiles.loader import load_profile

if TYPE_CHECKING:
    from mockserver.profiles.profile import Profile


@dataclass(frozen=True)
class Program:
    steps: int = 20
    model: str = "m"


def profile(**program: Any) -> Profile:
    return replace(load_profile("sdcpp-master-827"), name="mine", program=program)


def test_what_is_reported_counts_and_the_rest_has_defaults() -> None:
    assert program_of(profile(steps=5), Program) == Program(5, "m")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        pytest.param(
            {"stps": 5},
            "profile mine, program: unknown key 'stps'; known: steps, model",
            id="unknown key",
        ),
        pytest.param(
            {"steps": "many"},
            "profile mine, program, steps: 'many' is not of type int",
            id="another type",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(program: dict[str, Any], words: str) -> None:
    with pytest.raises(ProfileError, match=f"^{words}$"):
        program_of(profile(**program), Program)
