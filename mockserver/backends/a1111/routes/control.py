"""Options, progress, interrupt and skip, weights in and out of memory, and the server's own end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.backends.a1111.progress import progress
from mockserver.http.answers import Prepared, renderer
from mockserver.http.layers import KEY
from mockserver.http.routing import QUERY, TEXT_OBJECT, Call, Route

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui
    from mockserver.http.layers import Lifecycle


_OPTIONS = "/sdapi/v1/options"
_NOT_IMPLEMENTED = 501


def routes(webui: Webui) -> list[Route]:
    """Routes that change options, look at the running job or end something.

    Of several methods of one path the first one here is named by 405.

    Args:
        webui: the simulated server.
    """
    found = [
        Route("GET", _OPTIONS, _GetOptions(webui), ready=True),
        Route("POST", _OPTIONS, _post_options, TEXT_OBJECT),
        Route("GET", "/sdapi/v1/progress", _progress, QUERY),
        Route("POST", "/sdapi/v1/interrupt", _interrupt),
        Route("POST", "/sdapi/v1/skip", lambda call: call.webui.state.skip()),
        Route("POST", "/sdapi/v1/unload-checkpoint", lambda _: {}),
        Route("POST", "/sdapi/v1/reload-checkpoint", lambda _: {}),
    ]
    if webui.config.api_server_stop:
        found += [
            Route("POST", "/sdapi/v1/server-kill", _kill),
            Route("POST", "/sdapi/v1/server-restart", _restart),
            Route("POST", "/sdapi/v1/server-stop", _stop),
        ]
    return found


class _GetOptions:
    """Answers GET; what was rendered is kept until an option changes."""

    def __init__(self, webui: Webui) -> None:
        self._options = webui.options
        self._render = renderer(nowebui=webui.config.nowebui)
        self._rendered: tuple[dict[str, Any], Prepared] | None = None

    def __call__(self, _: Call[Webui]) -> Prepared:
        answer = self._options.answer()
        kept = self._rendered
        if kept is None or kept[0] is not answer:
            kept = self._rendered = (answer, Prepared(self._render(answer)))
        return kept[1]


def _post_options(call: Call[Webui]) -> None:
    call.webui.options.post(call.values, call.webui.knows_model)


def _progress(call: Call[Webui]) -> dict[str, Any]:
    skip = call.values["skip_current_image"]
    rules = call.webui.profile.progress
    return progress(call.webui, skip_current_image=skip, rules=rules)


def _interrupt(call: Call[Webui]) -> dict[str, Any]:
    call.webui.state.interrupt()
    return {}


def _restart(_: Call[Webui]) -> Response:
    """501 without a body: the webui was not started by its launcher script."""
    return _bare("", _NOT_IMPLEMENTED)


def _stop(call: Call[Webui]) -> Response:
    """The server ends once this is answered."""
    _lifecycle(call).stop()
    return _bare("Stopping.", 200)


def _kill(call: Call[Webui]) -> Response:
    """The process ends at once; the client sees its connection break."""
    _lifecycle(call).kill()
    return _bare("", 200)


def _lifecycle(call: Call[Webui]) -> Lifecycle:
    found: Lifecycle = call.request.environ[KEY]
    return found


def _bare(text: str, status: int) -> Response:
    response = Response(text, status)
    del response.headers["Content-Type"]
    return response
