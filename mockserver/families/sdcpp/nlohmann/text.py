"""JSON text as nlohmann::json writes it: keys sorted, no blanks, shortest numbers."""

from __future__ import annotations

import json
from typing import Any

from mockserver.families._cpp.numbers import shortest


def dump(value: Any) -> str:
    """The text of a value; infinities and NaN become null."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(k)}:{dump(v)}" for k, v in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    if isinstance(value, float):
        return shortest(value)
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
