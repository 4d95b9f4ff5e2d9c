"""All models of one OpenAPI document, each built when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from mockserver.validation.dialect import DIALECTS
from mockserver.validation.model import Field, Model
from mockserver.validation.schema import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping


class Declarations(Protocol):
    """What the source of a server declares and its document cannot say.

    Attributes:
        optional_models: models whose fields are all Optional.
        not_nullable: fields of such a model that are not.
        text_keys: objects whose keys are coerced to text.
        finite: numbers that refuse infinities and NaN.
        dialect: ``pydantic1`` or ``pydantic2``.
    """

    @property
    def optional_models(self) -> tuple[str, ...]: ...  # noqa: D102 - told above
    @property
    def not_nullable(self) -> Mapping[str, tuple[str, ...]]: ...  # noqa: D102 - told above
    @property
    def text_keys(self) -> tuple[str, ...]: ...  # noqa: D102 - told above
    @property
    def finite(self) -> tuple[str, ...]: ...  # noqa: D102 - told above
    @property
    def dialect(self) -> str: ...  # noqa: D102 - told above


def _without_null(schema: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """What OpenAPI 3.1 says of a value other than null, and whether it says that null passes."""
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if len(parts) != 1 or len(parts) == len(schema["anyOf"]):
        return schema, False
    return parts[0], True


class Models:
    """The models of a server.

    Args:
        openapi: its document, as it answers ``/openapi.json``.
        declared: what its source declares beyond the document.
    """

    def __init__(self, openapi: dict[str, Any], declared: Declarations) -> None:
        self._openapi = openapi
        self._declared = declared
        self._dialect = DIALECTS[declared.dialect]
        self._built: dict[str, Model] = {}

    def get(self, name: str) -> Model:
        """The model under components.schemas called `name`.

        Raises:
            KeyError: the document has none of that name.
        """
        if name not in self._built:
            schema = self._openapi["components"]["schemas"][name]
            required = frozenset(schema.get("required", ()))
            fields = [
                self._field(name, key, part, key in required)
                for key, part in schema.get("properties", {}).items()
            ]
            self._built[name] = Model(name, fields, self._dialect.model)
        return self._built[name]

    def query(self, path: str, method: str = "get") -> Model:
        """The query parameters of one operation, as a model of their own.

        Raises:
            KeyError: the document has no such operation.
        """
        parameters = self._openapi["paths"][path][method].get("parameters", [])
        fields = [
            self._field("", part["name"], part["schema"], part["required"])
            for part in parameters
            if part["in"] == "query"
        ]
        return Model(path, fields)

    def _field(self, model: str, name: str, schema: dict[str, Any], required: bool) -> Field:
        """One field; Optional where the source says so, or where null is its default."""
        declared = self._declared
        default = schema.get("default")
        schema, optional = _without_null(schema)
        kind = kind_of(
            schema,
            self.get,
            text_keys=name in declared.text_keys,
            finite=name in declared.finite,
            dialect=self._dialect,
        )
        nullable = optional or (default is None and not required and not self._dialect.null_by_kind)
        if model in declared.optional_models:
            nullable = nullable or name not in declared.not_nullable.get(model, ())
        by_kind = self._dialect.null_by_kind
        return Field(name, kind, required, nullable, default, by_kind)
