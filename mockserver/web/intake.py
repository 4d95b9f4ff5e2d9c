"""What a request brings, validated as FastAPI does: body first, then credentials, then fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.errors import ValidationRefusal
from mockserver.validation import ABSENT, Mapping, Valid, decode_body, missing
from mockserver.web.route import FORM, OBJECT, QUERY, TEXT_OBJECT

if TYPE_CHECKING:
    from flask import Request

    from mockserver.validation import Model, Models
    from mockserver.web.route import Route

_BODY = ("body",)


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
            self._model = models.query(route.document or route.path)
        elif route.takes.startswith(FORM):
            self._model = models.get(route.takes.removeprefix(FORM))
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
        if body is ABSENT or body is None:
            raise ValidationRefusal([missing().at(_BODY)])
        if self._model:
            return self._model.validate(body, _BODY)
        return self._object(body)

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
