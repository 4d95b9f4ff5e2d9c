"""What a request brings, validated as FastAPI does: body first, then credentials, then fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.errors import ValidationRefusal
from mockserver.validation import ABSENT, Mapping, Valid, decode_body, missing
from mockserver.validation.complaint import not_a_list
from mockserver.web.route import EMBEDDED, FORM, LIST_OF, OBJECT, QUERY, TEXT_OBJECT

if TYPE_CHECKING:
    from flask import Request

    from mockserver.validation import Model, Models
    from mockserver.web.route import Route

_BODY = ("body",)
#: What stands before the name of a model.
_PREFIXES = (FORM, EMBEDDED, LIST_OF)


class Intake:
    """Reads and validates requests of one route.

    Args:
        route: the route.
        models: the server's models.
    """

    def __init__(self, route: Route, models: Models) -> None:
        self._takes = route.takes
        self._model: Model | None = None
        if route.takes == QUERY:
            self._model = models.query(route.document or route.path, route.method.lower())
        elif route.takes.startswith(_PREFIXES):
            self._model = models.get(route.takes.partition(":")[2])
        elif route.takes and route.takes not in {OBJECT, TEXT_OBJECT}:
            self._model = models.get(route.takes)

    def read(self, request: Request) -> Any:
        """The body before validation; ABSENT for routes that take none.

        Raises:
            ValidationRefusal: malformed JSON.
            UnreadableBody: no text at all.
        """
        if not self._takes or self._takes == QUERY or self._takes.startswith(FORM):
            return ABSENT
        return decode_body(request.get_data(), request.headers.get("Content-Type"))

    def validate(self, body: Any, request: Request) -> Valid:
        """The validated values.

        Raises:
            ValidationRefusal: with every complaint.
        """
        if not self._takes:
            return Valid({}, set())
        if self._takes == QUERY:
            return self._fields(request.args.to_dict(flat=False), ("query",))
        if self._takes.startswith(FORM):
            form = {k: v for k, v in request.form.to_dict(flat=False).items() if v[-1] != ""}
            return self._fields(form, _BODY)
        if self._model and self._takes.startswith((EMBEDDED, LIST_OF)):
            read = _embedded if self._takes.startswith(EMBEDDED) else _items
            return read(self._model, body)
        if body is ABSENT or body is None:
            raise ValidationRefusal([missing().at(_BODY)])
        if self._model:
            return self._model.validate(body, _BODY)
        return self._object(body)

    def given(self, body: Any, request: Request) -> Any:
        """What was validated: the body, or the fields of the address or of a form."""
        if self._takes == QUERY:
            return {name: values[-1] for name, values in request.args.lists()}
        if self._takes.startswith(FORM):
            return {name: values[-1] for name, values in request.form.lists()}
        return body

    def _fields(self, given: dict[str, list[str]], loc: tuple[str, ...]) -> Valid:
        """Query or form fields; of several with one name the last counts."""
        if self._model is None:
            return Valid({}, set())
        return self._model.validate({name: values[-1] for name, values in given.items()}, loc)

    def _object(self, body: Any) -> Valid:
        complaints: list[dict[str, Any]] = []
        found = Mapping(self._takes == TEXT_OBJECT).fit(body, _BODY, complaints)
        if complaints:
            raise ValidationRefusal(complaints)
        return Valid(found, set(found))


def _embedded(model: Model, body: Any) -> Valid:
    """The fields of a function that declares several; null is as good as absent.

    Source: fastapi 0.94, dependencies/utils.py ``request_body_to_args``; recorded:
    cn-detect/array, images-null, no-body.
    """
    given = {} if body is ABSENT or body is None else body
    complaints: list[dict[str, Any]] = []
    values: dict[str, Any] = {}
    for field in model.fields:
        loc = (*_BODY, field.name)
        value = given.get(field.name) if isinstance(given, dict) else None
        if not isinstance(given, dict) or (value is None and field.required):
            complaints.append(missing().at(loc))
        elif value is None:
            values[field.name] = field.fresh_default()
        else:
            values[field.name] = field.fit(value, loc, complaints)
    if complaints:
        raise ValidationRefusal(complaints)
    return Valid(values, set(given))


def _items(model: Model, body: Any) -> Valid:
    """The ``items`` of a body that is a list; recorded: cn-pose/*."""
    if body is ABSENT or body is None:
        return Valid({"items": []}, set())
    if not isinstance(body, list):
        raise ValidationRefusal([not_a_list().at(_BODY)])
    complaints: list[dict[str, Any]] = []
    found = [model.fit(item, (*_BODY, n), complaints) for n, item in enumerate(body)]
    if complaints:
        raise ValidationRefusal(complaints)
    return Valid({"items": found}, set())
