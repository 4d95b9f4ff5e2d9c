"""Headers, encodings and a document that do not say what is so."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from broken.layer import answer_with, headers, rewrite_answer, rewrite_body, rewrite_reply, status
from broken.registry import broken
from doubles import Ask, Reply, Server, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from broken.registry import Breaking

_SAMPLERS, _OPTIONS, _OPENAPI = "/samplers", "/options", "/openapi.json"


def _redirected(edit: Callable[[Reply], Reply]) -> Breaking:
    return lambda sound: rewrite_reply(sound, lambda _, given: edit(given), status=307)


def _without_path(path: str) -> Breaking:
    def edit(document: dict[str, Any]) -> dict[str, Any]:
        paths = {name: item for name, item in document["paths"].items() if name != path}
        return document | {"paths": paths}

    return lambda sound: rewrite_answer(sound, _OPENAPI, edit)


def _zipped(given: Reply) -> Reply:
    plain = given.with_json(given.json)
    return replace(plain, body=gzip.compress(plain.body))


_ORIGIN = "access_control_allow_origin"
_BROKEN: list[tuple[str, str, list[str], Breaking]] = [
    (
        "called-text",
        "lists are called plain text",
        ["HTTP-001"],
        lambda s: headers(s, ("/samplers", "/sd-models"), content_type="text/plain"),
    ),
    (
        "called-nothing",
        "generations have no media type",
        ["HTTP-001"],
        lambda s: headers(s, ("/options", "/upscalers"), content_type=None),
    ),
    (
        "called-latin-1",
        "the charset is said to be Latin-1",
        ["HTTP-001"],
        lambda s: headers(s, "/sd-models", content_type="application/json; charset=latin-1"),
    ),
    (
        "list-503",
        "a list is never there",
        ["HTTP-001"],
        lambda s: status(s, "/upscalers", 503, {"detail": "busy"}),
    ),
    (
        "list-created",
        "reading answers 201",
        ["HTTP-001"],
        lambda s: rewrite_reply(s, lambda _, t: replace(t, status=201), "/samplers"),
    ),
    (
        "no-process-time",
        "X-Process-Time is missing",
        ["HTTP-019"],
        lambda s: headers(s, x_process_time=None),
    ),
    (
        "process-time-in-words",
        "X-Process-Time has a unit",
        ["HTTP-019"],
        lambda s: headers(s, x_process_time="12 ms"),
    ),
    (
        "process-time-negative",
        "X-Process-Time is negative",
        ["HTTP-019"],
        lambda s: headers(s, x_process_time="-0.2"),
    ),
    (
        "slash-404",
        "a slash at the end is another path",
        ["HTTP-020"],
        _redirected(lambda _: reply({"detail": "Not Found"}, 404)),
    ),
    (
        "slash-to-the-root",
        "a slash at the end leads to the start page",
        ["HTTP-020"],
        _redirected(lambda given: given.with_headers(location="/")),
    ),
    (
        "slash-301",
        "the redirect makes a GET of a POST",
        ["HTTP-020"],
        _redirected(lambda given: replace(given, status=301)),
    ),
    (
        "never-compressed",
        "nothing is compressed",
        ["HTTP-021"],
        lambda s: rewrite_answer(s, _OPTIONS, lambda value: value, method="GET"),
    ),
    (
        "compressed-in-silence",
        "compressed without being asked, or without a word",
        ["HTTP-022"],
        lambda s: rewrite_reply(s, lambda _, given: _zipped(given), _OPTIONS, method="GET"),
    ),
    (
        "always-compressed",
        "compressed whatever the client accepts",
        ["HTTP-022"],
        lambda s: rewrite_reply(
            s,
            lambda _, given: _zipped(given).with_headers(content_encoding="gzip"),
            _OPTIONS,
            method="GET",
        ),
    ),
    (
        "document-lacks-a-list",
        "a list is not in openapi.json",
        ["HTTP-023"],
        _without_path("/sdapi/v1/loras"),
    ),
    (
        "document-lacks-txt2img",
        "txt2img is not in openapi.json",
        ["HTTP-023"],
        _without_path("/sdapi/v1/txt2img"),
    ),
    (
        "document-empty",
        "openapi.json lists no path",
        ["HTTP-023"],
        lambda s: rewrite_answer(s, _OPENAPI, lambda document: document | {"paths": {}}),
    ),
    (
        "open-to-all-pages",
        "every page may call the API",
        ["HTTP-024"],
        lambda s: headers(s, **{_ORIGIN: "*"}),
    ),
]
for _name, _words, _by, _breaking in _BROKEN:
    broken(f"http/{_name}", _words, convicted_by=_by)(_breaking)


@broken("http/origin-mirrored", "the client's origin is let in", convicted_by=["HTTP-024"])
def origin_mirrored(sound: Server) -> Server:
    def change(ask: Ask, given: Reply) -> Reply:
        return given.with_headers(**{_ORIGIN: ask.headers.get("Origin")})

    return rewrite_reply(sound, change, status=None)


@broken("http/nan", "a list has a NaN in it", convicted_by=["HTTP-025"])
def nan(sound: Server) -> Server:
    more = {"model_name": None, "model_path": None, "model_url": None, "scale": float("nan")}
    return rewrite_answer(sound, "/upscalers", lambda items: [*items, {"name": "x", **more}])


@broken("http/latin-1", "letters are in Latin-1", convicted_by=["HTTP-025"])
def latin_1(sound: Server) -> Server:
    def edit(body: bytes) -> bytes:
        styles = [*json.loads(body), {"name": "caf\xe9", "prompt": "", "negative_prompt": ""}]
        return json.dumps(styles, ensure_ascii=False).encode("latin-1")

    return rewrite_body(sound, edit, "/prompt-styles")


@broken("http/byte-order-mark", "JSON begins with a mark", convicted_by=["HTTP-025"])
def byte_order_mark(sound: Server) -> Server:
    return rewrite_body(sound, lambda body: b"\xef\xbb\xbf" + body, _SAMPLERS)


@broken("http/list-unreadable", "a list is no JSON", convicted_by=["HTTP-025"])
def list_unreadable(sound: Server) -> Server:
    page = Reply(200, {"content-type": "application/json"}, b"[{'name': 'Lanczos'}]")
    return answer_with(sound, "/upscalers", page)
