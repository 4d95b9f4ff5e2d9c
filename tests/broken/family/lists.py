"""Lists that do not have the shape they promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broken.layer import Edit, answer_with, rewrite_answer, without
from broken.registry import broken
from doubles import Server, reply

if TYPE_CHECKING:
    from collections.abc import Callable

# Route, the requirement of its shape, and a key of its items that is lost.
_LISTS = (
    ("samplers", "LIST-001", "aliases"),
    ("sd-models", "LIST-002", "title"),
    ("upscalers", "LIST-003", "model_path"),
    ("schedulers", "LIST-004", "label"),
    ("latent-upscale-modes", "LIST-005", "name"),
    ("sd-vae", "LIST-006", "model_name"),
    ("prompt-styles", "LIST-007", "negative_prompt"),
    ("loras", "LIST-008", "path"),
    ("hypernetworks", "LIST-009", "path"),
    ("face-restorers", "LIST-010", "cmd_dir"),
    ("realesrgan-models", "LIST-011", "scale"),
    ("script-info", "LIST-012", "args"),
)


def _each(edit: Edit) -> Edit:
    return lambda items: [edit(item) for item in items]


def _with(**values: Any) -> Edit:
    return _each(lambda item: item | values)


def _list(route: str, edit: Edit) -> Callable[[Server], Server]:
    return lambda sound: rewrite_answer(sound, f"/sdapi/v1/{route}", edit, method="GET")


for _route, _id, _key in _LISTS:
    broken(f"lists/{_route}-wrapped", f"{_route} come in an object", convicted_by=[_id])(
        _list(_route, lambda items: {"items": items})
    )
    broken(f"lists/{_route}-as-names", f"{_route} are names alone", convicted_by=[_id])(
        _list(_route, _each(lambda item: item.get("name", item.get("title"))))
    )
    broken(f"lists/{_route}-key-lost", f"{_route} lack {_key}", convicted_by=[_id])(
        _list(_route, _each(without(_key)))
    )

_EXTENSION = {"name": "x", "remote": "https://x", "branch": "main", "commit_hash": "0"}
_EXTENSION |= {"commit_date": 1, "version": "1"}

_SHAPES: list[tuple[str, str, str, str, Edit]] = [
    ("samplers", "aliases-as-text", "aliases are one text", "LIST-001", _with(aliases="k_euler")),
    ("samplers", "options-null", "options are null", "LIST-001", _with(options=None)),
    ("sd-models", "title-null", "titles are null", "LIST-002", _with(title=None)),
    ("sd-models", "sha-lost", "the sha256 is lost", "LIST-002", _each(without("sha256"))),
    ("upscalers", "scale-as-text", "scales are text", "LIST-003", _with(scale="4x")),
    (
        "upscalers",
        "by-name",
        "the upscalers are keys",
        "LIST-003",
        lambda i: {u["name"]: u for u in i},
    ),
    ("schedulers", "rho-lost", "default_rho is lost", "LIST-004", _each(without("default_rho"))),
    ("loras", "metadata-as-text", "metadata is text", "LIST-008", _with(metadata="{}")),
    ("prompt-styles", "prompt-as-list", "prompts are lists", "LIST-007", _with(prompt=["a"])),
    ("realesrgan-models", "scale-broken", "scales are 1.5", "LIST-011", _with(scale=1.5)),
    ("script-info", "args-null", "arguments are null", "LIST-012", _with(args=None)),
    ("script-info", "args-half", "arguments are labels", "LIST-012", _with(args=[{"label": "x"}])),
    (
        "script-info",
        "always-on-as-text",
        "is_alwayson is text",
        "LIST-012",
        _with(is_alwayson="true"),
    ),
    (
        "extensions",
        "enabled-as-text",
        "enabled is text",
        "LIST-013",
        lambda _: [_EXTENSION | {"enabled": "yes"}],
    ),
    ("extensions", "half", "extensions lack their origin", "LIST-013", lambda _: [{"name": "x"}]),
    ("extensions", "wrapped", "extensions come by name", "LIST-013", lambda _: {"x": _EXTENSION}),
    (
        "scripts",
        "one-list",
        "the scripts of both tabs are one list",
        "LIST-014",
        lambda tabs: tabs["txt2img"] + tabs["img2img"],
    ),
    ("scripts", "no-img2img", "those of img2img are lost", "LIST-014", without("img2img")),
    (
        "scripts",
        "as-objects",
        "scripts are objects",
        "LIST-014",
        lambda tabs: {tab: [{"name": name} for name in names] for tab, names in tabs.items()},
    ),
    (
        "embeddings",
        "names",
        "embeddings are names alone",
        "LIST-015",
        lambda found: {kind: list(items) for kind, items in found.items()},
    ),
    ("embeddings", "flat", "embeddings are not distinguished", "LIST-015", lambda e: e["loaded"]),
    (
        "memory",
        "as-text",
        "bytes are text",
        "LIST-016",
        lambda found: found | {"ram": {"free": "24 GB"}},
    ),
    ("memory", "no-card", "the card's memory is empty", "LIST-016", lambda m: m | {"cuda": {}}),
    ("memory", "ram-alone", "the card's memory is lost", "LIST-016", without("cuda")),
    ("cmd-flags", "names", "the flags are names alone", "LIST-017", list),
    ("cmd-flags", "empty", "there is no flag", "LIST-017", lambda _: {}),
    ("cmd-flags", "lost", "one flag is lost", "LIST-031", without("listen")),
    ("cmd-flags", "as-text", "booleans are text", "LIST-031", lambda f: f | {"api": "true"}),
    ("latent-upscale-modes", "none", "there is no latent mode", "LIST-005", lambda _: []),
    (
        "memory",
        "no-total",
        "nobody learns how much memory there is",
        "LIST-016",
        lambda found: found | {"ram": without("total")(found["ram"])},
    ),
    (
        "memory",
        "card-by-name",
        "the card's memory is not where it is read",
        "LIST-016",
        lambda found: found | {"cuda": {"active": {"current": 1, "peak": 2}}},
    ),
    (
        "scripts",
        "no-tab",
        "the scripts of txt2img are named for img2img alone",
        "LIST-027",
        lambda tabs: {**tabs, "txt2img": []},
    ),
]
for _route, _name, _words, _id, _edit in _SHAPES:
    broken(f"lists/{_route}-{_name}", _words, convicted_by=[_id])(_list(_route, _edit))


@broken("lists/null", "an empty list is null", convicted_by=["LIST-007"])
def null(sound: Server) -> Server:
    return answer_with(sound, "/prompt-styles", reply(None))


@broken("lists/lost", "a list is not there", convicted_by=["LIST-001", "LIST-018"])
def lost(sound: Server) -> Server:
    return answer_with(sound, "/samplers", reply({"detail": "Not Found"}, 404))
