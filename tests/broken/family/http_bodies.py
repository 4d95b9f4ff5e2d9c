"""Bodies that are refused in the wrong way, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broken.layer import rewrite_reply
from broken.registry import broken
from doubles import Ask, Reply, Server, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from broken.registry import Breaking

Problems = list[dict[str, Any]]


def _edits(edit: Callable[[Problems], Any]) -> Breaking:
    """The problems of every 422 are changed."""

    def change(_: Ask, given: Reply) -> Reply:
        return given.with_json({"detail": edit(given.json["detail"])})

    return lambda sound: rewrite_reply(sound, change, status=422)


def _each(**values: Any) -> Breaking:
    """Every problem has other values for some keys."""
    return _edits(lambda problems: [problem | values for problem in problems])


def _is_json(ask: Ask) -> bool:
    return ask.json is not None or (ask.body or b"").strip() == b"null"


def _when(holds: Callable[[Ask], bool], answer: Reply) -> Breaking:
    """Refused requests of some kind get another answer."""

    def change(ask: Ask, given: Reply) -> Reply:
        return answer if holds(ask) else given

    return lambda sound: rewrite_reply(sound, change, status=422)


_EMPTY = reply({"images": [], "parameters": {}, "info": "{}"})

_BROKEN: list[tuple[str, str, list[str], Breaking]] = [
    (
        "malformed-400",
        "malformed JSON is a 400",
        ["HTTP-006", "HTTP-007"],
        _when(lambda ask: bool(ask.body) and not _is_json(ask), reply({"detail": "Bad"}, 400)),
    ),
    (
        "malformed-500",
        "malformed JSON is a 500",
        ["HTTP-006"],
        _when(
            lambda ask: bool(ask.body) and not _is_json(ask),
            reply({"error": "JSONDecodeError", "detail": "", "body": "", "errors": ""}, 500),
        ),
    ),
    ("malformed-nowhere", "malformed JSON has no place", ["HTTP-007"], _each(loc=["body"])),
    ("malformed-no-context", "malformed JSON has no ctx", ["HTTP-007"], _each(ctx=None)),
    (
        "detail-as-text",
        "the problems are text",
        ["HTTP-006", "HTTP-008", "HTTP-010", "HTTP-013"],
        _edits(lambda problems: problems[0]["msg"]),
    ),
    (
        "no-problems",
        "the list of problems is empty",
        ["HTTP-006", "HTTP-013"],
        _edits(lambda _: []),
    ),
    (
        "missing-body-taken",
        "a request without a body is taken",
        ["HTTP-008"],
        _when(lambda ask: not ask.body, _EMPTY),
    ),
    ("missing-body-elsewhere", "a missing body has another place", ["HTTP-008"], _each(loc=["q"])),
    (
        "null-taken",
        "null is taken for a body",
        ["HTTP-009"],
        _when(lambda ask: ask.json is None and bool(ask.body), _EMPTY),
    ),
    ("null-in-other-words", "null has other words", ["HTTP-009"], _each(msg="none is not allowed")),
    (
        "text-taken",
        "a JSON string is taken for a body",
        ["HTTP-010"],
        _when(lambda ask: isinstance(ask.json, str), _EMPTY),
    ),
    (
        "number-taken",
        "a JSON number is taken for a body",
        ["HTTP-010"],
        _when(lambda ask: isinstance(ask.json, int), _EMPTY),
    ),
    (
        "list-taken",
        "a JSON list is taken for a body",
        ["HTTP-011"],
        _when(lambda ask: isinstance(ask.json, list), _EMPTY),
    ),
    ("list-in-other-words", "a list has other words", ["HTTP-011"], _each(msg="not a dict")),
    ("place-without-body", "places do not begin with body", ["HTTP-013"], _each(loc=["steps"])),
    ("place-without-field", "places do not name the field", ["HTTP-013"], _each(loc=["body"])),
    (
        "wrong-type-500",
        "a wrong type is a 500",
        ["HTTP-013"],
        _when(
            lambda ask: isinstance(ask.json, dict),
            reply({"error": "TypeError", "detail": "", "body": "", "errors": ""}, 500),
        ),
    ),
    (
        "wrong-type-taken",
        "a wrong type is taken for the default",
        ["HTTP-013", "HTTP-014"],
        _when(lambda ask: isinstance(ask.json, dict), _EMPTY),
    ),
    ("first-problem-alone", "one problem is reported", ["HTTP-014"], _edits(lambda p: p[:1])),
    (
        "problems-turned-round",
        "the last field comes first",
        ["HTTP-015"],
        _edits(lambda p: p[::-1]),
    ),
]
for _name, _words, _by, _breaking in _BROKEN:
    broken(f"http/{_name}", _words, convicted_by=_by)(_breaking)


@broken("http/plain-text-decoded", "text/plain is taken for JSON", convicted_by=["HTTP-012"])
def plain_text_decoded(sound: Server) -> Server:
    def decode(ask: Ask) -> Reply:
        kinds = {n: "application/json" for n in ask.headers if n.lower() == "content-type"}
        return sound(Ask(ask.method, ask.path, {**ask.headers, **kinds}, ask.body))

    return decode


@broken("http/plain-text-415", "text/plain is refused as such", convicted_by=["HTTP-012"])
def plain_text_415(sound: Server) -> Server:
    def change(ask: Ask, given: Reply) -> Reply:
        plain = ask.headers.get("Content-Type") == "text/plain"
        return reply({"detail": "Unsupported Media Type"}, 415) if plain else given

    return rewrite_reply(sound, change, status=None)
