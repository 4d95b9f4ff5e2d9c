"""How values stand in the parameter line of an infotext."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def quote(value: Any) -> str:
    """A value's text, as a JSON string where it holds a comma, colon or line break.

    Source: modules/infotext_utils.py ``quote``.
    """
    text = str(value)
    if "," in text or ":" in text or "\n" in text:
        return json.dumps(value, ensure_ascii=False)
    return text


def parameter_line(parameters: Mapping[str, Any]) -> str:
    """``Key: value`` pairs joined by commas; None is left out, a key equal to its value bare.

    Source: modules/processing.py ``create_infotext``.
    """
    return ", ".join(
        key if key == value else f"{key}: {quote(value)}"
        for key, value in parameters.items()
        if value is not None
    )
