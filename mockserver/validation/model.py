"""Models: request bodies and answers as pydantic 1 validates them, field by field."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.errors import ValidationRefusal
from mockserver.validation.complaint import Misfit, missing, none_not_allowed
from mockserver.validation.kind import as_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from mockserver.validation.complaint import Complaint, Location
    from mockserver.validation.kind import Kind


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

    def fit(self, value: Any, loc: Location, complaints: list[Complaint]) -> Any:
        """The coerced value at `loc`."""
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

    def fit(self, value: Any, loc: Location, complaints: list[Complaint]) -> Any:
        """As a nested kind: the dict of this model's fields."""
        return self.fit_body(value, loc, complaints).values

    def fit_body(self, value: Any, loc: Location, complaints: list[Complaint]) -> Valid:
        """Coerce `value`, a dict or what dict() makes one of; unknown keys are dropped."""
        try:
            body = _keywords(self._read(value))
        except Misfit as misfit:
            complaints.append(misfit.at(loc))
            return Valid({}, set())
        values: dict[str, Any] = {}
        fields_set: set[str] = set()
        for field in self.fields:
            if field.name in body:
                fields_set.add(field.name)
                values[field.name] = field.fit(body[field.name], (*loc, field.name), complaints)
            elif field.required:
                complaints.append(missing().at((*loc, field.name)))
            elif field.name in self._shared:
                values[field.name] = field.default
            else:
                values[field.name] = field.fresh_default()
        return Valid(values, fields_set)

    def validate(self, value: Any, loc: Location = ("body",)) -> Valid:
        """The coerced body.

        Raises:
            ValidationRefusal: with all complaints, in the model's order.
        """
        complaints: list[Complaint] = []
        valid = self.fit_body(value, loc, complaints)
        if complaints:
            raise ValidationRefusal(complaints)
        return valid


def _keywords(body: dict[Any, Any]) -> dict[str, Any]:
    if any(not isinstance(key, str) for key in body):
        raise Misfit("keywords must be strings", "type_error")
    return body
