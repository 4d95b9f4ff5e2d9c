"""stable-diffusion.cpp's server as a backend: cpp-httplib, headers that let every page in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from mockserver.backends.cpp_common.server import LISTS, answer_everything
from mockserver.backends.registry import Backend
from mockserver.backends.sdcpp.generation import generate
from mockserver.backends.sdcpp.nlohmann.parser import JsonError, dump, parse
from mockserver.backends.sdcpp.server import FIELDS, ROUTES, Sdcpp
from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from flask import Request

    from mockserver.http.app import MockApp


_PREFIX = "/sdapi/v1/"
_LISTS = {f"{_PREFIX}{name}": name for name in LISTS}
_WORK = {f"{_PREFIX}txt2img": False, f"{_PREFIX}img2img": True}
_OK, _NOTHING, _INVALID, _NOT_FOUND, _FAILED = 200, 204, 400, 404, 500


def answer(server: Sdcpp, request: Request) -> Response:
    """The answer to any request; a path is a route's own and no other."""
    response = _answer(server, request)
    response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
    response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Access-Control-Allow-Methods"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "*"
    return response


def _answer(server: Sdcpp, request: Request) -> Response:
    method, path = request.method, request.path
    if method == "OPTIONS":
        return _bare(_NOTHING)
    if method in {"GET", "HEAD"} and path in _LISTS:
        return _response(server.listed(_LISTS[path]))
    if method == "POST" and path in _WORK:
        return _worked(server, request.get_data(), img2img=_WORK[path])
    return _bare(_NOT_FOUND)


def _response(body: object, status: int = _OK) -> Response:
    return Response(dump(body), status, mimetype="application/json")


def _bare(status: int) -> Response:
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def _worked(server: Sdcpp, raw: bytes, *, img2img: bool) -> Response:
    if not raw:
        return _response({"error": "empty body"}, _INVALID)
    try:
        return _response(generate(server, parse(raw), img2img=img2img))
    except HTTPError as refusal:
        return _response({"error": refusal.detail}, refusal.status)
    except JsonError as error:
        return _response({"error": "server_error", "message": str(error)}, _FAILED)


def _fill(app: MockApp) -> None:
    server = app.webui
    if isinstance(server, Sdcpp):
        answer_everything(app, lambda request: answer(server, request))


BACKEND = Backend(Sdcpp, _fill, frozenset({"step_time", "seed"}), ROUTES, FIELDS)
