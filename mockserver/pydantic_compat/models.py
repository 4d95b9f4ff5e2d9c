"""Models: request bodies and answers as pydantic validates them, built from a document.

How a body is decoded before comes last.
"""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING, Any, Protocol

from mockserver.core.errors import HTTPError, RequestValidationError
from mockserver.pydantic_compat.errors import ValidationError, missing, none_not_allowed
from mockserver.pydantic_compat.kinds import Scalar, as_dict
from mockserver.pydantic_compat.schema import DIALECTS, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from mockserver.pydantic_compat.errors import ErrorDict, Location
    from mockserver.pydantic_compat.kinds import Kind


@dataclass(frozen=True)
class Field:
    """One field of a model.

    Attributes:
        name: its name in the body.
        kind: what values it takes.
        required: whether it must be there.
        nullable: whether null passes.
        default: its value where the body has none; not validated.
        null_by_kind: null is complained of as any value of a wrong type.
    """

    name: str
    kind: Kind
    required: bool = False
    nullable: bool = False
    default: Any = None
    null_by_kind: bool = False

    def fit(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
        """The coerced value at `loc`.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        if value is None and not (self.null_by_kind and not self.nullable):
            if not self.nullable:
                complaints.append(none_not_allowed().at(loc))
            return None
        return self.kind.fit(value, loc, complaints)

    def fresh_default(self) -> Any:
        """The default, never shared between two requests."""
        if isinstance(self.default, list | dict):
            return copy.deepcopy(self.default)
        return self.default


@dataclass(frozen=True)
class Valid:
    """A body that fits.

    Attributes:
        values: every field in the model's order, coerced, defaults filled in.
        fields_set: the names that the body had.
    """

    values: dict[str, Any]
    fields_set: set[str]


class Model:
    """A model of a request body or an answer.

    Args:
        name: the model's name (``Options``).
        fields: its fields in order.
        read: what counts as an object.
    """

    def __init__(
        self,
        name: str,
        fields: Collection[Field],
        read: Callable[[Any], dict[Any, Any]] = as_dict,
    ) -> None:
        self._read = read
        self.name = name
        self.fields = tuple(fields)
        #: Names whose default is one value for all requests; others are copied for each.
        self._shared = {f.name for f in self.fields if not isinstance(f.default, list | dict)}
        self._exact = {f.name: f.kind.exact for f in self.fields if isinstance(f.kind, Scalar)}

    def fit(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
        """As a nested kind: the dict of this model's fields.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        return self.fit_body(value, loc, complaints).values

    def fit_body(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Valid:
        """Coerce `value`, a dict or what dict() makes one of; unknown keys are dropped.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        try:
            body = _keywords(value if type(value) is dict else self._read(value))
        except ValidationError as error:
            complaints.append(error.at(loc))
            return Valid({}, set())
        values: dict[str, Any] = {}
        fields_set: set[str] = set()
        for field in self.fields:
            if field.name in body:
                fields_set.add(field.name)
                value = body[field.name]
                if type(value) is not self._exact.get(field.name):
                    value = field.fit(value, (*loc, field.name), complaints)
                values[field.name] = value
            elif field.required:
                complaints.append(missing().at((*loc, field.name)))
            elif field.name in self._shared:
                values[field.name] = field.default
            else:
                values[field.name] = field.fresh_default()
        return Valid(values, fields_set)

    def validate(self, value: Any, loc: Location = ("body",)) -> Valid:
        """The coerced body.

        Args:
            value: the body.
            loc: what stands before the field in complaints, default ``body``.

        Raises:
            RequestValidationError: with all complaints, in the model's order.
        """
        complaints: list[ErrorDict] = []
        valid = self.fit_body(value, loc, complaints)
        if complaints:
            raise RequestValidationError(complaints)
        return valid


def _keywords(body: dict[Any, Any]) -> dict[str, Any]:
    if any(not isinstance(key, str) for key in body):
        raise ValidationError("keywords must be strings", "type_error")
    return body


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
    def optional_models(self) -> tuple[str, ...]: ...  # noqa: D102 - described above
    @property
    def not_nullable(self) -> Mapping[str, tuple[str, ...]]: ...  # noqa: D102 - described above
    @property
    def text_keys(self) -> tuple[str, ...]: ...  # noqa: D102 - described above
    @property
    def finite(self) -> tuple[str, ...]: ...  # noqa: D102 - described above
    @property
    def dialect(self) -> str: ...  # noqa: D102 - described above


def _without_null(schema: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """What OpenAPI 3.1 says of a value other than null, and whether it says that null passes."""
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if len(parts) != 1 or len(parts) == len(schema["anyOf"]):
        return schema, False
    return parts[0], True


def _schemas(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document.get("components", {}).get("schemas", {})
    return found


class Models:
    """The models of a server.

    Args:
        openapi: its document, as it answers ``/openapi.json``.
        declared: what its source declares beyond the document.
        spare: the document of another server of its kind, for models that its own lacks.
    """

    def __init__(
        self,
        openapi: dict[str, Any],
        declared: Declarations,
        spare: dict[str, Any] | None = None,
    ) -> None:
        self._openapi = openapi
        self._schemas = {**_schemas(spare or {}), **_schemas(openapi)}
        self._declared = declared
        self._dialect = DIALECTS[declared.dialect]
        self._built: dict[str, Model] = {}

    @property
    def paths(self) -> Collection[str]:
        """Paths of the document."""
        found: dict[str, Any] = self._openapi["paths"]
        return found.keys()

    def get(self, name: str) -> Model:
        """The model under components.schemas called `name`.

        Args:
            name: of the schema.

        Raises:
            KeyError: neither document has one of that name.
        """
        if name not in self._built:
            schema = self._schemas[name]
            required = frozenset(schema.get("required", ()))
            fields = [
                self._field(name, key, part, key in required)
                for key, part in schema.get("properties", {}).items()
            ]
            self._built[name] = Model(name, fields, self._dialect.model)
        return self._built[name]

    def query(self, path: str, method: str = "get") -> Model:
        """The query parameters of one operation, as a model of their own.

        Args:
            path: as the document has it.
            method: in lower case.

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


#: A body that is not there.
ABSENT = object()
_TRAILING_COMMA = re.compile(r"Illegal trailing comma before end of (object|array)")
_WORDS_AFTER_COMMA = {
    "object": "Expecting property name enclosed in double quotes",
    "array": "Expecting value",
}
_SPACE = " \t\n\r"


class UnreadableBodyError(HTTPError):
    """400: the body is not even text, or its numbers are too long to be read.

    FastAPI raises it as Starlette's own exception, so that its answer is ``{"detail": ...}``
    whatever shape the server's other errors have.
    """

    def __init__(self) -> None:
        super().__init__(400, "There was an error parsing the body")


def decode_body(raw: bytes, content_type: str | None) -> Any:
    """A request's body as a Python value.

    Args:
        raw: the bytes of the body.
        content_type: the header's value; without one the body is read as JSON.

    Returns:
        ABSENT for no bytes; the JSON value for JSON types (``application/json``,
        ``application/...+json``); the bytes themselves for any other type.

    Raises:
        RequestValidationError: malformed JSON.
        UnreadableBodyError: the bytes are no text, or a number has more than 4300 digits.
    """
    if not raw:
        return ABSENT
    if content_type and not is_json_type(content_type):
        return raw
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        raise RequestValidationError([_malformed(error)]) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableBodyError from error


def is_json_type(content_type: str) -> bool:
    """Whether FastAPI reads a body of this Content-Type as JSON.

    Args:
        content_type: value of the header, None for none.
    """
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )


def _malformed(error: json.JSONDecodeError) -> dict[str, Any]:
    """The complaint about malformed JSON, in the words of Python 3.11 on any Python."""
    later = _TRAILING_COMMA.fullmatch(error.msg)
    if later:
        place = error.pos + 1
        while place < len(error.doc) and error.doc[place] in _SPACE:
            place += 1
        error = json.JSONDecodeError(_WORDS_AFTER_COMMA[later[1]], error.doc, place)
    return {
        "loc": ["body", error.pos],
        "msg": str(error),
        "type": "value_error.jsondecode",
        "ctx": {
            "msg": error.msg,
            "doc": error.doc,
            "pos": error.pos,
            "lineno": error.lineno,
            "colno": error.colno,
        },
    }
