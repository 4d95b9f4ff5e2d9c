"""The outline of a fixture set: its routes, its requests' fields, its names, its options."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.fixtureset.fixture_set import FixtureSet

_API = "/sdapi/"
#: Longer defaults are cut.
_LONGEST = 60
_REFERENCE = "#/components/schemas/"


@dataclass(frozen=True)
class Outline:
    """What two servers are compared by.

    Attributes:
        routes: ``GET /sdapi/v1/samplers``, those of the API alone.
        fields: ``txt2img.steps`` to type and default, of every route that takes JSON.
        samplers: names in list order.
        schedulers: labels in list order.
        scripts: names, each tab's own.
        options: name to default.
    """

    routes: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    samplers: tuple[str, ...] = ()
    schedulers: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)


def outline(fixtures: FixtureSet) -> Outline:
    """The outline of a set; what the server has no list or document of is empty."""
    document = _list(fixtures, "openapi", {})
    paths = {p: ops for p, ops in document.get("paths", {}).items() if p.startswith(_API)}
    scripts = _list(fixtures, "scripts", {})
    return Outline(
        routes=tuple(f"{m.upper()} {path}" for path, ops in paths.items() for m in ops),
        fields=_fields(document, paths),
        samplers=_names(fixtures, "samplers", "name"),
        schedulers=_names(fixtures, "schedulers", "label"),
        scripts=tuple(f"{tab}: {name}" for tab, names in scripts.items() for name in names),
        options=_properties(document, "Options") or _values(_list(fixtures, "options", {})),
    )


def _list(fixtures: FixtureSet, name: str, absent: Any) -> Any:
    return fixtures.get(name) if fixtures.has(name) else absent


def _names(fixtures: FixtureSet, name: str, key: str) -> tuple[str, ...]:
    return tuple(item.get(key, item["name"]) for item in _list(fixtures, name, []))


def _values(options: dict[str, Any]) -> dict[str, str]:
    """Options of a server without a document, by their values."""
    kinds = {str: "string", bool: "boolean", int: "integer", float: "number"}
    return {
        name: _words({"type": kinds.get(type(value), "any"), "default": value})
        for name, value in options.items()
    }


def _fields(document: dict[str, Any], paths: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, operations in paths.items():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            model = schema.get("$ref", "").removeprefix(_REFERENCE)
            for name, words in _properties(document, model).items():
                found[f"{path.rpartition('/')[2]}.{name}"] = words
    return found


def _properties(document: dict[str, Any], model: str) -> dict[str, str]:
    schemas = document.get("components", {}).get("schemas", {})
    properties = schemas.get(model, {}).get("properties", {})
    return {name: _words(schema) for name, schema in properties.items()}


def _words(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "any")
    default = json.dumps(schema.get("default"), ensure_ascii=False)
    if len(default) > _LONGEST:
        default = f"{default[:_LONGEST]}..."
    bounds = [f"{k} {v}" for k, v in schema.items() if "imum" in k]
    return ", ".join([f"{kind} = {default}", *bounds])
