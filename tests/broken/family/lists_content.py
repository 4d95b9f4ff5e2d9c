"""Lists of the right shape that hold the wrong things."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from broken.layer import Edit, rewrite_answer, rewrite_reply
from broken.registry import broken
from clock import QueueLock
from doubles import Ask, Reply, reply

if TYPE_CHECKING:
    from broken.registry import Breaking
    from doubles import Server


def _list(route: str, edit: Edit) -> Breaking:
    return lambda sound: rewrite_answer(sound, f"/sdapi/v1/{route}", edit, method="GET")


def _each(**values: Any) -> Edit:
    return lambda items: [item | values for item in items]


def _first(**values: Any) -> Edit:
    return lambda items: [items[0] | values, *items[1:]]


def _drop(*names: str) -> Edit:
    return lambda items: [item for item in items if item["name"] not in names]


def _turned(items: list[Any]) -> list[Any]:
    return items[::-1]


def _untitled(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [model | {"title": model["title"].partition(" [")[0]} for model in models]


def _numbered(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [model | {"title": f"model {i} [{model['hash']}]"} for i, model in enumerate(models)]


_CONTENT: list[tuple[str, str, str, str, Edit]] = [
    ("samplers", "empty", "there is no sampler", "LIST-018", lambda _: []),
    ("samplers", "twice", "a sampler is there twice", "LIST-018", lambda s: s + s[:1]),
    ("samplers", "nameless", "a sampler has no name", "LIST-018", _first(name="")),
    (
        "samplers",
        "options-typed",
        "options of samplers are booleans",
        "LIST-019",
        _each(options={"second_order": True}),
    ),
    ("samplers", "no-euler-a", "Euler a is lost", "LIST-020", _drop("Euler a")),
    (
        "samplers",
        "lower-case",
        "samplers are in lower case",
        "LIST-020",
        lambda items: [item | {"name": item["name"].lower()} for item in items],
    ),
    ("schedulers", "turned-round", "Automatic comes last", "LIST-021", _turned),
    ("schedulers", "by-name", "labels are names", "LIST-021", _first(label="automatic")),
    ("upscalers", "no-none", "None is lost", "LIST-022", _drop("None")),
    ("upscalers", "no-lanczos", "Lanczos is lost", "LIST-022", _drop("Lanczos")),
    ("upscalers", "sorted", "None does not come first", "LIST-022", _turned),
    ("sd-models", "one-title", "all titles are alike", "LIST-023", _each(title="tiny [x]")),
    ("sd-models", "no-hash", "titles lack the hash", "LIST-023", _untitled),
    ("sd-models", "numbered", "titles do not name the file", "LIST-023", _numbered),
    ("sd-models", "other-hash", "hashes are others", "LIST-024", _each(hash="8888888888")),
    ("sd-models", "short-hash", "hashes are too short", "LIST-024", _each(hash="abc")),
    (
        "sd-models",
        "upper-hash",
        "hashes are in upper case",
        "LIST-024",
        lambda models: [model | {"hash": model["hash"].upper()} for model in models],
    ),
    (
        "scripts",
        "one-lost",
        "a script is not named",
        "LIST-027",
        lambda tabs: {tab: names[1:] for tab, names in tabs.items()},
    ),
    ("scripts", "empty", "no script is named", "LIST-027", lambda t: {key: [] for key in t}),
    ("latent-upscale-modes", "no-latent", "Latent is lost", "LIST-028", _drop("Latent")),
    ("latent-upscale-modes", "empty", "there is no mode", "LIST-028", lambda _: []),
]
for _route, _name, _words, _id, _edit in _CONTENT:
    broken(f"lists/{_route}-{_name}", _words, convicted_by=[_id])(_list(_route, _edit))


def _every_second(route: str, edit: Edit) -> Breaking:
    def breaking(sound: Server) -> Server:
        asked = count(1)

        def change(_: Ask, given: Reply) -> Reply:
            return given if next(asked) % 2 else given.with_json(edit(given.json))

        return rewrite_reply(sound, change, f"/{route}", method="GET")

    return breaking


_UNSTEADY: list[tuple[str, str, str, Edit]] = [
    ("samplers", "turning", "the order changes", _turned),
    ("samplers", "losing", "a sampler comes and goes", lambda items: items[:-1]),
    ("sd-models", "emptied", "the models come and go", lambda _: []),
]
for _route, _name, _words, _edit in _UNSTEADY:
    broken(f"lists/{_route}-{_name}", _words, convicted_by=["LIST-025"])(
        _every_second(_route, _edit)
    )


@broken("lists/blocked", "the models wait for the job", convicted_by=["LIST-026"])
def blocked(sound: Server) -> Server:
    lock = QueueLock()

    def wait(ask: Ask) -> Reply:
        if not ask.route.endswith(("/txt2img", "/sd-models")):
            return sound(ask)
        with lock:
            return sound(ask)

    return wait


@broken("lists/refused-at-work", "503 while a job runs", convicted_by=["LIST-026"])
def refused_at_work(sound: Server) -> Server:
    at_work: list[bool] = []

    def answer(ask: Ask) -> Reply:
        if not ask.route.endswith("/txt2img"):
            busy = ask.route.endswith("/sd-models") and at_work
            return reply({"detail": "busy"}, 503) if busy else sound(ask)
        at_work.append(True)
        try:
            return sound(ask)
        finally:
            at_work.pop()

    return answer
