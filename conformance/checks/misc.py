"""Checks of interrogate, of models, and of what one implementer alone does: MISC-001 to 015.

Source: modules/api/api.py, interrogateapi, at v1.10.1, and Forge's; recorded:
interrogate/null-image, http/interrogate-empty-object, and generations of KoboldCpp,
stable-diffusion.cpp and SD.Next.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect, pictures
from conformance.checks.support.expect import NO_PICTURE, any_error, complains_of, refused
from conformance.detection.probe import API
from conformance.runner import generation
from conformance.runner.registry import check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


# A name that no server has, so that nothing is downloaded.
_NOBODY = "zz-conformance-nope"


@check("MISC-001")
def unknown_model(context: CheckContext) -> None:
    """A picture, and a model that no server has."""
    refused(_ask(context, _picture(), _NOBODY), 404, "Model not found")


@check("MISC-002")
def picture_is_needed(context: CheckContext) -> None:
    """An empty object; were the picture not looked for, the default model would be asked."""
    any_error(context.post("interrogate", json={}))


@check("MISC-013")
def no_picture_is_refused(context: CheckContext) -> None:
    """Text that is no picture; the model does not exist either, so that none is loaded."""
    refused(_ask(context, "zzz", _NOBODY), 500, NO_PICTURE)


@check("MISC-014")
def null_is_refused(context: CheckContext) -> None:
    """``image`` null."""
    complains_of(_ask(context, None, _NOBODY), "image")


@check("MISC-015", leaves="the models that interrogate loads, where they were not there yet")
def caption_is_text(context: CheckContext) -> None:
    """A picture of four colours, described by CLIP."""
    exchange = expect.ok(_ask(context, _picture(), "clip"))
    caption = expect.json_object(exchange).get("caption")
    if not isinstance(caption, str) or not caption:
        raise Failed("caption as text", f"caption is {expect.shown(caption)}", exchange)


def _ask(context: CheckContext, image: Any, model: str) -> Exchange:
    return context.post("interrogate", json={"image": image, "model": model})


def _picture() -> str:
    return pictures.text_of(pictures.quarters(32, 32))


_REFRESHED = ("refresh-vae", "refresh-loras")
_ENDING = ("server-kill", "server-stop", "server-restart")


@check("MISC-003")
def refresh_keeps_the_list(context: CheckContext) -> None:
    """sd-models before and after refresh-checkpoints."""
    before = _models(context.get("sd-models"))
    expect.ok(context.post("refresh-checkpoints"))
    exchange = context.get("sd-models")
    expect.equal(_models(exchange), before, "the models after the refresh", exchange)


@check("MISC-004")
def other_lists_can_be_refreshed(context: CheckContext) -> None:
    """VAEs and LoRAs."""
    for route in _REFRESHED:
        expect.ok(context.post(route))


@check("MISC-005")
def server_cannot_be_ended(context: CheckContext) -> None:
    """The three routes that end a server, asked with GET, which none of them obeys."""
    for route in _ENDING:
        exchange = context.send("GET", f"{API}/{route}")
        expected = f"{route} to be absent (404); --api-server-stop is on"
        expect.that(exchange.status == 404, expected, expect.answered(exchange), exchange)  # noqa: PLR2004 - HTTP's own


@check("MISC-012", own_steps=1)
def weights_come_back(context: CheckContext) -> None:
    """Unload, reload, and a picture."""
    for route in ("unload-checkpoint", "reload-checkpoint"):
        exchange = expect.ok(context.post(route))
        expect.equal(expect.json_of(exchange), {}, "the body", exchange)
    _ = context.generate(generation.one_image(context.settings.size)).picture


@check("MISC-016")
def refresh_answers_null(context: CheckContext) -> None:
    """The bodies of refresh-checkpoints, refresh-vae and refresh-loras."""
    for route in ("refresh-checkpoints", *_REFRESHED):
        exchange = expect.ok(context.post(route))
        expect.equal(expect.json_of(exchange), None, "the body", exchange)


@check("MISC-017")
def embeddings_can_be_refreshed(context: CheckContext) -> None:
    """Embeddings before and after refresh-embeddings."""
    before = _names(context.get("embeddings"))
    expect.ok(context.post("refresh-embeddings"))
    exchange = context.get("embeddings")
    expect.equal(_names(exchange), before, "the embeddings after the refresh", exchange)


@check("MISC-018", needs=("one_image", "one_image_again"), own_steps=1)
def same_weights_come_back(context: CheckContext) -> None:
    """The shared picture, made again after the model was unloaded and loaded."""
    before = context.one_image
    for route in ("unload-checkpoint", "reload-checkpoint"):
        expect.ok(context.post(route))
    after = context.generate(generation.one_image(context.settings.size))
    pictures.same(
        context, before, after, "the same request after unloading and reloading the model"
    )


def _models(exchange: Exchange) -> list[Any]:
    """Titles; hashes may be worked out in between, and are cut off."""
    models = expect.json_array(expect.ok(exchange))
    return sorted(str(model.get("model_name")) for model in models if isinstance(model, dict))


def _names(exchange: Exchange) -> list[str]:
    body = expect.json_object(expect.ok(exchange))
    groups = [body.get("loaded"), body.get("skipped")]
    return sorted(name for group in groups if isinstance(group, dict) for name in group)


# The one file that a full run leaves behind; each run writes the same.
_NAME = "sdapi-conformance"
_LEFT = f"the embedding {_NAME}, which no route removes"
_EMBEDDING = {"name": _NAME, "num_vectors_per_token": 1, "init_text": "*"}


@check("MISC-006")
def arguments_are_needed(context: CheckContext) -> None:
    """create/embedding without any."""
    before = _embeddings(context)
    refused(context.post("create/embedding", json={}), 500, "TypeError")
    expect.equal(_embeddings(context), before, "the embeddings after the refusal")


@check("MISC-007")
def training_reports_its_error_in_words(context: CheckContext) -> None:
    """Both train routes without any argument."""
    for route in ("train/embedding", "train/hypernetwork"):
        exchange = context.post(route, json={})
        _says(exchange, "error:")


@check("MISC-019", leaves=_LEFT)
def embedding_is_created(context: CheckContext) -> None:
    """A small embedding, written over that of an earlier run."""
    exchange = context.post("create/embedding", json=_EMBEDDING | {"overwrite_old": True})
    _says(exchange, "create embedding filename:")
    _says(exchange, _NAME)
    names = _embeddings(context)
    listed = ", ".join(names) or "nothing"
    expect.that(_NAME in names, f"{_NAME} in the list of embeddings", f"it has {listed}")


@check("MISC-020", leaves=_LEFT)
def embedding_is_not_overwritten(context: CheckContext) -> None:
    """The same embedding twice, the second time without leave to overwrite it."""
    context.post("create/embedding", json=_EMBEDDING | {"overwrite_old": True})
    exchange = context.post("create/embedding", json=_EMBEDDING | {"overwrite_old": False})
    _says(exchange, "already exists")


@check("MISC-021")
def hypernetwork_needs_a_name(context: CheckContext) -> None:
    """A hypernetwork without a name, which is not created."""
    body = {"name": "", "enable_sizes": [], "overwrite_old": False}
    _says(context.post("create/hypernetwork", json=body), "Name cannot be empty!")


@check("MISC-022")
def unknown_arguments_are_refused(context: CheckContext) -> None:
    """An argument that create/embedding does not have."""
    before = _embeddings(context)
    refused(context.post("create/embedding", json={"name": _NAME, "zz": 2}), 500, "TypeError")
    expect.equal(_embeddings(context), before, "the embeddings after the refusal")


def _says(exchange: Exchange, message: str) -> None:
    """The answer is a success whose ``info`` holds these words."""
    __tracebackhide__ = True
    info: Any = expect.json_object(expect.ok(exchange)).get("info")
    if not isinstance(info, str) or message not in info:
        raise Failed(f"info with {message!r}", f"info is {expect.shown(info)}", exchange)


def _embeddings(context: CheckContext) -> list[str]:
    body = expect.json_object(expect.ok(context.get("embeddings")))
    groups = [body.get("loaded"), body.get("skipped")]
    return sorted(name for group in groups if isinstance(group, dict) for name in group)


_ERROR = 400


@check("MISC-008", needs=("one_image",))
def kobold_echoes_nothing(context: CheckContext) -> None:
    """Parameters and info of the shared picture."""
    answer, exchange = context.one_image.answer, context.one_image.exchange
    expect.equal(answer.get("parameters"), {}, "parameters", exchange)
    info = answer.get("info")
    if info == "":
        return
    try:
        value = json.loads(info) if isinstance(info, str) else None
    except ValueError:
        value = None
    if not isinstance(value, dict):
        actual = f"info is {expect.shown(info)}"
        raise Failed("info empty, or text of a JSON object", actual, exchange)


@check("MISC-009", needs=("one_image",))
def sdcpp_reports_the_seed(context: CheckContext) -> None:
    """Info of the shared picture."""
    info, exchange = context.one_image.info, context.one_image.exchange
    expect.keys(info, ("infotexts", "all_seeds", "version"), "info", exchange)
    expect.equal(info["all_seeds"], [generation.SEED], "info.all_seeds", exchange)
    expect.equal(info["version"], "stable-diffusion.cpp", "info.version", exchange)


@check("MISC-010")
def forge_reports_crashes_by_message(context: CheckContext) -> None:
    """No steps at all, on which the sampling fails at once."""
    exchange = context.post(
        "txt2img", json=generation.one_image(context.settings.size) | {"steps": 0}
    )
    expect.status(exchange, 500)
    body = expect.json_object(exchange)
    expect.equal(sorted(body), ["body", "detail", "error", "message"], "the keys", exchange)
    expect.equal(body["error"], "ZeroDivisionError", "error", exchange)
    expect.that(bool(body["message"]), "words in message", "there are none", exchange)


@check("MISC-011")
def sdnext_repeats_the_status(context: CheckContext) -> None:
    """A sampler that no server has."""
    exchange = context.post(
        "txt2img",
        json=generation.one_image(context.settings.size) | {"sampler_name": _NOBODY},
    )
    if (exchange.status or 0) < _ERROR:
        raise Failed("an error", expect.answered(exchange), exchange)
    expect.equal(expect.json_object(exchange).get("code"), exchange.status, "code", exchange)
