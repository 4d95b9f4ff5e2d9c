"""Give an app routes that answer as FastAPI's do: body, credentials, fields, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from flask import Response, request

from mockserver.core.errors import RequestValidationError, UpstreamError
from mockserver.http import middleware
from mockserver.http.answers import error_response, json_response, render_standard, renderer
from mockserver.http.auth import check_credentials
from mockserver.http.routing import Call, RequestReader
from mockserver.pydantic_compat.errors import reworded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flask import Request

    from mockserver.core.config import Config
    from mockserver.http.layers import LayeredApp
    from mockserver.http.routing import Route
    from mockserver.profiles.profile import Profile
    from mockserver.pydantic_compat.models import Models


if TYPE_CHECKING:
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
    views = {_endpoint(route): _Later(server, route) for route in routes}

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


class _Later:
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
    app: LayeredApp, server: Validating, routes: Iterable[Route], views: Mapping[str, View]
) -> None:
    """Answer routes without parts in their path before Flask has to look for them."""
    rules, errors = server.profile.transport, server.profile.errors
    table: dict[tuple[str, str], View] = {}
    for route in routes:
        if "<" not in route.path:
            for method in route.method.split(", "):
                table.setdefault((method, route.path), views[_endpoint(route)])
    app.dispatcher.install(
        table,
        refuse=lambda refusal: error_response(refusal, errors),
        finish=lambda response, environ, began: middleware.finish(response, environ, began, rules),
        headers=lambda body, environ, began: middleware.finish_json(body, environ, began, rules),
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
        if not route.exists():
            return json_response(render_standard({"detail": "Not Found"}), 404)
        known = route.again(asked)
        if known is not None:
            check_credentials(
                asked.headers.get("Authorization"), server.config.auth if guarded else ()
            )
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
        return answer if isinstance(answer, Response) else render(answer)

    return view
