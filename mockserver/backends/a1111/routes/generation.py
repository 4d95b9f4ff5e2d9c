"""txt2img and img2img."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.http.answers import Rendered, json_response, renderer
from mockserver.http.routing import Call, Route
from mockserver.journal.middleware import SHORT_BODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Request, Response

    from mockserver.backends.a1111.generation.answer import Generated
    from mockserver.backends.a1111.generation.repeats import Repeats
    from mockserver.backends.a1111.server import Webui


_TXT2IMG, _IMG2IMG = "/sdapi/v1/txt2img", "/sdapi/v1/img2img"


def routes(webui: Webui) -> list[Route]:
    """Both routes.

    Args:
        webui: the simulated server.
    """
    txt2img = _TextToImage(webui)
    return [
        Route("POST", _TXT2IMG, txt2img, "StableDiffusionProcessingTxt2Img", again=txt2img.again),
        Route("POST", _IMG2IMG, _img2img, "StableDiffusionProcessingImg2Img"),
    ]


class _TextToImage:
    """Answers txt2img, and the same requests again without working them out anew.

    Args:
        webui: the simulated server.
    """

    def __init__(self, webui: Webui) -> None:
        self._webui = webui
        self._repeats: Repeats | None = None
        self._context: object = None

    def _kept(self) -> Repeats | None:
        """What was answered before; None on a server whose extensions have a word in it."""
        if len(getattr(self._webui, "extensions", ())):
            return None
        context = self._webui.context
        if self._repeats is None or self._context is not context:
            from mockserver.backends.a1111.generation.repeats import Repeats  # noqa: PLC0415 - start-up time

            webui = self._webui
            render = renderer(nowebui=webui.config.nowebui)
            self._repeats = Repeats(context, lambda: webui.world, render)
            self._context = context
        return self._repeats

    def again(self, request: Request) -> Callable[[], bytes] | None:
        """What answers a request that was answered before; None for a new one."""
        repeats = self._kept() if self._repeats is not None else None
        answer = repeats.find(_key(request)) if repeats else None
        if answer is None:
            return None

        def given() -> bytes:
            body, short = answer()
            if short:
                request.environ[SHORT_BODY] = short
            return body

        return given

    def __call__(self, call: Call[Webui]) -> bytes | Response:
        """Answer a request that is not known yet."""
        from mockserver.backends.a1111.generation.pipeline import txt2img  # noqa: PLC0415 - start-up time

        repeats = self._kept()
        if repeats is None or call.webui.profile.outputs.info == "object":
            return generated_response(call, txt2img(call.webui, call.valid))

        def made() -> tuple[bytes, str]:
            found = txt2img(call.webui, call.valid)
            return _head(call, found), found.info

        values = dict(call.valid.values)
        return Rendered(repeats.keep(_key(call.request), values, made))


def _key(request: Request) -> tuple[str, bytes]:
    return request.environ.get("CONTENT_TYPE", ""), request.get_data()


def _img2img(call: Call[Webui]) -> Response:
    from mockserver.backends.a1111.generation.pipeline import img2img  # noqa: PLC0415 - start-up time

    return generated_response(call, img2img(call.webui, call.valid))


def generated_response(call: Call[Webui], made: Generated) -> Response:
    """The answer's three keys.

    Args:
        call: the request.
        made: what the generation gave.
    """
    render = renderer(nowebui=call.webui.config.nowebui)
    nested = call.webui.profile.outputs.info == "object"
    info: Any = json.loads(made.info) if nested else made.info
    return json_response(_head(call, made) + render(info) + b"}")


def _head(call: Call[Webui], made: Generated) -> bytes:
    """The answer up to its info; base64 needs no escapes, so pictures go in as they are."""
    render = renderer(nowebui=call.webui.config.nowebui)
    parts = [b'{"images":[']
    for number, image in enumerate(made.images):
        parts += (b',"' if number else b'"', image.base64().encode(), b'"')
    parts += (b'],"parameters":', render(made.parameters), b',"info":')
    return b"".join(parts)
