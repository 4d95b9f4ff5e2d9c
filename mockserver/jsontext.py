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
