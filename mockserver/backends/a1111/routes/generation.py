"""txt2img and img2img."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.http.answers import json_response, renderer
from mockserver.http.routing import Call, Route

if TYPE_CHECKING:
    from flask import Response

    from mockserver.backends.a1111.generation.answer import Generated
    from mockserver.backends.a1111.server import Webui


def routes(_: Webui) -> list[Route]:
    """Both routes."""
    return [
        Route("POST", "/sdapi/v1/txt2img", _txt2img, "StableDiffusionProcessingTxt2Img"),
        Route("POST", "/sdapi/v1/img2img", _img2img, "StableDiffusionProcessingImg2Img"),
    ]


def _txt2img(call: Call) -> Response:
    from mockserver.backends.a1111.generation.answer import txt2img  # noqa: PLC0415 - start-up time

    return generated_response(call, txt2img(call.webui, call.valid))


def _img2img(call: Call) -> Response:
    from mockserver.backends.a1111.generation.answer import img2img  # noqa: PLC0415 - start-up time

    return generated_response(call, img2img(call.webui, call.valid))


def generated_response(call: Call, made: Generated) -> Response:
    """The answer's three keys; base64 needs no escapes, so that pictures go in as they are."""
    render = renderer(nowebui=call.webui.config.nowebui)
    nested = call.webui.profile.outputs.info == "object"
    info: Any = json.loads(made.info) if nested else made.info
    parts = [b'{"images":[']
    for number, image in enumerate(made.images):
        parts += (b',"' if number else b'"', image.base64().encode(), b'"')
    parts += (b'],"parameters":', render(made.parameters), b',"info":', render(info), b"}")
    return json_response(b"".join(parts))
