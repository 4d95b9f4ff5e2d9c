"""Routes, and what their requests bring: body first, then credentials, then fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from mockserver.core.errors import RequestValidationError
from mockserver.pydantic_compat.errors import missing, not_a_list
from mockserver.pydantic_compat.kinds import MappingOf
from mockserver.pydantic_compat.models import Valid
from mockserver.pydantic_compat.schema import ABSENT, decode_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Request

    from mockserver.pydantic_compat.models import Model, Models


#: The class of the simulated server.
Server = TypeVar("Server")
#: Bodies that FastAPI declares as a bare object.
OBJECT = "object"
#: The same with ``dict[str, Any]``: keys become text.
TEXT_OBJECT = "text object"
#: Query parameters instead of a body.
QUERY = "query"
#: Body fields that a function declares one by one: EMBEDDED and the name of their model.
EMBEDDED = "embedded:"
#: A body that is a list of models, none when it is absent: LIST_OF and a model's name.
LIST_OF = "list of:"
#: A form instead of a JSON body.
FORM = "form:"


@dataclass(frozen=True)
class Call(Generic[Server]):
    """One request on its way to its function.

    Attributes:
        webui: the simulated server.
        request: Flask's request.
        valid: the validated body or query; empty for routes that take neither.
    """

    webui: Server
    request: Request
    valid: Valid

    @property
    def values(self) -> dict[str, Any]:
        """Values of the body or query."""
        return self.valid.values


@dataclass(frozen=True)
class Route:
    """One route.

    Attributes:
        method: the method it answers; ``GET, HEAD`` for both at once.
        path: path in werkzeug's notation.
        answer: gives a JSON value, or a ready response, from a Call and the path's parts.
        takes: what it takes: "" for nothing, QUERY, OBJECT, TEXT_OBJECT, FORM, EMBEDDED or
            LIST_OF and a model's name, or the name of the body's model.
        guarded: whether it asks for credentials where the server has them.
        document: its path in the OpenAPI document, where that differs.
        exists: whether it exists by now; one that does not is 404.
        gone: whether the newest webui no longer has it.
        again: gives what answers a request that was answered before, None for any other.
    """

    method: str
    path: str
    answer: Callable[..., Any]
    takes: str = ""
    guarded: bool = True
    document: str = ""
    exists: Callable[[], bool] = lambda: True
    gone: bool = False
    again: Callable[[Request], Callable[[], bytes] | None] = lambda _: None


_BODY = ("body",)
#: What stands before the name of a model.
_PREFIXES = (FORM, EMBEDDED, LIST_OF)


class RequestReader:
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

        Args:
            request: the request, its body not read yet.

        Raises:
            RequestValidationError: malformed JSON.
            UnreadableBodyError: no text at all.
        """
        if not self._takes or self._takes == QUERY or self._takes.startswith(FORM):
            return ABSENT
        return decode_body(request.get_data(), request.headers.get("Content-Type"))

    def validate(self, body: Any, request: Request) -> Valid:
        """The validated values.

        Args:
            body: as `read` gave it.
            request: the request, for its query and form.

        Raises:
            RequestValidationError: with every complaint.
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
            raise RequestValidationError([missing().at(_BODY)])
        if self._model:
            return self._model.validate(body, _BODY)
        return self._object(body)

    def given(self, body: Any, request: Request) -> Any:
        """What was validated: the body, or the fields of the address or of a form.

        Args:
            body: as `read` gave it.
            request: the request, for its query and form.
        """
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
        found = MappingOf(self._takes == TEXT_OBJECT).fit(body, _BODY, complaints)
        if complaints:
            raise RequestValidationError(complaints)
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
        raise RequestValidationError(complaints)
    return Valid(values, set(given))


def _items(model: Model, body: Any) -> Valid:
    """The ``items`` of a body that is a list; recorded: cn-pose/*."""
    if body is ABSENT or body is None:
        return Valid({"items": []}, set())
    if not isinstance(body, list):
        raise RequestValidationError([not_a_list().at(_BODY)])
    complaints: list[dict[str, Any]] = []
    found = [model.fit(item, (*_BODY, n), complaints) for n, item in enumerate(body)]
    if complaints:
        raise RequestValidationError(complaints)
    return Valid({"items": found}, set())
