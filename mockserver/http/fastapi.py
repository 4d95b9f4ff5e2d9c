"""Give an app routes that answer as FastAPI's do: body, credentials, fields, answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from flask import Response, request

from mockserver.core.errors import RequestValidationError, UpstreamError
from mockserver.http import middleware
from mockserver.http.answers import (
    Rendered,
    error_response,
    finish,
    finish_json,
    json_response,
    render_standard,
    renderer,
)
from mockserver.http.auth import check_credentials
from mockserver.http.dispatch import ReadRequest
from mockserver.http.routing import EMBEDDED, FORM, LIST_OF, OBJECT, QUERY, TEXT_OBJECT, Call
from mockserver.pydantic_compat.errors import missing, not_a_list, reworded
from mockserver.pydantic_compat.kinds import MappingOf
from mockserver.pydantic_compat.models import ABSENT, Valid, decode_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flask import Request

    from mockserver.core.config import Config
    from mockserver.http.layers import LayeredApp
    from mockserver.http.routing import Route
    from mockserver.profiles.profile import Profile
    from mockserver.pydantic_compat.models import Model, Models

    View = Callable[..., bytes | Response]


class Validating(Protocol):
    """A simulated server whose requests are validated by the models of its document."""

    @property
    def profile(self) -> Profile:
        """Its rules."""
        ...

    @property
    def config(self) -> Config:
        """How it was started."""
        ...

    @property
    def models(self) -> Models:
        """Models of its request bodies."""
        ...


def fill(app: LayeredApp, server: Validating, routes: Iterable[Route]) -> None:
    """Add routes, and all that lies around their answers.

    Args:
        app: the app.
        server: the server that answers.
        routes: in the order in which the server registers them.
    """
    middleware.install(app, server.profile.transport)
    rules = server.profile.errors

    @app.errorhandler(UpstreamError)
    def refused(refusal: UpstreamError) -> Response:
        return error_response(refusal, rules)

    _install(app, server, list(routes))


def _install(app: LayeredApp, server: Validating, routes: Sequence[Route]) -> None:
    """Have these routes and no others: in the table at once, in Flask when it is asked."""
    views = {_endpoint(route): RouteView(server, route) for route in routes}

    def by_flask() -> None:
        app.view_functions = {name: _by_flask(view) for name, view in views.items()}
        app.url_map = app.new_url_map(
            [
                app.url_rule_class(r.path, endpoint=_endpoint(r), methods=r.method.split(", "))
                for r in routes
            ]
        )

    app.add_routes_later(by_flask)
    _shorten(app, server, routes, views)


class RouteView:
    """A view that is made when it is first called.

    Args:
        server: the server that answers.
        route: what it answers.
    """

    def __init__(self, server: Validating, route: Route) -> None:
        self._server, self._route = server, route
        self._made: View | None = None

    def __call__(self, asked: Request, **parts: str) -> bytes | Response:
        """Answer a request."""
        if self._made is None:
            self._made = _view(self._server, self._route)
        return self._made(asked, **parts)

    def at_once(self, asked: Request) -> Callable[[], bytes] | None:
        """What gives an answer that is ready, on a server without credentials; None for none.

        One that has to wait for its turn is not ready.

        Args:
            asked: the request.
        """
        route = self._route
        if route.exists is not None and not route.exists():
            return None
        if route.again is not None:
            turns = getattr(self._server, "queue", None)
            return None if turns is None or turns.held else route.again(asked)
        return self._ready if route.ready else None

    def _ready(self) -> bytes:
        found: bytes = self._route.answer(_NOBODY)
        return found


def _endpoint(route: Route) -> str:
    return f"{route.method} {route.path}"


def replace_routes(app: LayeredApp, server: Validating, routes: Iterable[Route]) -> None:
    """Have other routes from the next request on.

    Args:
        app: the app, filled before.
        server: the server that answers.
        routes: all of them, in the order in which the server registers them.
    """
    _install(app, server, list(routes))


def _shorten(
    app: LayeredApp, server: Validating, routes: Iterable[Route], views: Mapping[str, RouteView]
) -> None:
    """Answer routes without parts in their path before Flask has to look for them."""
    rules, errors = server.profile.transport, server.profile.errors
    table: dict[tuple[str, str], RouteView] = {}
    for route in routes:
        if "<" not in route.path:
            for method in route.method.split(", "):
                table.setdefault((method, route.path), views[_endpoint(route)])
    app.dispatcher.install(
        table,
        refuse=lambda refusal: error_response(refusal, errors),
        finish=partial(finish, rules=rules),
        headers=partial(finish_json, rules=rules),
    )


def _by_flask(view: View) -> Callable[..., Response]:
    """A view as Flask calls it."""

    def answered(**parts: str) -> Response:
        answer = view(request, **parts)
        return json_response(answer) if isinstance(answer, bytes) else answer

    return answered


def _view(server: Validating, route: Route) -> View:
    """Body, credentials, fields, answer: in the order in which FastAPI takes them."""
    intake = RequestReader(route, server.models)
    open_paths = server.profile.transport.auth_open
    guarded = route.guarded and route.path not in open_paths
    render = renderer(nowebui=server.config.nowebui)
    new_words = server.profile.requests.dialect == "pydantic2"

    def view(asked: Request, **parts: str) -> bytes | Response:
        """The answer to one request; `parts` are those of its path."""
        if route.exists is not None and not route.exists():
            return json_response(render_standard({"detail": "Not Found"}), 404)
        known = route.again(asked) if route.again is not None else None
        if known is not None:
            if guarded and server.config.auth:
                check_credentials(asked.headers.get("Authorization"), server.config.auth)
            return known()
        body: Any = None
        try:
            body = intake.read(asked)
            if guarded and server.config.auth:
                check_credentials(asked.headers.get("Authorization"), server.config.auth)
            valid = intake.validate(body, asked)
        except RequestValidationError as refusal:
            if not new_words:
                raise
            given = intake.given(body, asked)
            found = reworded(refusal.errors, given, server.profile.requests.documented)
            raise RequestValidationError(found) from refusal
        answer = route.answer(Call(server, asked, valid), **parts)
        return answer if isinstance(answer, Response | Rendered) else render(answer)

    return view


#: The call of routes whose answers are ready: they look at nothing in it.
_NOBODY: Call[Any] = Call(None, ReadRequest({}), Valid({}, set()))
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
