"""What differs between two JSON values, in a form a person can read.

A delta is ``{"set": {pointer: value}, "drop": [pointer]}`` with JSON pointers (RFC 6901)
relative to the base. Recordings repeat the same large answers; a delta keeps only the news.
"""

from __future__ import annotations

import copy
import json
from typing import Any


def _step(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _keys(pointer: str) -> list[str]:
    return [k.replace("~1", "/").replace("~0", "~") for k in pointer.split("/")[1:]]


def _same(a: Any, b: Any) -> bool:
    """Equal to the letter: 1 and 1.0 differ, and so does the order of keys."""
    return json.dumps(a) == json.dumps(b)


def _walk(base: Any, value: Any, at: str, out: dict[str, Any]) -> None:
    if _same(base, value):
        return
    kept_order = (
        isinstance(base, dict)
        and isinstance(value, dict)
        and [k for k in base if k in value] == [k for k in value if k in base]
        and list(value)[: len(value) - sum(k not in base for k in value)]
        == [k for k in value if k in base]
    )
    if not kept_order:
        out["set"][at] = value
        return
    for key in base:
        if key not in value:
            out["drop"].append(at + _step(key))
    for key, item in value.items():
        if key in base:
            _walk(base[key], item, at + _step(key), out)
        else:
            out["set"][at + _step(key)] = item


def difference(base: Any, value: Any) -> dict[str, Any]:
    """Delta that turns `base` into `value`; `apply` is its inverse."""
    out: dict[str, Any] = {"set": {}, "drop": []}
    _walk(base, value, "", out)
    return {k: v for k, v in out.items() if v}


def apply(base: Any, delta: dict[str, Any]) -> Any:
    """`base` with `delta` applied; the base stays as it is.

    Raises:
        KeyError: the delta names a place that the base does not have.
    """
    result = copy.deepcopy(base)
    for pointer in delta.get("drop", []):
        *path, last = _keys(pointer)
        holder = result
        for key in path:
            holder = holder[key]
        del holder[last]
    for pointer, value in delta.get("set", {}).items():
        if pointer == "":
            result = copy.deepcopy(value)
            continue
        *path, last = _keys(pointer)
        holder = result
        for key in path:
            holder = holder[key]
        holder[last] = copy.deepcopy(value)
    return result
