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
    from collections.abc import Callable, Iterable

    from mockserver.profile import Profile
    from mockserver.validation import Models
    from mockserver.web.mock_app import MockApp
    from mockserver.web.route import Route
    from mockserver.webui.config import Config
    from mockserver.webui.server import Webui


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

    for route in routes:
        app.add_url_rule(
            route.path,
            endpoint=_endpoint(route),
            view_func=_view(server, route),
            methods=route.method.split(", "),
            provide_automatic_options=False,
        )


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
    app.view_functions = dict(views)
    app.url_map = app.new_url_map(rules)


def _view(server: Validating, route: Route) -> Callable[..., Response]:
    """Body, credentials, fields, answer: in the order in which FastAPI takes them."""
    intake = Intake(route, server.models)
    open_paths = server.profile.transport.auth_open
    users = server.config.auth if route.guarded and route.path not in open_paths else ()
    render = renderer(nowebui=server.config.nowebui)
    webui = cast("Webui", server)

    new_words = server.profile.requests.dialect == "pydantic2"

    def view(**parts: str) -> Response:
        if not route.exists():
            return json_response(render_standard({"detail": "Not Found"}), 404)
        body: Any = None
        try:
            body = intake.read(request)
            check_credentials(request.headers.get("Authorization"), users)
            valid = intake.validate(body, request)
        except ValidationRefusal as refusal:
            if not new_words:
                raise
            given = intake.given(body, request)
            told = reworded(refusal.errors, given, server.profile.requests.documented)
            raise ValidationRefusal(told) from refusal
        answer = route.answer(Call(webui, request, valid), **parts)
        return answer if isinstance(answer, Response) else json_response(render(answer))

    return view
