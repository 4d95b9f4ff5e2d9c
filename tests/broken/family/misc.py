"""Interrogate, refresh, unload and reload, create and train that break their promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broken.generation import asked
from broken.layer import Edit, answer_with, rewrite_answer, rewrite_reply, rewrite_request, status
from broken.registry import broken
from broken.rework import picture
from doubles import Ask, Reply, Server, reply, text

if TYPE_CHECKING:
    from broken.registry import Breaking

INTERROGATE = "/interrogate"
EMBEDDING = "/create/embedding"
TRAIN = ("/train/embedding", "/train/hypernetwork")
_CRASH = {"error": "RuntimeError", "detail": "", "body": "", "errors": "no"}


def _asks(edit: Edit) -> Breaking:
    return lambda sound: rewrite_request(sound, INTERROGATE, edit)


# interrogate

_INTERROGATED: list[tuple[str, str, list[str], Breaking]] = [
    (
        "any-model",
        "unknown models are the default one",
        ["MISC-001"],
        _asks(lambda b: b | {"model": "clip"}),
    ),
    (
        "model-as-500",
        "an unknown model is a 500",
        ["MISC-001"],
        lambda s: status(s, INTERROGATE, 500, _CRASH, status=404),
    ),
    (
        "nothing-taken",
        "no picture is described",
        ["MISC-002"],
        _asks(lambda b: {"image": picture()} | b),
    ),
    (
        "garbage-taken",
        "what is no picture is described",
        ["MISC-013"],
        _asks(lambda b: b | ({"image": picture()} if b.get("image") == "zzz" else {})),
    ),
    (
        "null-taken",
        "null for the picture is described",
        ["MISC-014"],
        _asks(lambda b: b | ({} if b.get("image") else {"image": picture()})),
    ),
    (
        "caption-list",
        "captions are lists",
        ["MISC-015"],
        lambda s: rewrite_answer(s, INTERROGATE, lambda a: {"caption": [a["caption"]]}),
    ),
    (
        "caption-null",
        "captions are null",
        ["MISC-015"],
        lambda s: rewrite_answer(s, INTERROGATE, lambda _: {"caption": None}),
    ),
    (
        "caption-bare",
        "captions are the answer itself",
        ["MISC-015"],
        lambda s: rewrite_answer(s, INTERROGATE, lambda a: a["caption"]),
    ),
    (
        "caption-elsewhere",
        "captions have another name",
        ["MISC-015"],
        lambda s: rewrite_answer(s, INTERROGATE, lambda a: {"text": a["caption"]}),
    ),
]
for _name, _words, _by, _breaking in _INTERROGATED:
    broken(f"interrogate/{_name}", _words, convicted_by=_by)(_breaking)

# Lists that are refreshed, weights that come and go


@broken("refresh/loses-models", "a refresh loses a model", convicted_by=["MISC-003"])
def loses_models(sound: Server) -> Server:
    refreshed: list[bool] = []

    def answer(ask: Ask) -> Reply:
        given = sound(ask)
        if ask.route.endswith("/refresh-checkpoints"):
            refreshed.append(True)
        if ask.route.endswith("/sd-models") and refreshed:
            return given.with_json(given.json[:-1])
        return given

    return answer


@broken("refresh/loses-embeddings", "a refresh loses embeddings", convicted_by=["MISC-017"])
def loses_embeddings(sound: Server) -> Server:
    refreshed: list[bool] = []

    def answer(ask: Ask) -> Reply:
        given = sound(ask)
        if ask.route.endswith("/refresh-embeddings"):
            refreshed.append(True)
        if ask.route.endswith("/embeddings") and ask.method == "GET" and refreshed:
            return given.with_json({"loaded": {}, "skipped": {}})
        return given

    return answer


@broken("models/other-weights-back", "another model comes back", convicted_by=["MISC-018"])
def other_weights_back(sound: Server) -> Server:
    reloaded: list[bool] = []

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith("/reload-checkpoint"):
            reloaded.append(True)
        if ask.route.endswith("/txt2img") and reloaded:
            override = {"sd_model_checkpoint": "tiny-b"}
            return sound(asked(ask, ask.json | {"override_settings": override}))
        return sound(ask)

    return answer


@broken("models/never-back", "no picture after an unload", convicted_by=["MISC-012"])
def never_back(sound: Server) -> Server:
    unloaded: list[bool] = []

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith("/unload-checkpoint"):
            unloaded.append(True)
        if ask.route.endswith("/txt2img") and unloaded:
            return reply(_CRASH, 500)
        return sound(ask)

    return answer


_ROUTES: list[tuple[str, str, str, list[str], Reply]] = [
    ("refresh-fails", "a refresh fails", "/refresh-checkpoints", ["MISC-003"], reply(_CRASH, 500)),
    (
        "vae-refresh-absent",
        "VAEs cannot be refreshed",
        "/refresh-vae",
        ["MISC-004"],
        reply({"detail": "Not Found"}, 404),
    ),
    (
        "loras-refresh-fails",
        "LoRAs cannot be refreshed",
        "/refresh-loras",
        ["MISC-004"],
        reply(_CRASH, 500),
    ),
    ("refresh-says", "a refresh answers ok", "/refresh-vae", ["MISC-016"], reply({"ok": True})),
    ("unload-null", "unloading answers null", "/unload-checkpoint", ["MISC-012"], reply(None)),
    ("reload-fails", "reloading fails", "/reload-checkpoint", ["MISC-012"], reply(_CRASH, 500)),
    (
        "train-fails",
        "training without arguments is a 500",
        "/train/embedding",
        ["MISC-007"],
        reply(_CRASH, 500),
    ),
    (
        "train-succeeds",
        "training without arguments succeeds",
        "/train/hypernetwork",
        ["MISC-007"],
        reply({"info": "train embedding complete: filename: x.pt"}),
    ),
]
for _name, _words, _route, _by, _answer in _ROUTES:
    broken(f"misc/{_name}", _words, convicted_by=_by)(
        lambda sound, route=_route, answer=_answer: answer_with(sound, route, answer)
    )

broken(
    "misc/can-be-ended",
    "the server can be ended by anybody",
    convicted_by=["MISC-005"],
    started={"api_server_stop": True},
)(lambda sound: sound)

# create


def _creates(edit: Edit) -> Breaking:
    return lambda sound: rewrite_request(sound, EMBEDDING, edit)


_CREATED: list[tuple[str, str, list[str], Breaking]] = [
    (
        "arguments-guessed",
        "missing arguments are guessed",
        ["MISC-006"],
        _creates(lambda b: {"name": "new", "num_vectors_per_token": 1, "overwrite_old": True} | b),
    ),
    (
        "arguments-ignored",
        "unknown arguments are ignored",
        ["MISC-022"],
        _creates(
            lambda b: (
                {k: v for k, v in b.items() if k != "zz"}
                | ({"num_vectors_per_token": 1, "overwrite_old": True} if "zz" in b else {})
            )
        ),
    ),
    (
        "nothing-made",
        "nothing is created",
        ["MISC-019"],
        lambda s: answer_with(
            s, EMBEDDING, reply({"info": "create embedding filename: sdapi-conformance.pt"})
        ),
    ),
    (
        "overwritten",
        "embeddings are written over without leave",
        ["MISC-020"],
        _creates(lambda b: b | {"overwrite_old": True} if "overwrite_old" in b else b),
    ),
    (
        "file-untold",
        "the file is not reported",
        ["MISC-019"],
        lambda s: rewrite_answer(s, EMBEDDING, lambda _: {"info": ""}),
    ),
    (
        "nameless",
        "a hypernetwork needs no name",
        ["MISC-021"],
        lambda s: answer_with(
            s, "/create/hypernetwork", reply({"info": "create hypernetwork filename: None"})
        ),
    ),
]
for _name, _words, _by, _breaking in _CREATED:
    broken(f"create/{_name}", _words, convicted_by=_by)(_breaking)

# Promises of other programs, on which a webui or a variant of it fails

broken("implementers/echoing", "parameters is no empty object", convicted_by=["MISC-008"])(
    lambda sound: sound
)
broken("implementers/other-version", "the version is another", convicted_by=["MISC-009"])(
    lambda sound: sound
)
broken("implementers/errors", "a crash is reported by errors", convicted_by=["MISC-010"])(
    lambda sound: sound
)
broken("implementers/no-code", "errors carry no code", convicted_by=["MISC-011"])(
    lambda sound: rewrite_reply(
        sound,
        lambda ask, given: (
            reply({"error": "HTTPException", "detail": "Sampler not found"}, 404)
            if "zz-conformance-nope" in str(_body(ask).get("sampler_name"))
            else given
        ),
        "/txt2img",
    )
)
broken("implementers/page", "an unknown sampler is a page", convicted_by=["MISC-011"])(
    lambda sound: answer_with(sound, "/txt2img", text("<html></html>", 404))
)


def _body(ask: Ask) -> dict[str, Any]:
    return ask.json if isinstance(ask.json, dict) else {}
