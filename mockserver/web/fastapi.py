"""Give an app routes that answer as FastAPI's do: body, credentials, fields, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from flask import Response, request

from mockserver.errors import Refusal, ValidationRefusal
from mockserver.validation.rewording import reworded
from mockserver.web import layers
from mockserver.web.answers import json_response, refusal_response
from mockserver.web.auth import check_credentials
from mockserver.web.intake import Intake
from mockserver.web.rendering import render_standard, renderer
from mockserver.web.route import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flask import Request

    from mockserver.profile import Profile
    from mockserver.validation import Models
    from mockserver.web.mock_app import MockApp
    from mockserver.web.route import Route
    from mockserver.webui.config import Config
    from mockserver.webui.server import Webui

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


def fill(app: MockApp, server: Validating, routes: Iterable[Route]) -> None:
    """Add routes, and all that lies around their answers.

    Args:
        app: the app.
        server: the server that answers.
        routes: in the order in which the server registers them.
    """
    layers.install(app, server.profile.transport)
    rules = server.profile.errors

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        return refusal_response(refusal, rules)

    wanted = list(routes)
    views = {_endpoint(route): _view(server, route) for route in wanted}
    for route in wanted:
        app.add_url_rule(
            route.path,
            endpoint=_endpoint(route),
            view_func=_by_flask(views[_endpoint(route)]),
            methods=route.method.split(", "),
            provide_automatic_options=False,
        )
    _shorten(app, server, wanted, views)


def _endpoint(route: Route) -> str:
    return f"{route.method} {route.path}"


def replace_routes(app: MockApp, server: Validating, routes: Iterable[Route]) -> None:
    """Have other routes from the next request on.

    Args:
        app: the app, filled before.
        server: the server that answers.
        routes: all of them, in the order in which the server registers them.
    """
    wanted = list(routes)
    views = {_endpoint(route): _view(server, route) for route in wanted}
    rules = [
        app.url_rule_class(r.path, endpoint=_endpoint(r), methods=r.method.split(", "))
        for r in wanted
    ]
    app.view_functions = {name: _by_flask(view) for name, view in views.items()}
    app.url_map = app.new_url_map(rules)
    _shorten(app, server, wanted, views)


def _shorten(
    app: MockApp, server: Validating, routes: Iterable[Route], views: Mapping[str, View]
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
        refuse=lambda refusal: refusal_response(refusal, errors),
        finish=lambda response, environ, began: layers.finish(response, environ, began, rules),
        headers=lambda body, environ, began: layers.finish_json(body, environ, began, rules),
    )


def _by_flask(view: View) -> Callable[..., Response]:
    """A view as Flask calls it."""

    def answered(**parts: str) -> Response:
        answer = view(request, **parts)
        return json_response(answer) if isinstance(answer, bytes) else answer

    return answered


def _view(server: Validating, route: Route) -> View:
    """Body, credentials, fields, answer: in the order in which FastAPI takes them."""
    intake = Intake(route, server.models)
    open_paths = server.profile.transport.auth_open
    users = server.config.auth if route.guarded and route.path not in open_paths else ()
    render = renderer(nowebui=server.config.nowebui)
    webui = cast("Webui", server)
    new_words = server.profile.requests.dialect == "pydantic2"

    def view(asked: Request, **parts: str) -> bytes | Response:
        if not route.exists():
            return json_response(render_standard({"detail": "Not Found"}), 404)
        body: Any = None
        try:
            body = intake.read(asked)
            if users:
                check_credentials(asked.headers.get("Authorization"), users)
            valid = intake.validate(body, asked)
        except ValidationRefusal as refusal:
            if not new_words:
                raise
            given = intake.given(body, asked)
            told = reworded(refusal.errors, given, server.profile.requests.documented)
            raise ValidationRefusal(told) from refusal
        answer = route.answer(Call(webui, asked, valid), **parts)
        return answer if isinstance(answer, Response) else render(answer)

    return view
