"""JSON from outside, however odd."""

from __future__ import annotations

import json
from typing import Any


def parse_json(text: str, *, strict: bool = False) -> Any:
    """Read JSON text.

    Args:
        text: the text.
        strict: refuse NaN and Infinity, which Python's reader lets through.

    Raises:
        ValueError: it is not JSON, or nested too deeply to be read.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant if strict else None)
    except RecursionError as error:
        raise ValueError("it is nested too deeply to be read") from error


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
