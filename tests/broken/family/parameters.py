"""Parameters of a generation that are not what they promise."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from broken.generation import on_txt2img
from broken.layer import rewrite_generation, rewrite_parameters, rewrite_reply
from broken.registry import broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles import Ask, Reply, Server

Parameters = dict[str, Any]


def _lost(answer: Any) -> Any:
    return {name: value for name, value in answer.items() if name != "parameters"}


def _key(name: str, change: Callable[[Any], Any]) -> Callable[[Parameters], Any]:
    return lambda parameters: parameters | {name: change(parameters[name])}


def _without(*names: str) -> Callable[[Parameters], Any]:
    return lambda parameters: {k: v for k, v in parameters.items() if k not in names}


broken("parameters/missing", "there are no parameters", convicted_by=["TXT2IMG-001"])(
    partial(rewrite_generation, edit=_lost)
)

_EDITS: list[tuple[str, str, str, Callable[[Parameters], Any]]] = [
    ("null", "parameters is null", "TXT2IMG-001", lambda _: None),
    ("text", "parameters is text", "TXT2IMG-001", str),
    ("array", "parameters is an array", "TXT2IMG-001", lambda found: list(found.items())),
    ("empty", "parameters is empty", "TXT2IMG-012", lambda _: {}),
    (
        "upscaler",
        "the upscaler of hires fix is lost",
        "TXT2IMG-073",
        _key("hr_upscaler", lambda _: ""),
    ),
    ("styles", "styles are not repeated", "TXT2IMG-073", _key("styles", lambda _: [])),
    ("prompt-lost", "the prompt is not repeated", "TXT2IMG-012", _without("prompt")),
    ("prompt-other", "the prompt is in capitals", "TXT2IMG-012", _key("prompt", str.upper)),
    ("numbers-as-text", "numbers are texts", "TXT2IMG-012", _key("width", str)),
    ("size-swapped", "width is always 512", "TXT2IMG-012", _key("width", lambda _: 512)),
    ("steps-other", "steps are others", "TXT2IMG-012", _key("steps", lambda _: 20)),
    (
        "nulls-lost",
        "what is null is left out",
        "TXT2IMG-013",
        lambda p: {k: v for k, v in p.items() if v is not None},
    ),
    (
        "defaults-null",
        "the default of n_iter is null",
        "TXT2IMG-013",
        _key("n_iter", lambda _: None),
    ),
    (
        "defaults-other",
        "the default of hr_scale is another",
        "TXT2IMG-013",
        _key("hr_scale", lambda _: 1.5),
    ),
    (
        "seed-resolved",
        "a random seed is reported in place of -1",
        "TXT2IMG-014",
        _key("seed", lambda seed: 99 if seed == -1 else seed),
    ),
    (
        "negative-lost",
        "the negative prompt is not repeated",
        "TXT2IMG-073",
        _key("negative_prompt", lambda _: ""),
    ),
    ("cfg-lost", "the CFG scale is always 7", "TXT2IMG-073", _key("cfg_scale", lambda _: 7.0)),
    ("subseed-lost", "the subseed is always -1", "TXT2IMG-073", _key("subseed", lambda _: -1)),
    ("sampler-lost", "the sampler is null", "TXT2IMG-073", _key("sampler_name", lambda _: None)),
    (
        "denoising",
        "denoising_strength is 0.75",
        "TXT2IMG-048",
        _key("denoising_strength", lambda d: d or 0.75),
    ),
    (
        "overrides-lost",
        "override_settings is empty",
        "TXT2IMG-058",
        _key("override_settings", lambda _: {}),
    ),
]

for _name, _words, _id, _edit in _EDITS:
    broken(f"parameters/{_name}", _words, convicted_by=[_id])(
        partial(rewrite_parameters, edit=_edit)
    )


@broken("parameters/sent-only", "only what was sent is repeated", convicted_by=["TXT2IMG-013"])
def sent_only(sound: Server) -> Server:
    def change(ask: Ask, reply: Reply) -> Reply:
        sent = ask.json or {}
        kept = {k: v for k, v in reply.json["parameters"].items() if k in sent}
        return reply.with_json(reply.json | {"parameters": kept})

    return rewrite_reply(sound, change, "/txt2img")


@broken("parameters/unknown-too", "unknown fields are repeated", convicted_by=["TXT2IMG-026"])
def unknown_too(sound: Server) -> Server:
    def change(ask: Ask, reply: Reply) -> Reply:
        return reply.with_json(reply.json | {"parameters": reply.json["parameters"] | ask.json})

    return rewrite_reply(sound, change, "/txt2img")


@broken("parameters/of-the-last", "those of the request before", convicted_by=["TXT2IMG-095"])
def of_the_last(sound: Server) -> Server:
    before: list[Any] = []

    def change(ask: Ask, reply: Reply) -> Reply:
        if not on_txt2img(ask):
            return reply
        before.append(reply.json["parameters"])
        return reply.with_json(reply.json | {"parameters": before[max(len(before) - 2, 0)]})

    return rewrite_reply(sound, change, "/txt2img")
