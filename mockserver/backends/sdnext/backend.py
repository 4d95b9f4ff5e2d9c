"""SD.Next as a backend: its routes, and progress with a new preview every time."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.backends.registry import Backend
from mockserver.backends.sdnext.documented import documented_routes
from mockserver.backends.sdnext.extras import interrogate
from mockserver.backends.sdnext.images import encoded
from mockserver.backends.sdnext.options import set_options
from mockserver.backends.sdnext.rate_limit import RateLimit
from mockserver.backends.sdnext.server import SdNext
from mockserver.core.errors import ServerError
from mockserver.http.answers import Prepared, json_response, render_fast, render_standard, renderer
from mockserver.http.fastapi import fill
from mockserver.http.routing import QUERY, TEXT_OBJECT, Call, Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Request

    from mockserver.backends.a1111.generation.pipeline import Generated
    from mockserver.backends.a1111.state import TaskState
    from mockserver.http.app import MockApp


#: A key of the webui's state that SD.Next never took over.
_UNKNOWN = "stopping_generation"
_DIGITS = 2


def progress(server: SdNext, *, skip_current_image: bool) -> dict[str, Any]:
    """The answer: progress, eta_relative, state, current_image, textinfo.

    Unlike the webui's it begins at nought, and shows two digits behind the point.

    Args:
        server: the simulated server.
        skip_current_image: whether the answer has no preview.
    """
    state = server.state
    shown = state.as_dict()
    del shown[_UNKNOWN]
    answer: dict[str, Any] = {"id": ""} if server.program.names_progress else {}
    answer |= {
        "progress": 0.0,
        "eta_relative": 0.0,
        "state": shown,
        "current_image": None,
        "textinfo": state.textinfo,
    }
    if shown["job_count"] == 0:
        return answer
    share = _share(state)
    elapsed = server.clock.now() - (state.time_start or 0.0)
    answer["progress"] = round(share, _DIGITS)
    answer["eta_relative"] = round(elapsed / share - elapsed, _DIGITS) if share else 0.0
    state.make_preview()
    if state.current_image is not None and not skip_current_image:
        answer["current_image"] = encoded(server, state.current_image, None).base64()
    return answer


def _share(state: TaskState) -> float:
    steps = max(state.sampling_steps, 1)
    done = steps * state.job_no + state.sampling_step
    return min(done / (steps * max(state.job_count, 1)), 1.0)


if TYPE_CHECKING:
    Answer = Callable[[Call[SdNext]], Any]

_API = "/sdapi/v1/"
#: Lists that stay as they were recorded.
_RECORDED = (
    "memory",
    "cmd-flags",
    "scripts",
    "samplers",
    "schedulers",
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
#: Lists that the server answers with an error: list to class, text and body of it.
_FAILED = "failures"
_NO_INIT_IMAGE = b'{"error":"Init image is none"}'
_NO_CONTENT = 204
_BAD_REQUEST = 400


def all_routes(server: SdNext) -> list[Route]:
    """The routes, in the order in which SD.Next registers those that share a path.

    Those of the API are the ones that its document knows.

    Args:
        server: the simulated server.
    """
    routes = [*_lists(server), *_work(server), *_control(server)]
    played = [route for route in routes if _is_documented(server, route)]
    known = {(method, r.path) for r in played for method in r.method.split(", ")}
    limit = RateLimit(server)

    def within_limit(request: Request) -> None:
        limit.check(request)

    limited = [*played, *documented_routes(server, known)]
    return [*(replace(route, again=within_limit) for route in limited), *_documents(server)]


def _operation(server: SdNext, method: str, path: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (
        server.document.get("paths", {}).get(path, {}).get(method.lower())
    )
    return found


def _is_documented(server: SdNext, route: Route) -> bool:
    return _operation(server, route.method, route.document or route.path) is not None


def _done(server: SdNext, name: str, body: Any) -> Answer:
    """An answer without a body where the document promises none, else `body`.

    Recorded: list/interrupt of both versions.
    """
    operation = _operation(server, "POST", _API + name) or {}
    if "204" in operation.get("responses", {}):
        return lambda _: _no_content()
    return lambda _: body


def _no_content() -> Response:
    response = Response(status=_NO_CONTENT)
    del response.headers["Content-Type"]
    return response


def _lists(server: SdNext) -> list[Route]:
    failures = _failures(server)
    lists = [
        Route("GET", _API + name, _recorded(server, name))
        for name in _RECORDED
        if server.fixtures.has(name) or name in failures
    ]
    refreshing = [
        Route("POST", f"{_API}refresh-{name}", _done(server, f"refresh-{name}", None))
        for name in ("checkpoints", "vae")
    ]
    refreshing.append(Route("POST", f"{_API}refresh-loras", lambda _: _refreshed(server)))
    return [*lists, Route("GET", f"{_API}script-info", _script_info(server), QUERY), *refreshing]


def _failures(server: SdNext) -> dict[str, Any]:
    found: dict[str, Any] = server.listed(_FAILED) if server.fixtures.has(_FAILED) else {}
    return found


def _failing(failure: dict[str, Any]) -> Answer:
    def fail(_: Call[SdNext]) -> Any:
        raise ServerError(failure["error"], failure["errors"], failure.get("body", ""))

    return fail


def _refreshed(server: SdNext) -> dict[str, Any] | None:
    """The LoRAs by name, as newer versions answer. Recorded: list/refresh-loras."""
    if not server.program.lists_refreshed:
        return None
    return {row["name"]: _network(row) for row in server.listed("loras")}


def _network(row: dict[str, Any]) -> dict[str, Any]:
    path = str(row["path"])
    return {
        "shorthash": "",
        "hash": "",
        "name": row["name"],
        "filename": path,
        "fullname": row["name"],
        "metadata": row["metadata"],
        "is_safetensors": path.endswith(".safetensors"),
        "alias": row["alias"],
        "sd_version": "",
    }


def _recorded(server: SdNext, name: str) -> Answer:
    if name in _failures(server):
        return _failing(_failures(server)[name])

    @cache
    def rendered() -> Prepared:
        return Prepared(render_standard(server.fixtures.get(name)))

    return lambda _: rendered()


def _script_info(server: SdNext) -> Answer:
    """All scripts, or those of one name."""

    def answer(call: Call[SdNext]) -> list[dict[str, Any]]:
        wanted = call.values["script_name"]
        rows: list[dict[str, Any]] = server.listed("script-info")
        return [row for row in rows if wanted in (None, row["name"])]

    return answer


def _work(server: SdNext) -> list[Route]:
    # Pillow is imported with the first picture, not when the server starts.
    def txt2img(call: Call[SdNext]) -> Response:
        from mockserver.backends.sdnext import generation  # noqa: PLC0415 - start-up time

        return _generated(server, generation.txt2img(server, call.values))

    def img2img(call: Call[SdNext]) -> Response:
        from mockserver.backends.sdnext import generation  # noqa: PLC0415 - start-up time

        if call.values["init_images"] is None:
            return json_response(_NO_INIT_IMAGE, _BAD_REQUEST)
        return _generated(server, generation.img2img(server, call.values))

    def png_info(call: Call[SdNext]) -> dict[str, Any]:
        from mockserver.backends.sdnext import png_info as module  # noqa: PLC0415 - start-up time

        return module.png_info(server, call.values)

    def single(call: Call[SdNext]) -> dict[str, Any]:
        from mockserver.backends.sdnext import extras  # noqa: PLC0415 - start-up time

        return extras.extra_single_image(server, call.values)

    def batch(call: Call[SdNext]) -> dict[str, Any]:
        from mockserver.backends.sdnext import extras  # noqa: PLC0415 - start-up time

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
    def skip_or_show(call: Call[SdNext]) -> dict[str, Any]:
        return progress(server, skip_current_image=call.values["skip_current_image"])

    interrupted, skipped = _done(server, "interrupt", {}), _done(server, "skip", None)

    def interrupt(call: Call[SdNext]) -> Any:
        server.state.interrupt()
        return interrupted(call)

    def skip(call: Call[SdNext]) -> Any:
        server.state.skip()
        return skipped(call)

    def set_all(call: Call[SdNext]) -> dict[str, Any]:
        return set_options(server.options, call.values)

    return [
        Route("GET", f"{_API}progress", skip_or_show, QUERY),
        Route("POST", f"{_API}interrupt", interrupt),
        Route("POST", f"{_API}skip", skip),
        Route("GET", f"{_API}options", _options(server)),
        Route("POST", f"{_API}options", set_all, TEXT_OBJECT),
        *(
            Route("POST", _API + name, _done(server, name, {}))
            for name in ("unload-checkpoint", "reload-checkpoint")
        ),
    ]


def _generated(server: SdNext, made: Generated) -> Response:
    """The answer's three keys; older versions fail at NaN and infinities, newer ones make nulls."""
    render = render_standard if server.program.finite else render_fast
    images = ",".join(f'"{image.base64()}"' for image in made.images)
    parts = (f'{{"images":[{images}]'.encode(), render(made.parameters), render(made.info))
    return json_response(b'%b,"parameters":%b,"info":%b}' % parts)


def _options(server: SdNext) -> Answer:
    """GET options: in older versions numbers are floats, whatever was posted."""
    render = renderer(nowebui=False)
    return lambda _: Prepared(render(server.options.answer()))


def _app_id(call: Call[SdNext]) -> dict[str, int]:
    return {"app_id": call.webui.app_id}


def _documents(server: SdNext) -> list[Route]:
    document = _recorded(server, "openapi")
    return [
        Route("GET, HEAD", "/openapi.json", document, guarded=False),
        Route("GET", "/docs", lambda _: Response(server.fixtures.page("docs")), guarded=False),
        *([Route("GET", "/app_id", _app_id)] if _operation(server, "GET", "/app_id") else []),
    ]


def _fill(app: MockApp) -> None:
    server = app.webui
    if isinstance(server, SdNext):
        fill(app, server, all_routes(server))


# A first start was recorded of newer versions alone; the server refuses it for others.
# Credentials and --api-only's counterpart were not recorded, so they cannot be asked for.
BACKEND = Backend(SdNext, _fill, frozenset({"fresh", "state_file", "step_time", "seed"}))
