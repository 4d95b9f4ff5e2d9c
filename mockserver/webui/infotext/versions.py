"""What an infotext's ``Version`` says about how its picture was made.

Source: modules/infotext_versions.py at v1.10.1.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from packaging.version import Version

_COMMITS_SINCE_TAG = re.compile(r"([^-]+-[^-]+)-.*")
#: Hires prompts hold their styles' texts after this version.
_HIRES_STYLES = "1.8.0-139"


@lru_cache(maxsize=64)
def parse_version(text: str | None) -> Version | None:
    """A version as ``git describe`` prints it (``v1.7.0-225-gabcdef``), without the commit.

    Returns:
        None for no text and for one that PEP 440 does not know (``f2.0.1v1.10.1-1.10.1``).
    """
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - start-up time

    if text is None:
        return None
    described = _COMMITS_SINCE_TAG.match(text)
    try:
        return Version(described.group(1) if described else text)
    except InvalidVersion:
        return None


def is_older(version: Version, than: str) -> bool:
    """Whether a version is older than the one that `than` names."""
    known = parse_version(than)
    return known is not None and version < known


def has_hires_styles(text: str | None) -> bool:
    """Whether hires prompts of that version hold styles; taken for granted when unknown."""
    version, known = parse_version(text), parse_version(_HIRES_STYLES)
    return version is None or known is None or version > known


def _timelines(version: Version, values: dict[str, Any]) -> str | None:
    old = is_older(version, "1.6.0") and "[" in values.get("Prompt", "")
    return "Old prompt editing timelines" if old else None


def _pad_conds(version: Version, values: dict[str, Any]) -> str | None:
    old = is_older(version, "1.6.0") and values.get("Sampler", "") in ("DDIM", "PLMS")
    return "Pad conds v0" if old else None


def _alphas(version: Version, _values: dict[str, Any]) -> str | None:
    return "Downcast alphas_cumprod" if is_older(version, "v1.7.0-225") else None


def _refiner(version: Version, values: dict[str, Any]) -> str | None:
    old = is_older(version, "1.8.0") and values.get("Refiner")
    return "Refiner switch by sampling steps" if old else None


#: Each names the key that it sets to True, or none.
RULES: dict[str, Callable[[Version, dict[str, Any]], str | None]] = {
    "timelines": _timelines,
    "pad_conds": _pad_conds,
    "alphas": _alphas,
    "refiner": _refiner,
}


def backcompat(values: dict[str, Any], rules: Iterable[str]) -> None:
    """Set what an old version did otherwise; nothing when ``Version`` is absent or unknown."""
    version = parse_version(values.get("Version"))
    if version is None:
        return
    for name in rules:
        key = RULES[name](version, values)
        if key is not None:
            values[key] = True
