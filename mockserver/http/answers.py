"""Answers as HTTP responses: JSON as the webui encodes it, errors in the profile's shapes.

What lies around every answer comes last: gzip, CORS, the processing time.
"""

from __future__ import annotations

import json
import math
import time
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.core.errors import HTTPError, RequestValidationError, ServerError, UpstreamError
from mockserver.http.dropped import CLOSES
from mockserver.pydantic_compat.models import UnreadableBodyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import WSGIEnvironment

    from mockserver.profiles.profile import ErrorRules, TransportRules


_SMALLEST = -(2**63)
_LARGEST = 2**64 - 1


class Rendered(bytes):
    """JSON that is rendered already."""

    __slots__ = ()


class Prepared(Rendered):
    """JSON that is rendered already and will be given again."""

    __slots__ = ()


def render_standard(value: Any) -> bytes:
    """JSON as starlette's JSONResponse writes it.

    Args:
        value: any JSON value.

    Raises:
        ServerError: ValueError for infinities and NaN, UnicodeEncodeError for lone surrogates.
    """
    if isinstance(value, Rendered):
        return value
    try:
        return _dump(value).encode()
    except UnicodeEncodeError as error:
        raise ServerError("UnicodeEncodeError", str(error)) from error
    except ValueError as error:
        raise ServerError(
            "ValueError", "Out of range float values are not JSON compliant"
        ) from error


def render_fast(value: Any) -> bytes:
    """JSON as orjson writes it: infinities and NaN become null.

    Args:
        value: any JSON value.

    Raises:
        ServerError: TypeError for integers beyond 64 bits, keys that are no text, lone surrogates.
    """
    if isinstance(value, Rendered):
        return value
    try:
        return _dump(_as_orjson((value,))[0]).encode()
    except UnicodeEncodeError as error:
        message = "str is not valid UTF-8: surrogates not allowed"
        raise ServerError("TypeError", message) from error


def renderer(*, nowebui: bool) -> Callable[[Any], bytes]:
    """What renders the answers of a server that was started with or without its web UI.

    Args:
        nowebui: whether it was started with ``--nowebui``.
    """
    return render_standard if nowebui else render_fast


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _as_orjson(values: Iterable[Any]) -> list[Any]:
    """Values with what orjson changes changed, and what it refuses refused."""
    found = []
    for value in values:
        item = value
        if isinstance(value, dict):
            if any(not isinstance(key, str) for key in value):
                raise ServerError("TypeError", "Dict key must be str")
            item = dict(zip(value, _as_orjson(value.values()), strict=True))
        elif isinstance(value, list | tuple):
            item = _as_orjson(value)
        elif isinstance(value, float):
            item = value if math.isfinite(value) else None
        elif isinstance(value, int) and not _SMALLEST <= value <= _LARGEST:
            raise ServerError("TypeError", "Integer exceeds 64-bit range")
        found.append(item)
    return found


_CRASHED = 500
_UNPROCESSABLE = 422
#: Set on answers to uncaught exceptions: they are made outside all other layers.
UNCAUGHT = "sdapi_uncaught"


class PositionalArgumentsError(HTTPError):
    """An HTTPException raised with positional arguments, as gradio does.

    Its text is then the tuple of both; the webui's own exceptions have an empty one.
    """


def json_response(body: bytes, status: int = 200) -> Response:
    """An answer with Content-Type ``application/json`` and nothing else.

    Args:
        body: JSON, rendered.
        status: default 200.
    """
    return Response(body, status, mimetype="application/json")


def error_response(refusal: UpstreamError, rules: ErrorRules) -> Response:
    """The answer to a refusal.

    Args:
        refusal: what the simulated server raised.
        rules: the shape that its errors have.

    Source: modules/api/api.py ``api_middleware``; recorded: groups http and auth.
    """
    try:
        if isinstance(refusal, RequestValidationError):
            body = render_standard({"detail": refusal.errors})
            return json_response(body, _UNPROCESSABLE)
        if isinstance(refusal, HTTPError):
            return _http(refusal, rules)
    except ServerError as crash:
        refusal = crash
    return _crash(refusal, rules)


def _http(refusal: HTTPError, rules: ErrorRules) -> Response:
    if isinstance(refusal, UnreadableBodyError) or rules.shape == "detail":
        response = json_response(render_standard({"detail": refusal.detail}), refusal.status)
        response.headers.extend(refusal.headers)
        return response
    positional = isinstance(refusal, PositionalArgumentsError)
    errors = f"{refusal.status}: {refusal.detail}" if rules.status_in_errors else ""
    if positional:
        errors = str((refusal.status, refusal.detail))
    body = _keys("HTTPException", refusal.detail, errors)
    return json_response(render_standard(_coded(body, refusal.status, rules)), refusal.status)


def _crash(refusal: UpstreamError, rules: ErrorRules) -> Response:
    response = None
    if rules.crash != "text" and isinstance(refusal, ServerError):
        response = _server_error(refusal, rules)
    if response is None:
        response = Response("Internal Server Error", _CRASHED, mimetype="text/plain")
    setattr(response, UNCAUGHT, True)
    return response


def _server_error(crash: ServerError, rules: ErrorRules) -> Response | None:
    """The crash as JSON; None for a text that cannot be written."""
    try:
        parts = _keys(crash.name, "", crash.text) | {"body": crash.body}
        if rules.crash == "message":
            message = parts.pop("errors")
            parts |= {"body": crash.body, "message": message}
        body = render_standard(_coded(parts, _CRASHED, rules))
    except ServerError:
        return None
    return json_response(body, _CRASHED)


def _keys(error: str, detail: str, errors: str) -> dict[str, Any]:
    return {"error": error, "detail": detail, "body": "", "errors": errors}


def _coded(keys: dict[str, Any], status: int, rules: ErrorRules) -> dict[str, Any]:
    """The keys with the status behind the error's name, where the profile has it there."""
    if rules.shape != "five-key":
        return keys
    return {"error": keys["error"], "code": status, **keys}


#: From here on bodies are pictures in base64: packing them would cost ten times what making
#: them costs, for a quarter of bytes that seldom leave the machine. They are stored as they are.
_MOSTLY_PICTURES = 65_536
_GZIP_WINDOW = 31


def finish(
    response: Response, environ: WSGIEnvironment, began: float, rules: TransportRules
) -> Response:
    """Put around a response what lies around every answer.

    Args:
        response: changed in place.
        environ: of the request.
        began: when the request came, on the performance counter.
        rules: the profile's.
    """
    if getattr(response, UNCAUGHT, False):
        if rules.closes_after_crash:
            environ[CLOSES] = True
        return response
    _compress(response, environ, rules)
    if rules.cors and "HTTP_ORIGIN" in environ:
        response.headers["Access-Control-Allow-Credentials"] = "true"
    if rules.process_time:
        response.headers["X-Process-Time"] = _elapsed(began)
    return response


def finish_json(
    body: bytes, environ: WSGIEnvironment, began: float, rules: TransportRules
) -> tuple[bytes, list[tuple[str, str]]]:
    """Body and headers of the JSON of a 200, as `finish` leaves them in a response.

    Args:
        body: JSON.
        environ: of the request; without an Origin.
        began: when the request came, on the performance counter.
        rules: the profile's.
    """
    fields = [("Content-Type", "application/json"), ("Content-Length", "")]
    if _packs(len(body), environ, rules.gzip_from):
        body = _packed(body)
        fields += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    elif rules.always_varies and len(body) >= rules.gzip_from:
        fields.append(("Vary", "Accept-Encoding"))
    fields[1] = ("Content-Length", str(len(body)))
    if rules.process_time:
        fields.append(("X-Process-Time", _elapsed(began)))
    return body, fields


def _elapsed(began: float) -> str:
    return str(round(time.perf_counter() - began, 4))


def _packs(length: int, environ: WSGIEnvironment, smallest: int) -> bool:
    """Whether a body goes out packed."""
    if not smallest or length < smallest:
        return False
    return "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")


def _compress(response: Response, environ: WSGIEnvironment, rules: TransportRules) -> None:
    packs = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    if not rules.gzip_from or not (packs or rules.always_varies):
        return
    body = response.get_data()
    if len(body) < rules.gzip_from:
        return
    if not packs:
        response.vary.add("Accept-Encoding")
        return
    response.set_data(_gzip(body))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")


def _packed(body: bytes) -> bytes:
    return _gzip_ready(body) if isinstance(body, Prepared) else _gzip(body)


@lru_cache(maxsize=64)
def _gzip_ready(body: Prepared) -> bytes:
    """Lists that stay as they are go out packed as they were the last time."""
    return _gzip(body)


def _gzip(body: bytes) -> bytes:
    level = 0 if len(body) > _MOSTLY_PICTURES else 1
    return zlib.compress(body, level, wbits=_GZIP_WINDOW)
