"""Requests of txt2img that are taken otherwise than they should: refused, accepted, misread."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any

from broken.generation import asked, deaf_to, on_txt2img, refuses, set_options
from broken.layer import rewrite_answer, rewrite_reply
from broken.registry import broken
from doubles import Ask, reply
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles import Reply, Server

Payload = dict[str, Any]
_NOT_FOUND = {"error": "HTTPException", "detail": "Sampler not found", "body": "", "errors": ""}
_KNOWN = ("Euler", "Euler a", "DDIM", "Heun", "DPM2", "DPM++ 2M", "LMS", None)


def _taking(change: Callable[[Payload], Payload]) -> Callable[[Server], Server]:
    return lambda sound: deaf_to(sound, change)


def _at_least_one(*names: str) -> Callable[[Payload], Payload]:
    return lambda payload: payload | {n: max(payload[n], 1) for n in names if n in payload}


def _no_null(*names: str) -> Callable[[Payload], Payload]:
    return lambda payload: {k: v for k, v in payload.items() if k not in names or v is not None}


def _instead(name: str, wrong: str, value: Any) -> Callable[[Payload], Payload]:
    return lambda payload: payload | ({name: value} if payload.get(name) == wrong else {})


def _without(*names: str) -> Callable[[Payload], Payload]:
    return lambda payload: {k: v for k, v in payload.items() if k not in names}


def _hires_strength(payload: Payload) -> Payload:
    return ({"denoising_strength": 0.7} if payload.get("enable_hr") else {}) | payload


def _any_case(payload: Payload) -> Payload:
    names = {str(name).lower(): name for name in _KNOWN}
    name = payload.get("sampler_name")
    return payload | ({"sampler_name": names.get(str(name).lower(), name)} if name else {})


def _rounded_up(payload: Payload) -> Payload:
    return payload | {n: -(-payload[n] // 64) * 64 for n in ("width", "height") if n in payload}


def _unknown_sampler(payload: Payload) -> bool:
    return payload.get("sampler_name") not in _KNOWN


def _override(payload: Payload, name: str) -> Any:
    return (payload.get("override_settings") or {}).get(name)


def _no_unknown_option(payload: Payload) -> Payload:
    found = payload.get("override_settings") or {}
    kept = {name: value for name, value in found.items() if not name.startswith("zz_")}
    return payload | {"override_settings": kept}


def _by_title_alone(payload: Payload) -> Payload:
    """Hashes of models are not understood: the second model is taken for them."""
    name = _override(payload, "sd_model_checkpoint")
    if name is None or "." in name:
        return payload
    return payload | {"override_settings": {"sd_model_checkpoint": "tiny-b.safetensors"}}


def _numbers_as_text(payload: Payload) -> bool:
    return isinstance(payload.get("steps"), str)


def _has_null(payload: Payload) -> bool:
    return any(value is None for value in payload.values())


_MISREAD: list[tuple[str, str, str, Callable[[Server], Server]]] = [
    ("steps-zero", "no steps are taken for one", "TXT2IMG-039", _taking(_at_least_one("steps"))),
    (
        "no-pictures",
        "no pictures are taken for one",
        "TXT2IMG-040",
        _taking(_at_least_one("n_iter", "batch_size")),
    ),
    (
        "null-prompts",
        "null is taken for no prompt",
        "TXT2IMG-042",
        _taking(_no_null("prompt", "negative_prompt")),
    ),
    (
        "null-fields",
        "null is taken for a default",
        "TXT2IMG-071",
        _taking(_no_null("send_images", "sampler_index")),
    ),
    ("hires-alone", "hires fix needs no strength", "TXT2IMG-049", _taking(_hires_strength)),
    ("upscaler", "unknown upscalers are ignored", "TXT2IMG-052", _taking(_without("hr_upscaler"))),
    (
        "refiner",
        "unknown refiners are ignored",
        "TXT2IMG-053",
        _taking(_without("refiner_checkpoint")),
    ),
    (
        "hires-checkpoint",
        "unknown checkpoints of hires fix are ignored",
        "TXT2IMG-053",
        _taking(_without("hr_checkpoint_name")),
    ),
    ("script", "unknown scripts are ignored", "TXT2IMG-054", _taking(_without("script_name"))),
    (
        "always-on",
        "unknown always-on scripts are ignored",
        "TXT2IMG-055",
        _taking(_without("alwayson_scripts")),
    ),
    (
        "selectable",
        "selectable scripts pass for always-on ones",
        "TXT2IMG-056",
        _taking(_without("alwayson_scripts")),
    ),
    ("option", "unknown options are ignored", "TXT2IMG-059", _taking(_no_unknown_option)),
    (
        "hires-infotext",
        "an infotext with hires values passes",
        "TXT2IMG-067",
        _taking(_without("infotext")),
    ),
    ("sampler-case", "samplers are known in any case", "TXT2IMG-037", _taking(_any_case)),
    (
        "old-name",
        "the schedule in an old name is lost",
        "TXT2IMG-030",
        _taking(_instead("sampler_name", "DPM++ 2M Karras", "Euler")),
    ),
    (
        "scheduler",
        "an unknown scheduler is Karras",
        "TXT2IMG-034",
        _taking(_instead("scheduler", "zz-conformance", "Karras")),
    ),
    (
        "scheduler-label",
        "labels of schedulers are not known",
        "TXT2IMG-033",
        _taking(_instead("scheduler", "Karras", "zz")),
    ),
    (
        "fallback",
        "an unknown sampler is Euler",
        "TXT2IMG-029",
        _taking(_instead("sampler_name", "zz-conformance", "Euler")),
    ),
    ("sizes-up", "sizes are rounded up", "TXT2IMG-038", _taking(_rounded_up)),
    (
        "model-names",
        "models are known by their titles alone",
        "TXT2IMG-063",
        _taking(_by_title_alone),
    ),
    (
        "sampler",
        "an unknown sampler is refused",
        "TXT2IMG-027",
        refuses(_unknown_sampler, 404, _NOT_FOUND),
    ),
    (
        "empty-prompt",
        "an empty prompt is refused",
        "TXT2IMG-043",
        refuses(lambda p: not p.get("prompt", "x")),
    ),
    (
        "styles",
        "an unknown style is refused",
        "TXT2IMG-045",
        refuses(lambda p: p.get("styles") == ["zz-conformance-nope"]),
    ),
    (
        "without-args",
        "always-on scripts need their args",
        "TXT2IMG-057",
        refuses(lambda p: {} in p.get("alwayson_scripts", {}).values(), 422),
    ),
    (
        "checkpoint",
        "an unknown checkpoint is refused",
        "TXT2IMG-058",
        refuses(lambda p: _override(p, "sd_model_checkpoint") == "zz-conformance-nope"),
    ),
    (
        "unknown-field",
        "unknown fields are refused",
        "TXT2IMG-026",
        refuses(lambda p: "zz_conformance_nope" in p, 422),
    ),
    ("digits", "numbers as text are refused", "TXT2IMG-070", refuses(_numbers_as_text, 422)),
    ("nulls", "null is refused everywhere", "TXT2IMG-097", refuses(_has_null, 422)),
    (
        "lora",
        "a missing LoRA is an error",
        "TXT2IMG-069",
        refuses(lambda p: "<lora" in str(p.get("prompt"))),
    ),
    (
        "odd-sizes",
        "odd sizes are refused",
        "TXT2IMG-038",
        refuses(lambda p: p.get("width", 64) % 8 != 0, 422),
    ),
]

for _name, _words, _id, _breaking in _MISREAD:
    broken(f"txt2img/{_name}", _words, convicted_by=[_id])(_breaking)


def _errors(**values: str) -> Callable[[Server], Server]:
    """Errors have other values for some keys."""

    def breaking(sound: Server) -> Server:
        return rewrite_answer(sound, "/txt2img", lambda body: body | values, status=500)

    return breaking


broken("txt2img/error-class", "all errors are Exceptions", convicted_by=["TXT2IMG-041"])(
    _errors(error="Exception")
)
broken("txt2img/error-words", "no error has words", convicted_by=["TXT2IMG-052"])(
    _errors(errors="")
)


@broken("txt2img/not-saving", "do_not_save_samples keeps images back", convicted_by=["TXT2IMG-072"])
def not_saving(sound: Server) -> Server:
    def change(ask: Ask, given: Reply) -> Reply:
        quiet = on_txt2img(ask) and ask.json.get("do_not_save_samples")
        return given.with_json(given.json | {"images": []}) if quiet else given

    return rewrite_reply(sound, change, "/txt2img")


@broken("txt2img/grid", "a grid comes first", convicted_by=["TXT2IMG-021"])
def grid(sound: Server) -> Server:
    def answer(ask: Ask) -> Reply:
        several = on_txt2img(ask) and ask.json.get("batch_size", 1) > 1
        return sound(asked(ask, ask.json | {"save_images": True}) if several else ask)

    return answer


def _overridden(ask: Ask) -> Payload:
    return (ask.json.get("override_settings") or {}) if on_txt2img(ask) else {}


@broken("overrides/left-behind", "overridden settings stay", convicted_by=["TXT2IMG-060"])
def left_behind(sound: Server) -> Server:
    def answer(ask: Ask) -> Reply:
        given = sound(ask)
        if given.status == 200 and _overridden(ask):
            set_options(sound, _overridden(ask))
        return given

    return answer


@broken("overrides/reset", "other settings are reset with them", convicted_by=["TXT2IMG-060"])
def reset(sound: Server) -> Server:
    def answer(ask: Ask) -> Reply:
        given = sound(ask)
        if given.status == 200 and _overridden(ask):
            set_options(sound, {"jpeg_quality": 12})
        return given

    return answer


@broken("overrides/format", "samples_format is overridden too", convicted_by=["TXT2IMG-062"])
def format_too(sound: Server) -> Server:
    def answer(ask: Ask) -> Reply:
        wanted = _overridden(ask).get("samples_format")
        if wanted is None:
            return sound(ask)
        set_options(sound, {"samples_format": wanted})
        given = sound(ask)
        set_options(sound, {"samples_format": "png"})
        return given

    return answer


@broken("overrides/refused", "override_settings are refused", convicted_by=["TXT2IMG-061"])
def refused(sound: Server) -> Server:
    return lambda ask: reply({"detail": "no"}, 403) if _overridden(ask) else sound(ask)


@broken("overrides/checkpoint-stays", "the checkpoint stays", convicted_by=["TXT2IMG-093"])
def checkpoint_stays(sound: Server) -> Server:
    return deaf_to(
        sound,
        lambda payload: payload | {"override_settings_restore_afterwards": False},
    )


@broken("pictures/saved-format", "samples_format is stored and not used", convicted_by=["IMG-008"])
def saved_format(sound: Server) -> Server:
    def answer(ask: Ask) -> Reply:
        if not on_txt2img(ask):
            return sound(ask)
        now = sound(Ask("GET", "/sdapi/v1/options", ask.headers)).json["samples_format"]
        set_options(sound, {"samples_format": "png"})
        given = sound(ask)
        set_options(sound, {"samples_format": now})
        return given

    return answer


@broken("pictures/no-exif", "JPEG files carry no text", convicted_by=["IMG-008"])
def no_exif(sound: Server) -> Server:
    def plain(text: str) -> str:
        image = Image.open(BytesIO(base64.b64decode(text)))
        if image.format != "JPEG":
            return text
        out = BytesIO()
        image.save(out, "JPEG")
        return base64.b64encode(out.getvalue()).decode()

    def change(answer: Any) -> Any:
        return answer | {"images": [plain(text) for text in answer["images"]]}

    return rewrite_answer(sound, "/txt2img", change, method="POST")


@broken("pictures/png-info", "png-info does not read them", convicted_by=["IMG-003"])
def png_info(sound: Server) -> Server:
    return rewrite_answer(sound, "/png-info", lambda body: body | {"info": ""}, method="POST")


def old_samplers(sound: Server) -> Server:
    """A server that knows samplers with their schedule, as until 1.8."""

    def edit(items: list[Any]) -> list[Any]:
        return [*items, {"name": "DPM++ 2M Karras", "aliases": [], "options": {}}]

    return rewrite_answer(sound, "/samplers", edit)


def saves_jpeg(sound: Server) -> Server:
    """A server on which samples_format was set to JPEG."""
    set_options(sound, {"samples_format": "jpg"})
    return sound


@broken("txt2img/sampler-words", "an unknown one has other words", convicted_by=["TXT2IMG-028"])
def sampler_words(sound: Server) -> Server:
    return refuses(_unknown_sampler, 404, _NOT_FOUND | {"detail": "no such sampler"})(sound)


@broken("txt2img/old-name-status", "an old name is refused with 400", convicted_by=["TXT2IMG-031"])
def old_name_status(sound: Server) -> Server:
    return refuses(_unknown_sampler, 400, _NOT_FOUND)(sound)


@broken("txt2img/old-name-split", "info splits an old name", convicted_by=["TXT2IMG-032"])
def old_name_split(sound: Server) -> Server:
    return old_samplers(sound)


@broken("txt2img/empty-prompt-words", "an empty one has other words", convicted_by=["TXT2IMG-044"])
def empty_prompt_words(sound: Server) -> Server:
    return refuses(lambda p: not p.get("prompt", "x"), 400, {"error": "no prompt"})(sound)


@broken("pictures/no-exif-at-all", "JPEG files carry no text", convicted_by=["IMG-002"])
def no_exif_at_all(sound: Server) -> Server:
    return no_exif(saves_jpeg(sound))
