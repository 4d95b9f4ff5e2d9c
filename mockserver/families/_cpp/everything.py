"""One function that answers every request, whatever its method and path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Request, Response

    from mockserver.web.mock_app import MockApp


def answer_everything(app: MockApp, answer: Callable[[Request], Response]) -> None:
    """Let `answer` have all requests of an app, before Flask looks for a route.

    Flask's own routing refuses methods and redirects paths as these servers never do.
    """

    @app.before_request
    def _answer() -> Response:
        return answer(request)
