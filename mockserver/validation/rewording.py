"""Complaints in the words of pydantic 2 and FastAPI 0.104: type, place, sentence, input."""

from __future__ import annotations

from typing import Any

#: Types of pydantic 1 that kinds still complain with, and what pydantic 2 says instead.
_PLAIN = {
    "value_error.missing": ("missing", "Field required"),
    "type_error.list": ("list_type", "Input should be a valid list"),
    "type_error.none.not_allowed": ("none_forbidden", "Input should not be None"),
    "type_error.dict": ("dict_type", "Input should be a valid dictionary"),
    "value_error.number.not_finite_number": ("finite_number", "Input should be a finite number"),
}
_BOUNDS = {
    "value_error.number.not_gt": ("greater_than", "gt", "greater than"),
    "value_error.number.not_ge": ("greater_than_equal", "ge", "greater than or equal to"),
    "value_error.number.not_lt": ("less_than", "lt", "less than"),
    "value_error.number.not_le": ("less_than_equal", "le", "less than or equal to"),
}
_JSON = "value_error.jsondecode"
_CHOICE = "value_error.const"


def reworded(
    complaints: list[dict[str, Any]], body: Any, documented: str = ""
) -> list[dict[str, Any]]:
    """The complaints as pydantic 2 has them.

    Args:
        complaints: as `mockserver.validation` makes them.
        body: what they are about; each tells the value at its place.
        documented: address below which each kind is explained; "" leaves it out.
    """
    plain = body.decode(errors="replace") if isinstance(body, bytes) else body
    found = [_reworded(complaint, plain) for complaint in complaints]
    for item in found:
        if documented and item["type"] != "json_invalid":
            item["url"] = f"{documented}{item['type']}"
    return found


def _reworded(complaint: dict[str, Any], body: Any) -> dict[str, Any]:
    kind, ctx = complaint["type"], complaint.get("ctx", {})
    loc = complaint["loc"]
    if kind == _JSON:
        words = {"type": "json_invalid", "loc": loc, "msg": "JSON decode error", "input": {}}
        return {**words, "ctx": {"error": ctx["msg"]}}
    msg: str = complaint["msg"]
    if kind in _BOUNDS:
        kind, name, relation = _BOUNDS[kind]
        limit = ctx["limit_value"]
        msg, ctx = f"Input should be {relation} {limit:g}", {name: limit}
    elif kind == _CHOICE:
        expected = " or ".join(repr(choice) for choice in ctx["permitted"])
        kind, msg, ctx = "literal_error", f"Input should be {expected}", {"expected": expected}
    else:
        kind, msg = _PLAIN.get(kind, (kind, msg))
    parent = list(loc[1:-1]) if kind == "missing" else list(loc[1:])
    found = {"type": kind, "loc": loc, "msg": msg, "input": _at(body, parent)}
    return {**found, "ctx": ctx} if ctx else found


def _at(body: Any, place: list[Any]) -> Any:
    """The value at a place; null where there is none."""
    for part in place:
        try:
            body = body[part]
        except (LookupError, TypeError):
            return None
    return body if isinstance(body, dict | list | str | int | float | None) else None
