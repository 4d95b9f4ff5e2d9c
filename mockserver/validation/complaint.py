"""Complaints: what pydantic 1 says of a value that does not fit."""

from __future__ import annotations

from typing import Any

Location = tuple[str | int, ...]
#: ``{"loc": [...], "msg": text, "type": text}``, with ``ctx`` where the error has values.
Complaint = dict[str, Any]


class Misfit(ValueError):  # noqa: N818 - says what a value is, not what went wrong here
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

    def at(self, loc: Location) -> Complaint:
        """The complaint about the value at `loc`."""
        found: Complaint = {"loc": list(loc), "msg": self.msg, "type": self.type}
        if self.ctx:
            found["ctx"] = self.ctx
        return found


def missing() -> Misfit:
    """A required value that is not there."""
    return Misfit("field required", "value_error.missing")


def none_not_allowed() -> Misfit:
    """Null where the field is not Optional."""
    return Misfit("none is not an allowed value", "type_error.none.not_allowed")


def not_a_dict() -> Misfit:
    """A value of which ``dict()`` cannot make a mapping."""
    return Misfit("value is not a valid dict", "type_error.dict")


def not_a_list() -> Misfit:
    """A value that is no JSON array."""
    return Misfit("value is not a valid list", "type_error.list")


def describe(complaints: list[Complaint], model: str) -> str:
    """The text of pydantic's ValidationError for `model`, as str() gives it.

    Source: pydantic 1.10 error_wrappers.display_errors; recorded: options/int-bad.
    """
    count = len(complaints)
    lines = [f"{count} validation error{'' if count == 1 else 's'} for {model}"]
    for complaint in complaints:
        ctx = "".join(f"; {key}={value}" for key, value in complaint.get("ctx", {}).items())
        lines.append(" -> ".join(str(part) for part in complaint["loc"]))
        lines.append(f"  {complaint['msg']} (type={complaint['type']}{ctx})")
    return "\n".join(lines)
