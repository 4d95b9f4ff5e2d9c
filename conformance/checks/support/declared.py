"""What the server's own document declares, held against what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.settings import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, TEXT
from conformance.detection.probe import OPENAPI
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.runner.check_context import CheckContext


# What the document calls a type, and the shape of its values.
_DECLARED = {
    "boolean": BOOLEAN,
    "number": NUMBER,
    "integer": NUMBER,
    "string": TEXT,
    "array": ARRAY,
    "object": OBJECT,
}


def declared_ones_are_there(context: CheckContext, path: str, schema: str, what: str) -> None:
    """An object has every key that the server's own document declares, of its type or null.

    Args:
        context: of the check.
        path: of the object, below the API.
        schema: its name in the document.
        what: one of its keys, for the report.

    Raises:
        Skip: there is no document, or it does not have the schema.
    """
    __tracebackhide__ = True
    declared = _declared(context, schema, what)
    exchange = expect.ok(context.read(path))
    found = expect.json_object(exchange)
    lost = [name for name in declared if name not in found]
    listed = ", ".join(lost[:5])
    expect.that(not lost, f"every {what} of its own document", f"missing: {listed}", exchange)
    for name, entry in declared.items():
        kind = _DECLARED.get(str(entry.get("type")))
        if kind is not None and not (kind | NULL).accepts(found[name]):
            actual = f"{name} is {expect.shown(found[name])}"
            raise Failed(f"{name} to be {kind.words}, as its document says", actual, exchange)


def _declared(context: CheckContext, schema: str, what: str) -> Mapping[str, Any]:
    document = context.target.probe.json(OPENAPI)
    try:
        found = document["components"]["schemas"][schema]["properties"]
    except (KeyError, TypeError):
        found = None
    if not isinstance(found, dict) or not found:
        raise Skip(f"the server has no document that lists every {what}")
    return {name: entry for name, entry in found.items() if isinstance(entry, dict)}
