"""Any Python value as JSON can hold it, as FastAPI 0.94's jsonable_encoder makes it so."""

from __future__ import annotations

from typing import Any

from mockserver.errors import Crash

#: Keys that FastAPI takes for SQLAlchemy's own and leaves out.
_HIDDEN = "_sa"


def _unknown(value: Any) -> Any:
    """Its items or its attributes as an object; an error that names both failures."""
    failures: list[Exception] = []
    for view in (dict, vars):
        try:
            return view(value)
        except (TypeError, ValueError) as error:
            failures.append(error)
    raise Crash("ValueError", str(failures))


def jsonable(value: Any) -> Any:
    """`value` with tuples as lists, bytes as text, and unknown objects as their attributes.

    Raises:
        Crash: UnicodeDecodeError for bytes that are not UTF-8; ValueError for an object without
            items and attributes.
    """
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, dict):
        return {
            jsonable(k): jsonable(v)
            for k, v in value.items()
            if not (isinstance(k, str) and k.startswith(_HIDDEN))
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(item) for item in value]
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise Crash("UnicodeDecodeError", str(error)) from error
    return jsonable(_unknown(value))
