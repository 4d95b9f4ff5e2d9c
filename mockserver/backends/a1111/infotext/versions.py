"""What the program's version changes in parsing an infotext: defaults, older behaviour."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from packaging.version import Version


_COMMITS_SINCE_TAG = re.compile(r"([^-]+-[^-]+)-.*")
#: Hires prompts hold their styles' texts after this version.
_HIRES_STYLES = "1.8.0-139"


@lru_cache(maxsize=64)
def parse_version(text: str | None) -> Version | None:
    """A version as ``git describe`` prints it (``v1.7.0-225-gabcdef``), without the commit.

    Args:
        text: value of ``Version``.

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
    """Whether a version is older than the one that `than` names.

    Args:
        version: as `parse_version` gives it.
        than: a version such as ``1.7.0``.
    """
    known = parse_version(than)
    return known is not None and version < known


def has_hires_styles(text: str | None) -> bool:
    """Whether hires prompts of that version hold styles; taken for granted when unknown.

    Args:
        text: value of ``Version``, None for none.
    """
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
    """Set what an old version did otherwise; nothing when ``Version`` is absent or unknown.

    Args:
        values: values by key; changed in place.
        rules: names of `RULES` that hold.
    """
    version = parse_version(values.get("Version"))
    if version is None:
        return
    for name in rules:
        key = RULES[name](version, values)
        if key is not None:
            values[key] = True


#: Pixels of a first pass whose size the text leaves to the server.
_OLD_FIRST_PASS_PIXELS = 512 * 512
_OLD_FIRST_PASS_STEP = 64


@dataclass(frozen=True)
class ParseRules:
    """What differs between versions when an infotext is parsed; ``data/parse_rules.toml`` says it.

    Attributes:
        prompt_first: Prompt and Negative prompt come before the other keys.
        hires_styles: styles are looked for in the hires prompts too.
        backcompat: names of `RULES` that hold.
        early: keys added when absent, before old first pass sizes are looked at.
        late: keys added when absent, after that.
        tail: keys added when absent, after the rules for FP8 and Emphasis; None where the
            version has neither those rules nor these keys.
    """

    prompt_first: bool
    hires_styles: bool
    backcompat: tuple[str, ...]
    early: tuple[tuple[str, Any], ...]
    late: tuple[tuple[str, Any], ...]
    tail: tuple[tuple[str, Any], ...] | None = None


def _read_rules() -> dict[str, ParseRules]:
    """The packaged rules, by the first version that they hold for."""
    file = files("mockserver.backends.a1111.infotext") / "data" / "parse_rules.toml"
    found = {}
    for version, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
        parts = {k: tuple(v.items()) if isinstance(v, dict) else v for k, v in table.items()}
        found[version] = ParseRules(**parts | {"backcompat": tuple(table["backcompat"])})
    return found


#: By the first version that they hold for, as profiles name them.
PARSE_RULES = _read_rules()
V1_10_1, V1_7_0 = PARSE_RULES["1.9"], PARSE_RULES["1.7"]


def add_missing(values: dict[str, Any], defaults: Mapping[str, Any]) -> None:
    """Add the defaults whose key is absent, in their order.

    Args:
        values: values by key; changed in place.
        defaults: key and value, in order.
    """
    for key, value in defaults.items():
        values.setdefault(key, value)


def _int(value: Any) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise ServerError("ValueError", str(error)) from error


def old_first_pass(width: int, height: int) -> tuple[int, int]:
    """Size of an old first pass: about 512x512 pixels of that shape, in steps of 64.

    Args:
        width: in pixels.
        height: in pixels.

    Source: modules/processing.py, old_hires_fix_first_pass_dimensions, at v1.10.1.

    Raises:
        ServerError: ZeroDivisionError when either side is 0.
    """
    if width * height == 0:
        problem = "division by zero"
        raise ServerError("ZeroDivisionError", problem)
    scale = math.sqrt(_OLD_FIRST_PASS_PIXELS / (width * height))
    step = _OLD_FIRST_PASS_STEP
    return math.ceil(scale * width / step) * step, math.ceil(scale * height / step) * step


def _use_hires_size(values: dict[str, Any]) -> bool:
    width = _int(values.get("Hires resize-1", 0))
    height = _int(values.get("Hires resize-2", 0))
    if width and height:
        values["Size-1"], values["Size-2"] = width, height
    return bool(width and height)


def restore_old_hires(values: dict[str, Any], *, use_old_sizes: bool) -> None:
    """Turn ``First pass size`` of old texts into Size and Hires resize, as ints.

    Args:
        values: parsed so far; changed in place.
        use_old_sizes: option use_old_hires_fix_width_height: Size becomes Hires resize instead.

    Raises:
        ServerError: ValueError for a size that is no integer.
    """
    first = values.get("First pass size-1"), values.get("First pass size-2")
    if use_old_sizes and _use_hires_size(values):
        return
    if None in first:
        return
    first_width, first_height = _int(first[0]), _int(first[1])
    width, height = _int(values.get("Size-1", 512)), _int(values.get("Size-2", 512))
    if first_width == 0 or first_height == 0:
        first_width, first_height = old_first_pass(width, height)
    values["Size-1"], values["Size-2"] = first_width, first_height
    values["Hires resize-1"], values["Hires resize-2"] = width, height
