"""What a profile says of a program, as the family's own dataclass."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

from mockserver.errors import ProfileError

if TYPE_CHECKING:
    from mockserver.profile import Profile

_P = TypeVar("_P")


def program_of(profile: Profile, kind: type[_P]) -> _P:
    """The profile's table ``[program]``.

    Args:
        profile: the profile.
        kind: a dataclass with a plain default for every field.

    Raises:
        ProfileError: an unknown key, or a value of another type than the default's.
    """
    known = {field.name: field.default for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for key, value in profile.program.items():
        where = f"profile {profile.name}, program"
        if key not in known:
            raise ProfileError(f"{where}: unknown key {key!r}; known: {', '.join(known)}")
        if type(value) is not type(known[key]):
            wanted = type(known[key]).__name__
            raise ProfileError(f"{where}, {key}: {value!r} is not of type {wanted}")
    return kind(**profile.program)
