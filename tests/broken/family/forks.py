"""Forks as they are: the faults that a genuine one has, and faults of the fork's own ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broken.generation import fixes
from broken.layer import rewrite_answer, rewrite_reply
from broken.registry import broken

if TYPE_CHECKING:
    from doubles import Server

FORGE = {"started": {"profile": "forge"}, "profile": "forge"}

#: Recorded of Forge dfdcbab; nothing is broken but what the program itself breaks.
_GENUINE: list[tuple[str, str, list[str]]] = [
    ("no-modules", "a second pass fails unless modules are named", ["TXT2IMG-050"]),
    ("tiling", "tiling is reported and does nothing", ["TXT2IMG-091", "IMG2IMG-056"]),
    ("set-by-api", "the API sets options that it may not set", ["OPT-013"]),
    ("set-before-refusal", "options beside an unknown checkpoint are set", ["OPT-012"]),
    ("creates-nothing", "create routes always fail", ["MISC-019", "MISC-020", "MISC-021"]),
    ("infotext", "an infotext fails on the list of styles", ["TXT2IMG-066"]),
    ("port", "the flags cannot be shown once one is a number", ["LIST-017"]),
]
for _name, _words, _by in _GENUINE:
    broken(f"forge/{_name}", _words, convicted_by=_by, **FORGE)(lambda sound: sound)


@broken(
    "forge/crash-without-message",
    "a Forge reports a crash as upstream does",
    convicted_by=["MISC-010"],
    **FORGE,
)
def crash_without_message(sound: Server) -> Server:
    def edit(body: dict[str, object]) -> dict[str, object]:
        return {**{k: v for k, v in body.items() if k != "message"}, "errors": body["message"]}

    return rewrite_reply(sound, lambda _, t: t.with_json(edit(t.json)), "/txt2img", status=500)


@broken(
    "forge/crash-without-words",
    "the message of a crash is empty",
    convicted_by=["MISC-010", "TXT2IMG-052", "TXT2IMG-053"],
    **FORGE,
)
def crash_without_words(sound: Server) -> Server:
    return rewrite_answer(sound, "/txt2img", lambda b: b | {"message": ""}, status=500)


@broken(
    "forge/override-in-other-words",
    "an unknown checkpoint is another one in parameters",
    convicted_by=["TXT2IMG-058"],
    **FORGE,
)
def override_in_other_words(sound: Server) -> Server:
    def edit(body: dict[str, dict[str, object]]) -> dict[str, object]:
        found = {"override_settings": {"sd_model_checkpoint": "tiny-a"}}
        return body | {"parameters": body["parameters"] | found}

    return rewrite_answer(sound, "/txt2img", edit, status=200)


@broken(
    "forge/novelai-left-alone",
    "a Forge does not translate what NovelAI wrote",
    convicted_by=["PNGINFO-018"],
    **FORGE,
)
def novelai_left_alone(sound: Server) -> Server:
    return rewrite_answer(sound, "/png-info", lambda b: b | {"info": "a fox"})


broken(
    "forge/hires-same-size",
    "a second pass with modules gives the size of the first",
    convicted_by=["TXT2IMG-105"],
    **FORGE,
)(fixes(hr_scale=1))
