"""Mutations of recorded answers: one field changed, dropped, retyped, emptied or added.

A path leads into an answer: a key, ``[]`` for every item of a list, ``[-1]`` for the last one
alone, ``$json`` for the JSON that a text holds. ``()`` is the whole answer.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps, PngImagePlugin, UnidentifiedImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mockserver.fixtures.recording import Case

Trail = tuple[str, ...]
EVERY, LAST, TEXT = "[]", "[-1]", "$json"
_PICTURE, _OK = "picture", 200
#: Objects whose keys are names: their items are looked at as one value.
_MAPS = {"metadata", "options", "value", "loaded", "skipped"}
_MAPS |= {"override_settings", "alwayson_scripts", "extra_generation_params"}


@dataclass(frozen=True)
class Mutation:
    """One fault of one kind of answer.

    Args:
        method: of the request.
        route: of the request, without its query.
        status: of the answers that have it.
        path: into the answer.
        kind: what is done there, one of ``KINDS``.
    """

    method: str
    route: str
    status: int
    path: Trail
    kind: str

    def __str__(self) -> str:
        place = ".".join(self.path) or "(answer)"
        return f"{self.method} {self.route} {self.status} {place}: {self.kind}"


@dataclass
class Seen:
    """What was recorded at one path: the kinds of its values, and one of them."""

    kinds: set[str]
    sample: Any
    optional: bool = False


def kind_of(value: Any) -> str:
    """The kind of a recorded value; that of a picture is its own."""
    if isinstance(value, dict) and "$picture" in value:
        return _PICTURE
    kinds = {bool: "bool", int: "number", float: "number", str: "text", dict: "object"}
    kinds |= {list: "list", type(None): "null"}
    return kinds[type(value)]


Recorded = dict[tuple[str, str, int], dict[Trail, Seen]]


def recorded_paths(cases: Iterable[Case]) -> Recorded:
    """Method, route and status -> every path of the answers, with what was recorded there."""
    found: Recorded = defaultdict(dict)
    for case in cases:
        for step in case.steps:
            answer = step.answer
            if answer.is_json and answer.status is not None:
                place = (step.method, step.path.partition("?")[0], answer.status)
                for path, value in _walk(answer.body, ()):
                    seen = found[place].setdefault(path, Seen(set(), value))
                    seen.kinds.add(kind_of(value))
                    seen.sample = seen.sample if seen.sample is not None else value
    return dict(found)


def _walk(value: Any, path: Trail) -> Iterator[tuple[Trail, Any]]:
    if isinstance(value, dict) and TEXT in value:
        yield path, json.dumps(value[TEXT])
        # Elsewhere a text that looks like JSON is a text.
        if path[-1:] == ("info",):
            yield from _walk(value[TEXT], (*path, TEXT))
        return
    yield path, value
    if isinstance(value, dict) and "$picture" not in value and path[-1:] not in _LEAVES:
        for key, item in value.items():
            yield from _walk(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, (*path, EVERY))


_LEAVES = {(name,) for name in _MAPS}


# What can be done to a value: kind of mutation -> kinds of values -> what becomes of one.
def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value}x"


_RETYPED: dict[str, Callable[[Any], Any]] = {
    "text": lambda _: 5,
    "number": str,
    "bool": lambda value: str(value).lower(),
    "list": lambda _: {},
    "object": lambda _: [],
    "null": lambda _: {"a": 1},
    _PICTURE: lambda value: f"data:image/png;base64,{value}",
}


def _inverted(text: str) -> str:
    """Another picture with the same text chunks; what is no picture as it is."""
    try:
        image = Image.open(BytesIO(base64.b64decode(text)))
    except (ValueError, UnidentifiedImageError):
        return text
    chunks, buffer = PngImagePlugin.PngInfo(), BytesIO()
    for name, words in image.info.items():
        if isinstance(words, str):
            chunks.add_text(name, words)
    ImageOps.invert(image.convert("RGB")).save(buffer, "PNG", pnginfo=chunks)
    return base64.b64encode(buffer.getvalue()).decode()


KINDS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "null": dict.fromkeys(("text", "number", "bool", "list", "object", _PICTURE), lambda _: None),
    "retyped": _RETYPED,
    "changed": {**dict.fromkeys(("text", "number", "bool"), _other), _PICTURE: _inverted},
    "emptied": {
        "text": lambda _: "",
        "list": lambda _: [],
        "object": lambda _: {},
        _PICTURE: lambda value: value[: len(value) // 2 // 4 * 4],
    },
    "added to": {
        "object": lambda value: {**value, "zz_added": 1},
        "list": lambda value: [*value, value[-1]] if value else value,
    },
    "shortened": {"list": lambda value: value[:-1]},
    "reversed": {"list": lambda value: value[::-1]},
}
DROPPED = "dropped"


def mutations(recorded: Recorded) -> Iterator[Mutation]:
    """Every mutation of every path, but for those that change nothing that was recorded."""
    for place, paths in recorded.items():
        for path, seen in paths.items():
            for kind in _kinds_for(path, seen):
                yield Mutation(*place, path, kind)
                if EVERY in path and kind in {"null", "retyped", DROPPED}:
                    yield Mutation(*place, _at_the_end(path), kind)


def _at_the_end(path: Trail) -> Trail:
    first = path.index(EVERY)
    return (*path[:first], LAST, *path[first + 1 :])


def _kinds_for(path: Trail, seen: Seen) -> Iterator[str]:
    own = kind_of(seen.sample)
    for kind, able in KINDS.items():
        if own not in able or (kind == "null" and "null" in seen.kinds):
            continue
        if own == "null" and kind == "retyped" and len(seen.kinds) > 1:
            continue
        if own == "list" and kind in {"shortened", "reversed", "added to"} and not seen.sample:
            continue
        yield kind
    if path and path[-1] not in {EVERY, TEXT}:
        yield DROPPED


class Applied:
    """Carries out one mutation, and knows whether it ever had an effect."""

    def __init__(self, mutation: Mutation) -> None:
        self.mutation = mutation
        self.hit = False

    def __call__(self, value: Any) -> Any:
        """The answer's JSON with the mutation in it."""
        return self._at(value, self.mutation.path)

    def _at(self, value: Any, path: Trail) -> Any:
        if not path:
            return self._mutated(value)
        head, *rest = path
        if head in {EVERY, LAST} and isinstance(value, list) and value:
            chosen = range(len(value)) if head == EVERY else [len(value) - 1]
            return [self._at(v, tuple(rest)) if n in chosen else v for n, v in enumerate(value)]
        if head == TEXT and isinstance(value, str):
            return json.dumps(self._at(json.loads(value), tuple(rest)))
        if isinstance(value, dict) and head in value:
            if not rest and self.mutation.kind == DROPPED:
                self.hit = True
                return {key: item for key, item in value.items() if key != head}
            return {**value, head: self._at(value[head], tuple(rest))}
        return value

    def _mutated(self, value: Any) -> Any:
        able = KINDS[self.mutation.kind]
        kind = _PICTURE if isinstance(value, str) and _is_picture(value) else kind_of(value)
        edit = able.get(kind)
        if edit is None:
            return value
        made = edit(value)
        self.hit = self.hit or made != value
        return made


def _is_picture(text: str) -> bool:
    return text.startswith(("iVBOR", "/9j/", "UklGR"))
