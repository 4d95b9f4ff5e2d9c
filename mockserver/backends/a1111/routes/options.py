"""GET and POST options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.http.answers import Prepared, renderer
from mockserver.http.routing import TEXT_OBJECT, Call, Route

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui


_PATH = "/sdapi/v1/options"


def routes(webui: Webui) -> list[Route]:
    """Both routes; GET comes first, so that 405 names it.

    Args:
        webui: the simulated server.
    """
    return [
        Route("GET", _PATH, _Get(webui)),
        Route("POST", _PATH, _post, TEXT_OBJECT),
    ]


class _Get:
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


def _post(call: Call[Webui]) -> None:
    call.webui.options.post(call.values, call.webui.knows_model)
