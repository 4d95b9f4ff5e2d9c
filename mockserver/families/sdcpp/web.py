"""How the server of stable-diffusion.cpp answers: cpp-httplib, headers that let every page in.

Source: examples/server/main.cpp and routes_sdapi.cpp; recorded: groups list, http.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from mockserver.errors import HTTPRefusal
from mockserver.families._cpp.listed import LISTS
from mockserver.families.sdcpp.generation import generate
from mockserver.families.sdcpp.nlohmann import JsonError, dump, parse

if TYPE_CHECKING:
    from flask import Request

    from mockserver.families.sdcpp.server import Sdcpp

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
        return _told(server.listed(_LISTS[path]))
    if method == "POST" and path in _WORK:
        return _worked(server, request.get_data(), img2img=_WORK[path])
    return _bare(_NOT_FOUND)


def _told(body: object, status: int = _OK) -> Response:
    return Response(dump(body), status, mimetype="application/json")


def _bare(status: int) -> Response:
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def _worked(server: Sdcpp, raw: bytes, *, img2img: bool) -> Response:
    if not raw:
        return _told({"error": "empty body"}, _INVALID)
    try:
        return _told(generate(server, parse(raw), img2img=img2img))
    except HTTPRefusal as refusal:
        return _told({"error": refusal.detail}, refusal.status)
    except JsonError as error:
        return _told({"error": "server_error", "message": str(error)}, _FAILED)
