"""All routes of a simulated SD.Next.

Those of its document that nobody recorded (control, vqa, history, browser and their kin) are
not among them: what they answer is not known.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.families.sdnext.interrogate import interrogate
from mockserver.families.sdnext.progress import progress
from mockserver.families.sdnext.setting import set_options
from mockserver.web.answers import json_response
from mockserver.web.rendering import Prepared, render_standard, renderer
from mockserver.web.route import QUERY, TEXT_OBJECT, Call, Route
from mockserver.web.routes.generation import generated_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.families.sdnext.server import SdNext

    Answer = Callable[[Call], Any]

_API = "/sdapi/v1/"
#: Lists that stay as they were recorded.
_RECORDED = (
    "memory",
    "cmd-flags",
    "scripts",
    "samplers",
    "upscalers",
    "sd-models",
    "hypernetworks",
    "face-restorers",
    "prompt-styles",
    "embeddings",
    "sd-vae",
    "extensions",
    "loras",
)
_NO_INIT_IMAGE = b'{"error":"Init image is none"}'
_BAD_REQUEST = 400


def all_routes(server: SdNext) -> list[Route]:
    """The routes, in the order in which SD.Next registers those that share a path."""
    return [*_lists(server), *_work(server), *_control(server), *_documents(server)]


def _lists(server: SdNext) -> list[Route]:
    lists = [Route("GET", _API + name, _recorded(server, name)) for name in _RECORDED]
    refreshing = [
        Route("POST", f"{_API}refresh-{name}", lambda _: None)
        for name in ("checkpoints", "vae", "loras")
    ]
    return [*lists, Route("GET", f"{_API}script-info", _script_info(server), QUERY), *refreshing]


def _recorded(server: SdNext, name: str) -> Answer:
    @cache
    def rendered() -> Prepared:
        return Prepared(render_standard(server.fixtures.get(name)))

    return lambda _: rendered()


def _script_info(server: SdNext) -> Answer:
    """All scripts, or those of one name."""

    def answer(call: Call) -> list[dict[str, Any]]:
        wanted = call.values["script_name"]
        rows: list[dict[str, Any]] = server.listed("script-info")
        return [row for row in rows if wanted in (None, row["name"])]

    return answer


def _work(server: SdNext) -> list[Route]:
    # Pillow is imported with the first picture, not when the server starts.
    def txt2img(call: Call) -> Response:
        from mockserver.families.sdnext import generation  # noqa: PLC0415 - start-up time

        return generated_response(call, generation.txt2img(server, call.values))

    def img2img(call: Call) -> Response:
        from mockserver.families.sdnext import generation  # noqa: PLC0415 - start-up time

        if call.values["init_images"] is None:
            return json_response(_NO_INIT_IMAGE, _BAD_REQUEST)
        return generated_response(call, generation.img2img(server, call.values))

    def png_info(call: Call) -> dict[str, Any]:
        from mockserver.families.sdnext import png_info as module  # noqa: PLC0415 - start-up time

        return module.png_info(server, call.values)

    def single(call: Call) -> dict[str, Any]:
        from mockserver.families.sdnext import extras  # noqa: PLC0415 - start-up time

        return extras.extra_single_image(server, call.values)

    def batch(call: Call) -> dict[str, Any]:
        from mockserver.families.sdnext import extras  # noqa: PLC0415 - start-up time

        return extras.extra_batch_images(server, call.values)

    return [
        Route("POST", f"{_API}txt2img", txt2img, "StableDiffusionProcessingTxt2Img"),
        Route("POST", f"{_API}img2img", img2img, "StableDiffusionProcessingImg2Img"),
        Route("POST", f"{_API}extra-single-image", single, "ReqProcessImage"),
        Route("POST", f"{_API}extra-batch-images", batch, "ReqProcessBatch"),
        Route("POST", f"{_API}png-info", png_info, "ReqImageInfo"),
        Route(
            "POST", f"{_API}interrogate", lambda call: interrogate(call.values), "ReqInterrogate"
        ),
    ]


def _control(server: SdNext) -> list[Route]:
    def skip_or_show(call: Call) -> dict[str, Any]:
        return progress(server, skip_current_image=call.values["skip_current_image"])

    def interrupt(_: Call) -> dict[str, Any]:
        server.state.interrupt()
        return {}

    def set_all(call: Call) -> dict[str, Any]:
        return set_options(server.options, call.values)

    return [
        Route("GET", f"{_API}progress", skip_or_show, QUERY),
        Route("POST", f"{_API}interrupt", interrupt),
        Route("POST", f"{_API}skip", lambda _: server.state.skip()),
        Route("GET", f"{_API}options", _options(server)),
        Route("POST", f"{_API}options", set_all, TEXT_OBJECT),
        Route("POST", f"{_API}unload-checkpoint", lambda _: {}),
        Route("POST", f"{_API}reload-checkpoint", lambda _: {}),
    ]


def _options(server: SdNext) -> Answer:
    """GET options: numbers are floats, whatever was posted."""
    render = renderer(nowebui=False)
    return lambda _: Prepared(render(server.options.answer()))


def _documents(server: SdNext) -> list[Route]:
    document = _recorded(server, "openapi")
    return [
        Route("GET, HEAD", "/openapi.json", document, guarded=False),
        Route("GET", "/docs", lambda _: Response(server.fixtures.page("docs")), guarded=False),
    ]
