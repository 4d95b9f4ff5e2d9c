"""Errors with the wrong status, or that say less than they should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broken.layer import Edit, answer_with, headers, rewrite_answer, rewrite_reply, status, without
from broken.registry import broken
from doubles import Ask, Reply, Server, reply, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from broken.registry import Breaking

_IMG2IMG, _TXT2IMG = "/img2img", "/txt2img"
_PAGE = text("<!DOCTYPE html><html><title>Oops</title></html>", 500)


def _when(code: int, answer: Reply) -> Breaking:
    """Every answer of a status becomes another answer."""
    return lambda sound: rewrite_reply(sound, lambda _, __: answer, status=code)


def _whose_body(code: int, edit: Callable[[dict[str, Any]], object]) -> Breaking:
    """The body of every answer of a status is changed."""
    return lambda sound: rewrite_reply(sound, lambda _, t: t.with_json(edit(t.json)), status=code)


_PATHS: list[tuple[str, str, list[str], Breaking]] = [
    (
        "page-for-all",
        "unknown paths get the page of the UI",
        ["HTTP-002"],
        _when(404, text("<!DOCTYPE html><title>Stable Diffusion</title>", 200)),
    ),
    (
        "unknown-path-500",
        "unknown paths answer 500",
        ["HTTP-002", "HTTP-003"],
        _when(404, reply({"detail": "Not Found"}, 500)),
    ),
    (
        "unknown-path-html",
        "unknown paths answer 404 in HTML",
        ["HTTP-003", "HTTP-018"],
        _when(404, text("<html><h1>404 Not Found</h1></html>", 404)),
    ),
    (
        "unknown-path-in-other-words",
        "unknown paths answer with another key",
        ["HTTP-003"],
        _when(404, reply({"error": "NotFound"}, 404)),
    ),
    (
        "wrong-method-404",
        "a wrong method is an unknown path",
        ["HTTP-004", "HTTP-005"],
        _when(405, reply({"detail": "Not Found"}, 404)),
    ),
    (
        "get-generates",
        "txt2img can be read, too",
        ["HTTP-004"],
        lambda s: answer_with(s, _TXT2IMG, reply({"images": []}), method="GET"),
    ),
    (
        "no-allow",
        "a 405 does not name the right method",
        ["HTTP-005"],
        lambda s: rewrite_reply(s, lambda _, t: t.with_headers(allow=None), status=405),
    ),
    (
        "wrong-allow",
        "a 405 allows what it refused",
        ["HTTP-005"],
        lambda s: rewrite_reply(s, lambda ask, t: t.with_headers(allow=ask.method), status=405),
    ),
]
for _name, _words, _by, _breaking in _PATHS:
    broken(f"http/{_name}", _words, convicted_by=_by)(_breaking)


_OWN: list[tuple[str, str, list[str], Breaking]] = [
    (
        "detail-alone",
        "the API's own errors have no other key than detail",
        ["HTTP-016"],
        _whose_body(404, lambda body: {"detail": body["detail"]}),
    ),
    (
        "no-detail",
        "the API's own errors lack the detail",
        ["HTTP-016"],
        _whose_body(404, without("detail")),
    ),
    (
        "error-500-for-404",
        "the API's own errors are all 500",
        ["HTTP-016"],
        lambda s: status(
            s,
            _IMG2IMG,
            500,
            {"error": "HTTPException", "detail": "", "body": "", "errors": ""},
            status=404,
        ),
    ),
    (
        "errors-in-html",
        "errors are HTML pages",
        ["HTTP-018", "HTTP-006", "HTTP-013"],
        _when(422, _PAGE),
    ),
    (
        "errors-as-text",
        "errors are plain text",
        ["HTTP-018"],
        _when(404, text("Init image not found", 404, "text/plain")),
    ),
    (
        "errors-as-json-text",
        "errors are JSON strings",
        ["HTTP-018"],
        _when(422, reply("value is not a valid integer", 422)),
    ),
    (
        "errors-say-message",
        "errors have a key that nobody reads",
        ["HTTP-018"],
        _whose_body(422, lambda _: {"message": "no"}),
    ),
    (
        "errors-are-empty",
        "errors have no body",
        ["HTTP-018"],
        _when(404, Reply(404, {"content-type": "application/json"}, b"")),
    ),
    (
        "errors-are-200",
        "errors come as a success",
        ["HTTP-006", "HTTP-008", "HTTP-013"],
        lambda s: rewrite_reply(s, lambda _, t: reply(t.json), status=422),
    ),
]
for _name, _words, _by, _breaking in _OWN:
    broken(f"http/{_name}", _words, convicted_by=_by)(_breaking)


@broken(
    "http/forge-with-four-keys",
    "a Forge answers its own errors as upstream does",
    convicted_by=["HTTP-017"],
    profile="forge",
)
def forge_with_four_keys(sound: Server) -> Server:
    return sound


@broken(
    "http/forge-detail-as-list",
    "a Forge reports its own errors in a list",
    convicted_by=["HTTP-017"],
    profile="forge",
)
def forge_detail_as_list(sound: Server) -> Server:
    return rewrite_answer(sound, _IMG2IMG, lambda b: {"detail": [b["detail"]]}, status=404)


@broken("http/error-typed-html", "JSON errors are called HTML", convicted_by=["HTTP-001"])
def error_typed_html(sound: Server) -> Server:
    return headers(sound, "/samplers", content_type="text/html")


@broken("http/errors-typed-html", "errors in JSON are called HTML", convicted_by=["HTTP-027"])
def errors_typed_html(sound: Server) -> Server:
    def change(_: Ask, given: Reply) -> Reply:
        return given.with_headers(content_type="text/html") if given.status >= 400 else given

    return rewrite_reply(sound, change, status=None)


@broken("http/charset-refused", "JSON with a charset is refused", convicted_by=["HTTP-026"])
def charset_refused(sound: Server) -> Server:
    def answer(ask: Ask) -> Reply:
        kind = ask.headers.get("Content-Type", "")
        return reply({"detail": "Unsupported Media Type"}, 415) if "charset" in kind else sound(ask)

    return answer


def _problems(edit: Edit) -> Breaking:
    """Every problem of every refusal is changed."""

    def change(body: dict[str, Any]) -> Any:
        problems = body["detail"]
        return body | {"detail": [*map(edit, problems)] if isinstance(problems, list) else problems}

    return _whose_body(422, change)


broken("http/problems-placeless", "problems have no place", convicted_by=["HTTP-006"])(
    _problems(without("loc"))
)
broken("http/problems-as-text", "places are text", convicted_by=["HTTP-006"])(
    _problems(lambda problem: problem | {"loc": ".".join(map(str, problem["loc"]))})
)
broken("http/errors-lack-body", "uncaught errors have three keys", convicted_by=["HTTP-016"])(
    _whose_body(500, without("body"))
)
broken("http/errors-body-null", "the body of an error is null", convicted_by=["HTTP-016"])(
    _whose_body(500, lambda body: body | {"body": None})
)
