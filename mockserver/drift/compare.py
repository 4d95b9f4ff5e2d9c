"""Compare two folders: a fixture set, and what a live server answered just now."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, UnidentifiedImageError

from mockserver.drift.differences import (
    FILES,
    Change,
    Difference,
    Weight,
    fields,
    is_reordered,
    walk,
    weigh,
)
from mockserver.fixtures.check import read_manifest
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.recording.set_folder import RECORDER
from mockserver.recording.stand_in import HASHES
from mockserver.redaction.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator


#: Numbers of redacted folders depend on the order in which they were met.
_FOLDER = re.compile(r"/folder-\d+")
_EXCHANGES = "exchanges"
_ERRORS = f"{_EXCHANGES}/error-"
#: Lists of models, the keys that name one, and what stands for each in errors that show it.
_MODELS = ("sd-models", "sd-vae", "sd-modules", "loras")
_NAMES = ("title", "model_name", "name", "filename", "hash", "sha256")
_SHORTEST, _MODEL = 4, "(model)"


@dataclass(frozen=True)
class Drift:
    """What differs.

    Attributes:
        differences: those that count, in the order of files and places.
        volatile: how many places differ that do at each request.
        not_asked: names of recorded exchanges that were not asked for again.
    """

    differences: list[Difference]
    volatile: int
    not_asked: tuple[str, ...] = ()

    def of(self, weight: Weight) -> list[Difference]:
        """Those of one weight.

        Args:
            weight: how much they matter.
        """
        return [found for found in self.differences if found.weight is weight]


def drift_between(fixtures: Path, live: Path) -> Drift:
    """What a live server does differently from a fixture set.

    Args:
        fixtures: folder of the set.
        live: folder into which the live server was recorded just now.
    """
    (before, own), (after, others) = _read(fixtures), _read(live)
    models = [pattern for pattern in (own, others) if pattern]
    if not any(name.startswith(_EXCHANGES) for name in before):
        after = {name: value for name, value in after.items() if not name.startswith(_EXCHANGES)}
    found = [
        difference
        for name in sorted({*before, *after} - {f"{HASHES}.json"})
        for difference in _file(name, before, after, models)
    ]
    volatile = [one for one in found if one.weight is Weight.VOLATILE]
    counted = [one for one in found if one.weight is not Weight.VOLATILE]
    left_out = sorted(name for name in {*before} - {*after} if name.startswith(_EXCHANGES))
    return Drift(counted, len(volatile), tuple(Path(name).stem for name in left_out))


def _file(
    name: str, before: dict[str, Any], after: dict[str, Any], models: list[re.Pattern[str]]
) -> Iterator[Difference]:
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
        weight = weigh(name, place, change, reordered=is_reordered(old, new))
        value = new if old is None else old
        whole = change in {Change.ADDED, Change.GONE} and isinstance(value, str)
        if whole and any(pattern.fullmatch(value) for pattern in models):
            # One of the choices of a script, which are models.
            weight = Weight.INSTALLATION
        yield Difference(name, place, change, old, new, weight)


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


def _read(folder: Path) -> tuple[dict[str, Any], re.Pattern[str] | None]:
    """All answers of a set by file, redacted alike, and the names of its models.

    Of pictures is there what can be compared of them.
    """
    if read_manifest(folder).get(RECORDER):
        # What a recorder wrote is redacted already.
        found = {f"{name}.json": value for name, value in FixtureSet(folder).lists().items()}
        for path in sorted((folder / _EXCHANGES).glob("*.json")):
            kept = json.loads(path.read_text(encoding="utf-8"))
            found[f"{_EXCHANGES}/{path.name}"] = _with_pictures(kept["response"], folder)
    else:
        found = _redacted(FixtureSet.packaged(str(folder.resolve())).lists())
    own = _own_names(found)
    plain = {
        name: _plain(value, own if name.startswith(_ERRORS) else None)
        for name, value in found.items()
    }
    return plain, own


def _own_names(lists: dict[str, Any]) -> re.Pattern[str] | None:
    """Names of the models of one server, which its errors may say; None where it has none."""
    found = {
        str(item[key])
        for name in _MODELS
        for item in (lists.get(f"{name}.json") or ())
        if isinstance(item, dict)
        for key in _NAMES
        if item.get(key)
    }
    longest_first = sorted(found, key=len, reverse=True)
    known = [re.escape(name) for name in longest_first if len(name) >= _SHORTEST]
    return re.compile(rf"(?<!\w)(?:{'|'.join(known)})(?!\w)") if known else None


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


def _plain(value: Any, own: re.Pattern[str] | None = None) -> Any:
    """A value without numbers of folders, and without one server's own names."""
    if isinstance(value, dict):
        return {_FOLDER.sub("/folder", key): _plain(item, own) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, own) for item in value]
    if not isinstance(value, str):
        return value
    text = _FOLDER.sub("/folder", value)
    return own.sub(_MODEL, text) if own else text
