"""Validation errors: in the words of pydantic 1, and reworded as pydantic 2 has them."""

from __future__ import annotations

from typing import Any

Location = tuple[str | int, ...]
#: ``{"loc": [...], "msg": text, "type": text}``, with ``ctx`` where the error has values.
ErrorDict = dict[str, Any]


class ValidationError(ValueError):
    """A single value does not fit; becomes a complaint once its place is known.

    Args:
        msg: pydantic's sentence.
        type_: pydantic's error type (``type_error.integer``).
        ctx: values that belong to the error, absent when empty.
    """

    def __init__(self, msg: str, type_: str, ctx: dict[str, Any] | None = None) -> None:
        super().__init__(msg)
        self.msg = msg
        self.type = type_
        self.ctx = ctx or {}

    def at(self, loc: Location) -> ErrorDict:
        """The complaint about the value at `loc`.

        Args:
            loc: keys and indices, from the outside in.
        """
        found: ErrorDict = {"loc": list(loc), "msg": self.msg, "type": self.type}
        if self.ctx:
            found["ctx"] = self.ctx
        return found


def missing() -> ValidationError:
    """A required value that is not there."""
    return ValidationError("field required", "value_error.missing")


def none_not_allowed() -> ValidationError:
    """Null where the field is not Optional."""
    return ValidationError("none is not an allowed value", "type_error.none.not_allowed")


def not_a_dict() -> ValidationError:
    """A value of which ``dict()`` cannot make a mapping."""
    return ValidationError("value is not a valid dict", "type_error.dict")


def not_a_list() -> ValidationError:
    """A value that is no JSON array."""
    return ValidationError("value is not a valid list", "type_error.list")


def describe(complaints: list[ErrorDict], model: str) -> str:
    """The text of pydantic's ValidationError for `model`, as str() gives it.

    Args:
        complaints: all of them.
        model: name of the model.

    Source: pydantic 1.10 error_wrappers.display_errors; recorded: options/int-bad.
    """
    count = len(complaints)
    lines = [f"{count} validation error{'' if count == 1 else 's'} for {model}"]
    for complaint in complaints:
        ctx = "".join(f"; {key}={value}" for key, value in complaint.get("ctx", {}).items())
        lines.append(" -> ".join(str(part) for part in complaint["loc"]))
        lines.append(f"  {complaint['msg']} (type={complaint['type']}{ctx})")
    return "\n".join(lines)


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
        body: what they are about; each shows the value at its place.
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
        error = {"type": "json_invalid", "loc": loc, "msg": "JSON decode error", "input": {}}
        return {**error, "ctx": {"error": ctx["msg"]}}
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
