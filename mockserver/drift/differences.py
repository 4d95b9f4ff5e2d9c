"""Differences between two JSON values: where, what kind, how much each weighs."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Change(StrEnum):
    """What became of a place."""

    ADDED = "added"
    GONE = "gone"
    RETYPED = "retyped"
    CHANGED = "changed"


class Weight(StrEnum):
    """Whom a difference concerns.

    API: any client. INSTALLATION: the models, settings and folders of that one server.
    VOLATILE: nobody, it is another at each request.
    """

    API = "api"
    INSTALLATION = "installation"
    VOLATILE = "volatile"


@dataclass(frozen=True)
class Difference:
    """One difference between two answers of the same name.

    Attributes:
        file: the set's file (``samplers.json``).
        place: JSON pointer in it, items of lists by name (``/Euler/aliases``) or ``*`` for all.
        change: what became of it.
        before: in the fixture set; None where it is new.
        after: on the live server; None where it is gone.
        weight: whom it concerns.
    """

    file: str
    place: str
    change: Change
    before: Any
    after: Any
    weight: Weight = Weight.API

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "file": self.file,
            "place": self.place,
            "change": self.change.value,
            "weight": self.weight.value,
            "before": self.before,
            "after": self.after,
        }


#: Lists of what lies on one server's disk; other lists come with the program.
FILES = frozenset(
    {"sd-models", "sd-modules", "sd-vae", "loras", "embeddings", "hypernetworks"}
    | {"prompt-styles", "extensions", "realesrgan-models", "upscalers"}
)
#: Upscalers that come with the programs; all others are files.
_BUILT_IN = re.compile(r"upscalers\.json/(?:None|Lanczos|Nearest|Latent\b[^/]*)(?:/|$)")
#: Lists whose items differ by name alone, so that their order means nothing: every list
#: that is a file of its own, the scripts, and what a document requires or allows.
_UNORDERED = re.compile(r"^[\w-]+\.json$|^scripts\.json/\w+$|^openapi\.json/.*/(?:required|enum)$")
#: Values that somebody sets.
_SETTINGS = frozenset({"options", "cmd-flags"})
#: Source: the fields of state and of memory in modules/shared_state.py and modules/api/api.py;
#: gradio's app_id; seeds are fixed in the recorder's plan.
_VOLATILE = re.compile(
    r"/(?:job_timestamp|app_id|eta_relative|job_no|job_count|sampling_steps?|current_image"
    r"|date|x-process-time|used|free|total|mtime)$|^memory\.json/(?:ram|cuda)/"
)
#: Flags are null until somebody sets them.
_FLAGS = "cmd-flags"
#: What a document says of --api-auth.
_SECURITY = re.compile(r"/security$|/securitySchemes$")
_EXCHANGES = "exchanges/"


def weigh(file: str, place: str, change: Change, *, reordered: bool = False) -> Weight:
    """The weight of a difference.

    Args:
        file: the set's file.
        place: JSON pointer in it.
        change: what became of it.
        reordered: whether only the order of a list is another.
    """
    name = file.removesuffix(".json")
    if reordered and _UNORDERED.search(file + place):
        return Weight.VOLATILE
    if change is Change.CHANGED and _VOLATILE.search(file + place):
        return Weight.VOLATILE
    if file.startswith(_EXCHANGES):
        own = change is Change.CHANGED and not name.startswith(f"{_EXCHANGES}error-")
        return Weight.INSTALLATION if own and "/status" not in place else Weight.API
    if name in FILES and "/*/" not in place and not _BUILT_IN.match(file + place):
        return Weight.INSTALLATION
    return Weight.INSTALLATION if _is_set(name, place, change) else Weight.API


def _is_set(name: str, place: str, change: Change) -> bool:
    """Whether it is something that an operator sets."""
    if name == "openapi":
        return _SECURITY.search(place) is not None
    if name == _FLAGS and change is Change.RETYPED:
        return True
    return name in _SETTINGS and change is Change.CHANGED


if TYPE_CHECKING:
    Found = tuple[str, Change, Any, Any]

#: Keys that name an item of a list: the first that all items have.
_NAMING = ("name", "title", "model_name", "label", "path")
_LONGEST_NAME = 60
_ABSENT = object()


def walk(before: Any, after: Any, at: str = "") -> Iterator[Found]:
    """What differs, as (JSON pointer, change, before, after).

    Items of lists are matched by what names them, texts of lists of texts by themselves. That
    the order of such a list is another is one difference, at the list.

    Args:
        before: a JSON value.
        after: another.
        at: pointer of both.
    """
    if before is _ABSENT:
        yield at, Change.ADDED, None, after
    elif after is _ABSENT:
        yield at, Change.GONE, before, None
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from walk(before.get(key, _ABSENT), after.get(key, _ABSENT), at + _step(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, at)
    elif json.dumps(before) != json.dumps(after):
        change = Change.CHANGED if _alike(before, after, at) else Change.RETYPED
        yield at, change, before, after


def is_reordered(before: Any, after: Any) -> bool:
    """Whether two lists of texts hold the same in another order.

    Args:
        before: any JSON value.
        after: any JSON value.
    """
    lists = isinstance(before, list) and isinstance(after, list)
    return lists and all(isinstance(x, str) for x in before) and Counter(before) == Counter(after)


def fields(items: list[Any]) -> dict[str, set[str]]:
    """Fields of the objects in a list, with the types of their values.

    Null is left out of the types of a field that has others too.

    Args:
        items: a list of objects.
    """
    found: dict[str, set[str]] = {}
    for item in items:
        for key, value in item.items() if isinstance(item, dict) else ():
            found.setdefault(key, set()).add(type_of(value))
    return {key: kinds - {"null"} or kinds for key, kinds in found.items()}


def type_of(value: Any) -> str:
    """JSON's name of a value's type; integers have a name of their own.

    Args:
        value: any JSON value.
    """
    if value is None:
        return "null"
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")


def _lists(before: list[Any], after: list[Any], at: str) -> Iterator[Found]:
    key = _naming(before + after)
    if key is None and not _names(before + after):
        if json.dumps(before) == json.dumps(after):
            return
        if len(before) != len(after):
            yield at, Change.CHANGED, before, after
            return
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from walk(one, other, f"{at}/{number}")
        return
    olds, news = _named(before, key), _named(after, key)
    for name in [*olds, *(name for name in news if name not in olds)]:
        yield from walk(olds.get(name, _ABSENT), news.get(name, _ABSENT), at + _step(name))
    common = [name for name in olds if name in news]
    order = [name for name in news if name in olds]
    if common != order:
        yield at, Change.CHANGED, common, order


def _naming(items: list[Any]) -> str | None:
    """The key by which items are matched; None where not all have one."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    named = (key for key in _NAMING if all(isinstance(item.get(key), str) for item in items))
    return next(named, None)


def _names(items: list[Any]) -> bool:
    """Whether all items are texts that can stand for themselves."""
    return bool(items) and all(
        isinstance(item, str) and len(item) <= _LONGEST_NAME and "\n" not in item for item in items
    )


def _named(items: list[Any], key: str | None) -> dict[str, Any]:
    """Items by name; the second of a name gets ``#2`` behind it, and so on."""
    counts: Counter[str] = Counter()
    found = {}
    for item in items:
        name = str(item if key is None else item[key])
        counts[name] += 1
        found[name if counts[name] == 1 else f"{name}#{counts[name]}"] = item
    return found


def _alike(before: Any, after: Any, at: str) -> bool:
    """Whether only the value is another; 1 and 1.0 are of two types, 1 and 1.5 need not be."""
    if at.endswith("/type"):
        return False
    kinds = {type_of(before), type_of(after)}
    numbers = kinds == {"integer", "number"} and before != after
    return len(kinds) == 1 or numbers


def _step(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")
