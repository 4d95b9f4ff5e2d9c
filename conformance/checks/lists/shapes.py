"""Checks of the lists' shapes, LIST-001 to LIST-017 and LIST-031.

Source: the GET routes of modules/api/api.py at v1.10.1 and the recorded group ``list``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.answers import (
    ANY,
    ARRAY,
    BOOLEAN,
    NULL,
    NUMBER,
    OBJECT,
    TEXT,
    TEXTS,
    WHOLE,
    declared_ones_are_there,
    fit,
    items,
)
from conformance.checks.support.settings import upstream_like
from conformance.requirements.requirement import Version
from conformance.runner.registry import check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


# Before 1.0 the lists lacked some keys: recorded list/sd-models and list/upscalers of 47a44c7.
_VERSION_2023 = Version.parse("1.0")


@check("LIST-001")
def samplers(context: CheckContext) -> None:
    """Name, aliases and options of every sampler."""
    items(context.read("samplers"), {"name": TEXT, "aliases": TEXTS, "options": OBJECT})


@check("LIST-002")
def sd_models(context: CheckContext) -> None:
    """Title, model_name, filename and the hashes of every model."""
    fields = {"title": TEXT, "model_name": TEXT, "filename": TEXT}
    fields |= {"hash": TEXT | NULL, "config": TEXT | NULL}
    if not _of_2022(context):
        fields["sha256"] = TEXT | NULL
    items(context.read("sd-models"), fields)


@check("LIST-003")
def upscalers(context: CheckContext) -> None:
    """Name, model and scale of every upscaler."""
    fields = {"name": TEXT, "model_name": TEXT | NULL}
    fields |= {"model_path": TEXT | NULL, "model_url": TEXT | NULL}
    if not _of_2022(context):
        fields["scale"] = NUMBER | NULL
    items(context.read("upscalers"), fields)


@check("LIST-004")
def schedulers(context: CheckContext) -> None:
    """Name and label of every scheduler, and upstream's own keys."""
    fields = {"name": TEXT, "label": TEXT}
    if context.profile.family in {"a1111", "reforge"}:
        fields |= {"aliases": TEXTS | NULL, "default_rho": NUMBER, "need_inner_model": BOOLEAN}
    items(context.read("schedulers"), fields)


@check("LIST-005")
def latent_upscale_modes(context: CheckContext) -> None:
    """Name of every mode."""
    exchange = context.read("latent-upscale-modes")
    found = items(exchange, {"name": TEXT})
    if upstream_like(context):
        expect.that(bool(found), "at least one mode", "the list is empty", exchange)


@check("LIST-006")
def sd_vae(context: CheckContext) -> None:
    """Name and file of every VAE."""
    items(context.read("sd-vae"), {"model_name": TEXT, "filename": TEXT})


@check("LIST-007")
def prompt_styles(context: CheckContext) -> None:
    """Name and prompts of every style."""
    fields = {"name": TEXT, "prompt": TEXT | NULL, "negative_prompt": TEXT | NULL}
    items(context.read("prompt-styles"), fields)


@check("LIST-008")
def loras(context: CheckContext) -> None:
    """Name and path of every LoRA, and upstream's own keys."""
    fields = {"name": TEXT, "path": TEXT}
    if context.profile.family in {"a1111", "reforge", "forge"}:
        fields |= {"alias": TEXT, "metadata": OBJECT}
    items(context.read("loras"), fields)


@check("LIST-009")
def hypernetworks(context: CheckContext) -> None:
    """Name and path of every hypernetwork."""
    items(context.read("hypernetworks"), {"name": TEXT, "path": TEXT | NULL})


@check("LIST-010")
def face_restorers(context: CheckContext) -> None:
    """Name and folder of every face restorer."""
    items(context.read("face-restorers"), {"name": TEXT, "cmd_dir": TEXT | NULL})


@check("LIST-011")
def realesrgan_models(context: CheckContext) -> None:
    """Name, path and scale of every model."""
    fields = {"name": TEXT, "path": TEXT | NULL, "scale": WHOLE | NULL}
    items(context.read("realesrgan-models"), fields)


@check("LIST-012")
def script_info(context: CheckContext) -> None:
    """Name, kind and arguments of every script."""
    exchange = context.read("script-info")
    fields = {"name": TEXT, "is_alwayson": BOOLEAN, "is_img2img": BOOLEAN, "args": ARRAY}
    argument = {
        "label": TEXT | NULL,
        "value": ANY,
        "minimum": NUMBER | NULL,
        "maximum": NUMBER | NULL,
        "step": NUMBER | NULL,
        "choices": ARRAY | NULL,
    }
    for script in items(exchange, fields):
        for number, value in enumerate(script["args"]):
            fit(value, argument, f"argument {number} of {script['name']!r}", exchange)


@check("LIST-013")
def extensions(context: CheckContext) -> None:
    """Origin and state of every extension."""
    fields = {"name": TEXT, "remote": TEXT | NULL, "branch": TEXT | NULL}
    fields |= {"commit_hash": TEXT | NULL, "commit_date": TEXT | NUMBER | NULL}
    fields |= {"version": TEXT | NULL, "enabled": BOOLEAN}
    items(context.read("extensions"), fields)


@check("LIST-014")
def scripts(context: CheckContext) -> None:
    """The names of both tabs."""
    exchange = expect.ok(context.read("scripts"))
    fit(expect.json_object(exchange), {"txt2img": TEXTS, "img2img": TEXTS}, "scripts", exchange)


@check("LIST-015")
def embeddings(context: CheckContext) -> None:
    """The embeddings that are loaded, and those that do not fit the model."""
    exchange = expect.ok(context.read("embeddings"))
    value = expect.json_object(exchange)
    fit(value, {"loaded": OBJECT, "skipped": OBJECT}, "embeddings", exchange)


@check("LIST-016")
def memory(context: CheckContext) -> None:
    """Numbers of bytes, or an error, for both kinds of memory."""
    exchange = expect.ok(context.get("memory"))
    value = expect.json_object(exchange)
    fit(value, {"ram": OBJECT, "cuda": OBJECT}, "memory", exchange)
    for name in ("ram", "cuda"):
        _numbers_or_error(value[name], name, exchange)
    _has_counts(value["ram"], "ram", exchange)
    if upstream_like(context) and "error" not in value["cuda"]:
        fit(value["cuda"], {"system": OBJECT}, "cuda", exchange)
        _has_counts(value["cuda"]["system"], "system of cuda", exchange)


@check("LIST-017")
def cmd_flags(context: CheckContext) -> None:
    """An object with some flags in it."""
    exchange = expect.ok(context.read("cmd-flags"))
    expect.that(bool(expect.json_object(exchange)), "some flags", "an empty object", exchange)


@check("LIST-031")
def flags_are_those_of_the_document(context: CheckContext) -> None:
    """Names and types, compared with the server's own /openapi.json."""
    declared_ones_are_there(context, "cmd-flags", "Flags", "flag")


def _of_2022(context: CheckContext) -> bool:
    profile = context.profile
    if profile.family != "a1111" or profile.version is None:
        return False
    return not profile.version.at_least(_VERSION_2023)


def _numbers_or_error(value: dict[str, Any], name: str, exchange: Exchange) -> None:
    __tracebackhide__ = True
    if isinstance(value.get("error"), str):
        return
    if not value or not all(map(_is_numeric, value.values())):
        raise Failed(f"{name} to hold numbers or an error", expect.shown(value), exchange)


def _is_numeric(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_numeric, value.values()))
    return NUMBER.accepts(value)


def _has_counts(value: dict[str, Any], name: str, exchange: Exchange) -> None:
    __tracebackhide__ = True
    if "error" not in value:
        fit(value, dict.fromkeys(("free", "used", "total"), NUMBER), name, exchange)
