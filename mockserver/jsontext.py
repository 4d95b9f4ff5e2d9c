"""JSON that may be none."""

from __future__ import annotations

import json
from typing import Any


def json_or_none(text: str | bytes) -> Any:
    """The JSON value that a text is; None where it is none, or one that is nested too deeply."""
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
