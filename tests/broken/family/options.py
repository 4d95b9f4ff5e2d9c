"""Options that are shown, taken or refused otherwise than they are promised."""

from __future__ import annotations

import json

from broken.layer import Edit, answer_with, rewrite_reply, status, without
from broken.registry import Breaking, broken
from broken.settings import MODEL, NULL, ROUTE, names_no_model, refuses, shows, stores
from doubles import Server, reply

_KEY_ERROR = {"error": "KeyError", "detail": "", "body": "", "errors": "'nope'"}

# What GET shows

_SHOWN: list[tuple[str, str, list[str], Edit]] = [
    ("list", "the options are a list", ["OPT-001"], lambda o: [o]),
    ("nested", "the options are in groups", ["OPT-001"], lambda o: {"saving": o}),
    ("no-model", "the model is missing", ["OPT-001", "OPT-026"], without(MODEL)),
    ("all-null", "every option is null", ["OPT-001", "OPT-027"], dict.fromkeys),
    (
        "model-unknown",
        "the current model is none of the list",
        ["OPT-002"],
        lambda o: o | {MODEL: "gone.ckpt"},
    ),
    (
        "some-lost",
        "options that are at their default are missing",
        ["OPT-026"],
        lambda o: {name: value for name, value in o.items() if value},
    ),
    (
        "booleans-as-text",
        "booleans are text",
        ["OPT-026", "OPT-027"],
        lambda o: {k: str(v).lower() if isinstance(v, bool) else v for k, v in o.items()},
    ),
    (
        "numbers-as-text",
        "numbers are text",
        ["OPT-026", "OPT-027"],
        lambda o: {
            k: str(v) if isinstance(v, int | float) and not isinstance(v, bool) else v
            for k, v in o.items()
        },
    ),
    (
        "lists-as-text",
        "lists are text",
        ["OPT-026"],
        lambda o: {k: json.dumps(v) if isinstance(v, list) else v for k, v in o.items()},
    ),
    (
        "hash-of-another",
        "the hash is that of another model",
        ["OPT-030"],
        lambda o: o | {"sd_checkpoint_hash": "f" * 64},
    ),
]
for _name, _words, _by, _edit in _SHOWN:
    broken(f"options/{_name}", _words, convicted_by=_by)(shows(_edit))


@broken("options/unsteady", "each read shows other values", convicted_by=["OPT-003"])
def unsteady(sound: Server) -> Server:
    reads = iter(range(10**6))
    return shows(lambda options: options | {"jpeg_quality": next(reads)})(sound)


# What POST does

_ANSWERED: list[tuple[str, str, list[str], Breaking]] = [
    (
        "not-taken",
        "nothing can be set",
        ["OPT-004"],
        lambda s: answer_with(s, ROUTE, reply({"detail": "no"}, 403), method="POST"),
    ),
    (
        "echoed",
        "setting answers with what was set",
        ["OPT-005"],
        lambda s: rewrite_reply(
            s, lambda ask, given: given.with_json(ask.json), ROUTE, method="POST"
        ),
    ),
    (
        "ignored",
        "nothing is set",
        ["OPT-007", "OPT-015", "OPT-019", "OPT-021", "OPT-022", "OPT-032"],
        lambda s: answer_with(s, ROUTE, NULL, method="POST"),
    ),
    (
        "first-alone",
        "only the first option of a request is set",
        ["OPT-007", "OPT-021"],
        stores(lambda body: dict(list(body.items())[:1])),
    ),
    (
        "last-alone",
        "only the last option of a request is set",
        ["OPT-021"],
        stores(lambda body: dict(list(body.items())[-1:])),
    ),
    (
        "another-changed",
        "setting one option changes another",
        ["OPT-007", "OPT-018", "OPT-020"],
        stores(lambda body: body | ({"save_txt": True} if body else {})),
    ),
    (
        "numbers-lost",
        "numbers are not set",
        ["OPT-015", "OPT-021"],
        stores(lambda b: {k: v for k, v in b.items() if isinstance(v, bool | str)}),
    ),
    (
        "lists-stored-as-text",
        "lists lose their items",
        ["OPT-023"],
        stores(lambda b: {k: [] if isinstance(v, list) else v for k, v in b.items()}),
    ),
    (
        "letters-lost",
        "letters beyond ASCII become question marks",
        ["OPT-025"],
        stores(lambda b: json.loads(json.dumps(b, ensure_ascii=False).encode("ascii", "replace"))),
    ),
    (
        "put-back-refused",
        "an option can be turned off and not on again",
        ["OPT-018"],
        stores(lambda b: {k: v for k, v in b.items() if v is not True}),
    ),
]
for _name, _words, _by, _breaking in _ANSWERED:
    broken(f"options/{_name}", _words, convicted_by=_by)(_breaking)


@broken(
    "options/untold",
    "an SD.Next does not say what changed",
    convicted_by=["OPT-006"],
    profile="sdnext",
)
def untold(sound: Server) -> Server:
    return sound


# Right and wrong names


def _unknown(name: str) -> bool:
    return name.startswith("zz_")


_NAMES: list[tuple[str, str, list[str], Breaking]] = [
    (
        "unknown-taken",
        "unknown options are ignored",
        ["OPT-008"],
        refuses(lambda b: any(map(_unknown, b)), NULL),
    ),
    (
        "unknown-in-other-words",
        "unknown options have another error",
        ["OPT-008"],
        refuses(
            lambda b: any(map(_unknown, b)),
            reply({"error": "Exception", "detail": "", "body": "", "errors": "no"}, 500),
        ),
    ),
    (
        "unknown-null-refused",
        "unknown options are refused even with null",
        ["OPT-009"],
        refuses(lambda b: any(map(_unknown, b)), reply(_KEY_ERROR, 500)),
    ),
    (
        "current-model-refused",
        "the current model is refused",
        ["OPT-014"],
        refuses(lambda b: MODEL in b and not names_no_model(b), reply(_KEY_ERROR, 500)),
    ),
    (
        "model-taken",
        "unknown models are ignored",
        ["OPT-010", "OPT-011", "OPT-031"],
        refuses(names_no_model, NULL),
    ),
    (
        "model-without-name",
        "the refusal of a model has no name",
        ["OPT-011"],
        lambda s: status(
            s,
            ROUTE,
            500,
            {"error": "RuntimeError", "detail": "", "errors": "not found"},
            status=500,
        ),
    ),
    (
        "list-taken",
        "a list is taken for nothing",
        ["OPT-016"],
        lambda s: answer_with(
            s, ROUTE, NULL, method="POST", when=lambda ask: isinstance(ask.json, list)
        ),
    ),
]
for _name, _words, _by, _breaking in _NAMES:
    broken(f"options/{_name}", _words, convicted_by=_by)(_breaking)
