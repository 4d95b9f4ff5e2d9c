"""Refusals of the simulated server as HTTP answers, in the profile's shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.errors import Crash, HTTPRefusal, Refusal, ValidationRefusal
from mockserver.validation import UnreadableBody
from mockserver.web.rendering import render_standard

if TYPE_CHECKING:
    from mockserver.profile.profile import ErrorRules

_CRASHED = 500
_UNPROCESSABLE = 422
#: Set on answers to uncaught exceptions: they are made outside all other layers.
UNCAUGHT = "sdapi_uncaught"


class PositionalRefusal(HTTPRefusal):
    """An HTTPException raised with positional arguments, as gradio does.

    Its text is then the tuple of both; the webui's own exceptions have an empty one.
    """


def json_response(body: bytes, status: int = 200) -> Response:
    """An answer with Content-Type ``application/json`` and nothing else."""
    return Response(body, status, mimetype="application/json")


def refusal_response(refusal: Refusal, rules: ErrorRules) -> Response:
    """The answer to a refusal.

    Source: modules/api/api.py ``api_middleware``; recorded: groups http and auth.
    """
    try:
        if isinstance(refusal, ValidationRefusal):
            body = render_standard({"detail": refusal.errors})
            return json_response(body, _UNPROCESSABLE)
        if isinstance(refusal, HTTPRefusal):
            return _http(refusal, rules)
    except Crash as crash:
        refusal = crash
    return _crash(refusal, rules)


def _http(refusal: HTTPRefusal, rules: ErrorRules) -> Response:
    if isinstance(refusal, UnreadableBody) or rules.shape == "detail":
        response = json_response(render_standard({"detail": refusal.detail}), refusal.status)
        response.headers.extend(refusal.headers)
        return response
    positional = isinstance(refusal, PositionalRefusal)
    errors = f"{refusal.status}: {refusal.detail}" if rules.status_in_errors else ""
    if positional:
        errors = str((refusal.status, refusal.detail))
    body = _keys("HTTPException", refusal.detail, errors)
    return json_response(render_standard(_coded(body, refusal.status, rules)), refusal.status)


def _crash(refusal: Refusal, rules: ErrorRules) -> Response:
    response = None
    if rules.crash != "text" and isinstance(refusal, Crash):
        response = _told(refusal, rules)
    if response is None:
        response = Response("Internal Server Error", _CRASHED, mimetype="text/plain")
    setattr(response, UNCAUGHT, True)
    return response


def _told(crash: Crash, rules: ErrorRules) -> Response | None:
    """The crash as JSON; None for a text that cannot be written."""
    try:
        told = _keys(crash.name, "", crash.text) | {"body": crash.body}
        if rules.crash == "message":
            message = told.pop("errors")
            told |= {"body": crash.body, "message": message}
        body = render_standard(_coded(told, _CRASHED, rules))
    except Crash:
        return None
    return json_response(body, _CRASHED)


def _keys(error: str, detail: str, errors: str) -> dict[str, Any]:
    return {"error": error, "detail": detail, "body": "", "errors": errors}


def _coded(keys: dict[str, Any], status: int, rules: ErrorRules) -> dict[str, Any]:
    """The keys with the status behind the error's name, where the profile has it there."""
    if rules.shape != "five-key":
        return keys
    return {"error": keys["error"], "code": status, **keys}
