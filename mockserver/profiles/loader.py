"""Profiles from TOML: every key must be one that the profile knows."""

from __future__ import annotations

import dataclasses
import tomllib
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from mockserver.core.errors import ProfileError
from mockserver.profiles.profile import Profile

_DATA = Path(__file__).parent / "data"


@cache
def profile_names() -> tuple[str, ...]:
    """Names of the packaged profiles, sorted."""
    return tuple(sorted(path.stem for path in _DATA.glob("*.toml")))


@cache
def load_profile(name: str) -> Profile:
    """The packaged profile `name`.

    Args:
        name: as ``sdapi-mock profiles list`` shows it.

    Raises:
        ProfileError: there is none of that name, or its file is malformed.
    """
    path = _DATA / f"{name}.toml"
    if not path.is_file():
        close = get_close_matches(name, profile_names(), n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise ProfileError(f"no profile {name!r}{meant}; there are {', '.join(profile_names())}")
    return read_profile(path)


def is_packaged(profile: Profile) -> bool:
    """Whether a profile is the packaged one of its name, and not one like it.

    Args:
        profile: any profile.
    """
    return profile.name in profile_names() and load_profile(profile.name) is profile


def read_profile(path: Path) -> Profile:
    """A profile from a TOML file; its name is the file's.

    The key ``base`` names a packaged profile: what the file does not say holds as it does there.

    Args:
        path: of a ``.toml`` file.

    Raises:
        ProfileError: the file cannot be read, or a key or value is not a profile's.
    """
    built: Profile = _build(Profile, {**_raw(path, ()), "name": path.stem}, str(path))
    return built


def _raw(path: Path, seen: tuple[str, ...]) -> dict[str, Any]:
    """The tables of a file, laid over those of the packaged profile that ``base`` names."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"{path}: {error}") from error
    base = raw.pop("base", None)
    if base is None:
        return raw
    if base in seen or base not in profile_names():
        others = sorted(set(profile_names()) - {*seen, path.stem})
        raise ProfileError(f"{path}: no base {base!r}; name one of {', '.join(others)}")
    return _merged(_raw(_DATA / f"{base}.toml", (*seen, path.stem)), raw)


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Tables key by key; everything else, arrays too, is replaced."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _merged(below, value)
        else:
            merged[key] = value
    return merged


def _build(kind: type[Any], raw: dict[str, Any], where: str) -> Any:
    """A dataclass from a TOML table, its tables from theirs and its arrays as tuples."""
    hints = get_type_hints(kind)
    unknown = sorted(set(raw) - set(hints))
    if unknown:
        raise ProfileError(f"{where}: unknown key {unknown[0]!r}; known: {', '.join(hints)}")
    try:
        return kind(**{k: _value(hints[k], v, f"{where}, {k}") for k, v in raw.items()})
    except TypeError as error:
        raise ProfileError(f"{where}: {error}") from error


def _value(kind: Any, raw: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(raw, dict):
            raise ProfileError(f"{where}: a table is expected")
        return _build(kind, raw, where)
    return _frozen(raw)


def _frozen(raw: Any) -> Any:
    if isinstance(raw, list):
        return tuple(_frozen(item) for item in raw)
    if isinstance(raw, dict):
        return {key: _frozen(item) for key, item in raw.items()}
    return raw
