"""stable-diffusion.cpp's server as a backend: cpp-httplib, headers that let every page in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.backends.cpp_common.server import LISTS, answer_everything
from mockserver.backends.registry import Backend
from mockserver.backends.sdcpp.generation import generate
from mockserver.backends.sdcpp.native import Jobs, capabilities, models, openai_generation
from mockserver.backends.sdcpp.nlohmann.parser import JsonError, dump, parse
from mockserver.backends.sdcpp.server import FIELDS, ROUTES, Sdcpp
from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Request

    from mockserver.http.app import MockApp


_PREFIX = "/sdapi/v1/"
_LISTS = {f"{_PREFIX}{name}": name for name in LISTS}
_WORK = {f"{_PREFIX}txt2img": False, f"{_PREFIX}img2img": True}
_JOB = re.compile(r"/sdcpp/v1/jobs/([A-Za-z0-9_-]+)")
_CANCEL = re.compile(rf"{_JOB.pattern}/cancel")
_WITH_BODY = frozenset(("POST", "PUT", "PATCH", "DELETE"))
_PARTS = "multipart/form-data"
#: In place of the program's own page.
_PAGE = "<!doctype html><title>stable-diffusion.cpp</title><h1>stable-diffusion.cpp</h1>"
_OK, _NOTHING, _INVALID, _NOT_FOUND, _FAILED = 200, 204, 400, 404, 500


def answer(server: Sdcpp, jobs: Jobs, request: Request) -> Response:
    """The answer to any request; a path is a route's own and no other.

    Args:
        server: the simulated server.
        jobs: those of the server's own API.
        request: as Flask has it.
    """
    response = _answer(server, jobs, request)
    response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
    response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Access-Control-Allow-Methods"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "*"
    return response


def _answer(server: Sdcpp, jobs: Jobs, request: Request) -> Response:
    method, path = request.method, request.path
    if method == "OPTIONS":
        return _bare(_NOTHING)
    if method in _WITH_BODY and _unread(request):
        return _bare(_INVALID)
    if method in {"GET", "HEAD"}:
        return _got(server, jobs, path)
    if method == "POST":
        return _posted(server, jobs, path, _body_of(request))
    return _bare(_NOT_FOUND)


def _got(server: Sdcpp, jobs: Jobs, path: str) -> Response:
    if path in _LISTS:
        return _response(server.listed(_LISTS[path]))
    if path == "/":
        return Response(_PAGE, mimetype="text/html")
    if path == "/v1/models":
        return _response(models())
    if path == "/sdcpp/v1/capabilities":
        return _response(capabilities(server))
    if job := _JOB.fullmatch(path):
        status, body = jobs.get(job[1])
        return _response(body, status)
    return _bare(_NOT_FOUND)


def _posted(server: Sdcpp, jobs: Jobs, path: str, raw: bytes) -> Response:
    if path in _WORK:
        return _worked(raw, lambda: generate(server, parse(raw), img2img=_WORK[path]))
    if path == "/v1/images/generations":
        return _worked(raw, lambda: openai_generation(server, raw))
    if path == "/sdcpp/v1/img_gen":
        status, body = jobs.post(raw)
        return _response(body, status)
    if job := _CANCEL.fullmatch(path):
        status, body = jobs.cancel(job[1])
        return _response(body, status)
    return _bare(_NOT_FOUND)


def _unread(request: Request) -> bool:
    """Whether cpp-httplib refuses a body before any route sees it: parts without a boundary."""
    kind = request.headers.get("Content-Type", "")
    return kind.startswith(_PARTS) and not request.mimetype_params.get("boundary")


def _body_of(request: Request) -> bytes:
    """What a route sees of the body; nothing of one in parts."""
    parts = request.headers.get("Content-Type", "").startswith(_PARTS)
    return b"" if parts else request.get_data()


def _response(body: object, status: int = _OK) -> Response:
    return Response(dump(body), status, mimetype="application/json")


def _bare(status: int) -> Response:
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def _worked(raw: bytes, work: Callable[[], dict[str, Any]]) -> Response:
    if not raw:
        return _response({"error": "empty body"}, _INVALID)
    try:
        return _response(work())
    except HTTPError as refusal:
        return _response({"error": refusal.detail}, refusal.status)
    except JsonError as error:
        return _response({"error": "server_error", "message": str(error)}, _FAILED)


def _fill(app: MockApp) -> None:
    server = app.webui
    if isinstance(server, Sdcpp):
        jobs = Jobs(server)
        answer_everything(app, lambda request: answer(server, jobs, request))


BACKEND = Backend(Sdcpp, _fill, frozenset({"step_time", "seed"}), ROUTES, FIELDS)
