"""Compare two folders: a fixture set, and what a live server answered just now."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, UnidentifiedImageError

from mockserver.drift.differences import FILES, Change, Difference, Weight, fields, walk, weigh
from mockserver.fixtures.check import read_manifest
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.recording.set_folder import RECORDER
from mockserver.redaction.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


#: Numbers of redacted folders depend on the order in which they were met.
_FOLDER = re.compile(r"/folder-\d+")
_EXCHANGES = "exchanges"


@dataclass(frozen=True)
class Drift:
    """What differs.

    Attributes:
        differences: those that count, in the order of files and places.
        volatile: how many places differ that do at each request.
    """

    differences: list[Difference]
    volatile: int

    def of(self, weight: Weight) -> list[Difference]:
        """Those of one weight."""
        return [found for found in self.differences if found.weight is weight]


def drift_between(fixtures: Path, live: Path) -> Drift:
    """What a live server does differently from a fixture set.

    Args:
        fixtures: folder of the set.
        live: folder into which the live server was recorded just now.
    """
    before, after = _read(fixtures), _read(live)
    if not any(name.startswith(_EXCHANGES) for name in before):
        after = {name: value for name, value in after.items() if not name.startswith(_EXCHANGES)}
    found = [
        difference
        for name in sorted({*before, *after})
        for difference in _file(name, before, after)
    ]
    volatile = [one for one in found if one.weight is Weight.VOLATILE]
    return Drift([one for one in found if one.weight is not Weight.VOLATILE], len(volatile))


def _file(name: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    if name not in after:
        # An exchange that was not asked for again says nothing.
        if not name.startswith(_EXCHANGES):
            yield Difference(name, "", Change.GONE, "a list", None)
        return
    if name not in before:
        if not name.startswith(_EXCHANGES):
            yield Difference(name, "", Change.ADDED, None, "a list")
        return
    one, other = before[name], after[name]
    if name.removesuffix(".json") in FILES and isinstance(one, list) and isinstance(other, list):
        yield from _shape(name, one, other)
    for place, change, old, new in walk(one, other):
        yield Difference(name, place, change, old, new, weigh(name, place, change))


def _shape(name: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    """What differs in the fields that all items have, whichever items there are."""
    if not before or not after:
        return
    olds, news = fields(before), fields(after)
    for key in sorted({*olds, *news}):
        old, new = olds.get(key), news.get(key)
        if old is None or new is None:
            change = Change.GONE if new is None else Change.ADDED
            yield Difference(name, f"/*/{key}", change, _kinds(old), _kinds(new))
        elif not old & new and "null" not in old | new:
            yield Difference(name, f"/*/{key}", Change.RETYPED, _kinds(old), _kinds(new))


def _kinds(kinds: set[str] | None) -> str | None:
    return None if kinds is None else " or ".join(sorted(kinds))


def _read(folder: Path) -> dict[str, Any]:
    """All answers of a set by file, redacted alike, pictures as what can be compared of them."""
    if read_manifest(folder).get(RECORDER):
        # What a recorder wrote is redacted already.
        found = {f"{name}.json": value for name, value in FixtureSet(folder).lists().items()}
        for path in sorted((folder / _EXCHANGES).glob("*.json")):
            kept = json.loads(path.read_text(encoding="utf-8"))
            found[f"{_EXCHANGES}/{path.name}"] = _with_pictures(kept["response"], folder)
    else:
        found = _redacted(FixtureSet.packaged(str(folder.resolve())).lists())
    return {name: _plain(value) for name, value in found.items()}


def _redacted(lists: dict[str, Any]) -> dict[str, Any]:
    """Lists of a packaged set, as a recorder would have written them."""
    redactor = Redactor()
    redactor.known.learn_document(lists.get("openapi"))
    return {f"{name}.json": redactor.json(value, name) for name, value in lists.items()}


def _with_pictures(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_with_pictures(item, folder) for item in value]
    if not isinstance(value, dict):
        return value
    if "$file" in value:
        return {"picture": _about(folder / value["$file"])}
    return {key: _with_pictures(item, folder) for key, item in value.items()}


def _about(path: Path) -> dict[str, Any]:
    try:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            return {"format": image.format, "size": list(image.size), "mode": image.mode}
    except (OSError, UnidentifiedImageError, ValueError):
        return {"format": "none that can be read"}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_FOLDER.sub("/folder", key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _FOLDER.sub("/folder", value) if isinstance(value, str) else value
