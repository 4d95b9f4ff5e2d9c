"""JSON values: text that may be JSON, and any Python value as JSON can hold it."""

from __future__ import annotations

import json
from typing import Any

from mockserver.core.errors import ServerError


def json_or_none(text: str | bytes) -> Any:
    """The JSON value that a text is; None where it is none, or one that is nested too deeply.

    Args:
        text: text or bytes.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def json_bytes(value: Any) -> bytes:
    """A JSON value as UTF-8, without blanks; lone surrogates become question marks.

    Args:
        value: the value.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace")


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
    raise ServerError("ValueError", str(failures))


def jsonable(value: Any) -> Any:
    """`value` with tuples as lists, bytes as text, and unknown objects as their attributes.

    Args:
        value: any Python value.

    Raises:
        ServerError: UnicodeDecodeError for bytes that are not UTF-8; ValueError for an object
            without
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
            raise ServerError("UnicodeDecodeError", str(error)) from error
    return jsonable(_unknown(value))
