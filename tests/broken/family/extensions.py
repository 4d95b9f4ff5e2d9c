"""Servers whose ControlNet, ADetailer and other extensions break their promises."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from broken.generation import liar, on_txt2img
from broken.layer import (
    Edit,
    answer_with,
    redrawn,
    rewrite_answer,
    rewrite_generation,
    rewrite_images,
    rewrite_info,
    rewrite_infotext,
    rewrite_request,
)
from broken.registry import broken
from broken.rework import picture
from doubles import Ask, Server, reply

from conformance.client.address import Basic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broken.registry import Breaking

_STARTED = {"extensions": ("controlnet", "adetailer")}
_CONTROLNET = "controlnet"
_DETECT = "/controlnet/detect"
_ABSENT = reply({"detail": "Not Found"}, 404)
_CRASH = reply({"error": "RuntimeError", "detail": "", "body": "", "errors": "no"}, 500)


def _register(area: str, table: Sequence[tuple[str, str, str, Breaking]]) -> None:
    for name, words, requirement, breaking in table:
        broken(f"{area}/{name}", words, convicted_by=[requirement], started=_STARTED)(breaking)


# Lists


def _answer(route: str, edit: Edit) -> Breaking:
    return lambda sound: rewrite_answer(sound, route, edit, method="GET")


def _absent(route: str) -> Breaking:
    return lambda sound: answer_with(sound, route, _ABSENT)


def _without_first_entry(answer: Any) -> Any:
    detail = dict(list(answer["module_detail"].items())[1:])
    return answer | {"module_detail": detail}


def _types(**changes: Any) -> Edit:
    def edit(answer: Any) -> Any:
        types = answer["control_types"]
        return {"control_types": {name: kind | changes for name, kind in types.items()}}

    return edit


_register(
    "controlnet",
    [
        (
            "version-as-text",
            "the version is text",
            "CONTROLNET-001",
            _answer("/controlnet/version", lambda a: {"version": str(a["version"])}),
        ),
        (
            "models-bare",
            "the models are the answer itself",
            "CONTROLNET-002",
            _answer("/controlnet/model_list", lambda a: a["model_list"]),
        ),
        (
            "models-twice",
            "every model is in the list twice",
            "CONTROLNET-002",
            _answer("/controlnet/model_list", lambda a: {"model_list": a["model_list"] * 2}),
        ),
        (
            "modules-as-objects",
            "modules are objects",
            "CONTROLNET-003",
            _answer(
                "/controlnet/module_list",
                lambda a: a | {"module_list": [{"name": name} for name in a["module_list"]]},
            ),
        ),
        (
            "no-none",
            "the module that does nothing is not listed",
            "CONTROLNET-003",
            _answer(
                "/controlnet/module_list",
                lambda a: a | {"module_list": [n for n in a["module_list"] if n != "none"]},
            ),
        ),
        (
            "no-detail",
            "modules have no sliders",
            "CONTROLNET-004",
            _answer("/controlnet/module_list", lambda a: {"module_list": a["module_list"]}),
        ),
        (
            "detail-of-some",
            "a module has no sliders",
            "CONTROLNET-004",
            _answer("/controlnet/module_list", _without_first_entry),
        ),
        (
            "types-of-other-models",
            "control types name models that are not listed",
            "CONTROLNET-005",
            _answer("/controlnet/control_types", _types(model_list=["None", "another"])),
        ),
        (
            "default-elsewhere",
            "the default of a control type is not among its models",
            "CONTROLNET-005",
            _answer("/controlnet/control_types", _types(default_model="another")),
        ),
        (
            "units-under-the-old-name",
            "the number of units has its name of before",
            "CONTROLNET-006",
            _answer("/controlnet/settings", lambda _: {"control_net_max_models_num": 3}),
        ),
    ],
)

# Preprocessors


def _detects(edit: Edit) -> Breaking:
    return lambda sound: rewrite_request(sound, _DETECT, edit)


def _detected(edit: Callable[[bytes], bytes | str]) -> Breaking:
    return lambda sound: rewrite_images(sound, edit, (_DETECT,))


_register(
    "controlnet-detect",
    [
        (
            "none-detects",
            "the module that does nothing looks for edges",
            "CONTROLNET-007",
            _detects(lambda b: b | {"controlnet_module": "canny"}),
        ),
        (
            "half-the-size",
            "maps are half the size of the picture",
            "CONTROLNET-007",
            _detected(redrawn(lambda image: image.resize((image.width // 2, image.height // 2)))),
        ),
        (
            "no-map",
            "no map comes",
            "CONTROLNET-008",
            lambda s: rewrite_answer(s, _DETECT, lambda a: a | {"images": []}),
        ),
        (
            "no-picture",
            "maps are no pictures",
            "CONTROLNET-008",
            _detected(lambda _: "zzz"),
        ),
        (
            "fails",
            "one of the modules fails",
            "CONTROLNET-008",
            lambda s: answer_with(
                s,
                _DETECT,
                _CRASH,
                when=lambda ask: ask.json.get("controlnet_module") == "invert",
            ),
        ),
        (
            "any-module",
            "unknown modules do nothing",
            "CONTROLNET-009",
            _detects(
                lambda b: b | ({"controlnet_module": "none"} if "zz" in str(b) else {}),
            ),
        ),
        (
            "of-nothing",
            "no picture has a map",
            "CONTROLNET-010",
            _detects(
                lambda b: (
                    b | {"controlnet_input_images": b["controlnet_input_images"] or [picture()]}
                ),
            ),
        ),
    ],
)

# Units


def _scripts(payload: Any) -> dict[str, Any]:
    return payload.get("alwayson_scripts") or {}


def _units(edit: Callable[[dict[str, Any]], Any]) -> Edit:
    """An edit of a generation that changes its units."""

    def change(payload: Any) -> Any:
        scripts = _scripts(payload)
        if _CONTROLNET not in scripts:
            return payload
        units = [edit(unit) for unit in scripts[_CONTROLNET]["args"]]
        return payload | {"alwayson_scripts": scripts | {_CONTROLNET: {"args": units}}}

    return change


def _takes(edit: Callable[[dict[str, Any]], Any]) -> Breaking:
    return lambda sound: rewrite_request(sound, "/txt2img", _units(edit))


def _without_units(payload: Any) -> Any:
    scripts = {name: value for name, value in _scripts(payload).items() if name != _CONTROLNET}
    return payload | {"alwayson_scripts": scripts}


def _gives(edit: Callable[[list[str], int], list[str]]) -> Breaking:
    """A server whose images are changed: ``edit`` gets them and the number of pictures."""

    def change(answer: Any) -> Any:
        pictures = len(json.loads(answer["info"])["infotexts"])
        return answer | {"images": edit(answer["images"], pictures)}

    return lambda sound: rewrite_generation(sound, change)


def _small(text: str) -> str:
    return _again(text, redrawn(lambda image: image.resize((8, 8))))


def _again(text: str, made: Callable[[bytes], bytes]) -> str:
    return base64.b64encode(made(base64.b64decode(text))).decode()


def _counts_maps(sound: Server) -> Server:
    def change(info: Any) -> Any:
        if "ControlNet" not in str(info["infotexts"]):
            return info
        return info | {"infotexts": [*info["infotexts"], *info["infotexts"]]}

    return rewrite_info(sound, change)


def _without_key(text: str) -> str:
    head, mark, rest = text.partition(", ControlNet 0: ")
    return head + rest.partition('"')[2].partition('"')[2] if mark else text


_register(
    "controlnet-unit",
    [
        (
            "no-map",
            "maps do not come",
            "CONTROLNET-011",
            _gives(lambda images, pictures: images[:pictures]),
        ),
        (
            "map-first",
            "maps come before the pictures",
            "CONTROLNET-011",
            _gives(lambda images, pictures: images[pictures:] + images[:pictures]),
        ),
        (
            "small-map",
            "maps are of another size",
            "CONTROLNET-011",
            _gives(lambda images, n: images[:n] + [_small(text) for text in images[n:]]),
        ),
        (
            "one-map-of-all",
            "two units have one map",
            "CONTROLNET-012",
            _gives(lambda images, pictures: images[: pictures + 1]),
        ),
        ("maps-counted", "maps have infotexts", "CONTROLNET-012", _counts_maps),
        (
            "claimed",
            "units are reported, have maps and never ran",
            "CONTROLNET-013",
            liar(_without_units, lambda payload: _CONTROLNET in _scripts(payload)),
        ),
        (
            "dropped",
            "units are not looked at",
            "CONTROLNET-013",
            lambda s: rewrite_request(s, "/txt2img", _without_units),
        ),
        (
            "hash-wanted",
            "models without their hash are not found",
            "CONTROLNET-014",
            _takes(lambda unit: unit | ({} if "[" in unit["model"] else {"enabled": False})),
        ),
        (
            "always-enabled",
            "disabled units run",
            "CONTROLNET-015",
            _takes(lambda unit: unit | {"enabled": True}),
        ),
        (
            "map-always",
            "maps cannot be left out",
            "CONTROLNET-016",
            _takes(lambda unit: unit | {"save_detected_map": True}),
        ),
        (
            "no-unit-without-map",
            "units without a map do not run",
            "CONTROLNET-016",
            _takes(lambda unit: unit | {"enabled": unit.get("save_detected_map", True)}),
        ),
        (
            "untold",
            "units are not in the infotext",
            "CONTROLNET-017",
            lambda s: rewrite_infotext(s, _without_key),
        ),
        (
            "other-weight",
            "units have another weight in the infotext",
            "CONTROLNET-017",
            lambda s: rewrite_infotext(s, lambda text: text.replace("Weight: 1.0", "Weight: 0.5")),
        ),
        ("models-not-looked-for", "models are claimed", "CONTROLNET-018", lambda s: s),
        (
            "any-mode",
            "unknown control modes are balanced",
            "CONTROLNET-019",
            _takes(lambda unit: unit | {"control_mode": "Balanced"}),
        ),
    ],
)

# ADetailer


def _details(payload: Any) -> list[Any]:
    return _scripts(payload).get("ADetailer", {}).get("args", [])


def _detailed(edit: Callable[[list[Any]], list[Any]]) -> Edit:
    """An edit of a generation that changes the arguments of ADetailer."""

    def change(payload: Any) -> Any:
        args = _details(payload)
        if not args:
            return payload
        return payload | {"alwayson_scripts": {"ADetailer": {"args": edit(args)}}}

    return change


def _bigger(answer: Any) -> Any:
    if "ADetailer model" not in answer["info"]:
        return answer
    twice = redrawn(lambda image: image.resize((image.width * 2, image.height * 2)))
    return answer | {"images": [_again(text, twice) for text in answer["images"]]}


def _with_preview(answer: Any) -> Any:
    more = answer["images"][:1] if "ADetailer model" in answer["info"] else []
    return answer | {"images": [*answer["images"], *more]}


_register(
    "adetailer",
    [
        (
            "models-bare",
            "the detectors are the answer itself",
            "ADETAILER-001",
            _answer("/adetailer/v1/ad_model", lambda a: a["ad_model"]),
        ),
        (
            "models-twice",
            "every detector is listed twice",
            "ADETAILER-001",
            _answer("/adetailer/v1/ad_model", lambda a: {"ad_model": a["ad_model"] * 2}),
        ),
        (
            "version-as-number",
            "the version is a number",
            "ADETAILER-002",
            _answer("/adetailer/v1/version", lambda _: {"version": 25.3}),
        ),
        (
            "schema-of-nothing",
            "the schema knows no key",
            "ADETAILER-003",
            _answer("/adetailer/v1/schema", lambda a: a | {"properties": {}}),
        ),
        (
            "all-painted-anew",
            "the whole picture is another one",
            "ADETAILER-004",
            liar(lambda p: p | {"seed": p["seed"] + 1}, lambda p: bool(_details(p))),
        ),
        (
            "bigger",
            "the picture is twice the size",
            "ADETAILER-004",
            lambda s: rewrite_generation(s, _bigger),
        ),
        (
            "unknown-keys-crash",
            "an unknown key is a 500",
            "ADETAILER-005",
            lambda s: answer_with(
                s, "/txt2img", _CRASH, when=lambda ask: "zz_" in str(_details(ask.json))
            ),
        ),
        (
            "preview",
            "a preview comes behind the picture",
            "ADETAILER-006",
            lambda s: rewrite_generation(s, _with_preview),
        ),
        (
            "untold",
            "detectors are not in the infotext",
            "ADETAILER-007",
            lambda s: rewrite_infotext(s, lambda text: text.replace("ADetailer", "Detailer")),
        ),
        (
            "always-on",
            "ADetailer cannot be turned off",
            "ADETAILER-007",
            lambda s: rewrite_request(s, "/txt2img", _detailed(lambda args: [True, *args[1:]])),
        ),
    ],
)

# Scripts and routes


@broken(
    "scripts/names-as-listed",
    "the names of scripts are found in lower case alone",
    convicted_by=["EXT-001"],
    started=_STARTED,
)
def names_as_listed(sound: Server) -> Server:
    def other(ask: Ask) -> bool:
        return on_txt2img(ask) and any(name != name.lower() for name in _scripts(ask.json))

    refusal = reply({"detail": "always on script not found"}, 422)
    return answer_with(sound, "/txt2img", refusal, when=other)


broken(
    "extensions/open",
    "the routes of extensions answer anybody",
    convicted_by=["EXT-002"],
    started={**_STARTED, "auth": (("user", "pass"),)},
    context_settings={"auth": Basic("user", "pass")},
)(lambda sound: sound)

# Pictures that are looked at

_ALL = {"extensions": ("rembg", "segment-anything", "tagger")}
_REMBG, _SAM, _TAGGER = "/rembg", "/sam/sam-predict", "/tagger/v1/interrogate"


def _cut_out(edit: Callable[[bytes], bytes]) -> Breaking:
    return lambda sound: rewrite_answer(
        sound, _REMBG, lambda answer: {"image": _again(answer["image"], edit)}
    )


def _scored(edit: Callable[[float], Any]) -> Breaking:
    def change(answer: Any) -> Any:
        tags = {name: edit(score) for name, score in answer["caption"]["tag"].items()}
        return {"caption": answer["caption"] | {"tag": tags}}

    return lambda sound: rewrite_answer(sound, _TAGGER, change)


for _name, _words, _requirement, _breaking in (
    (
        "rembg/opaque",
        "cut-outs have no transparency",
        "EXT-003",
        _cut_out(redrawn(lambda image: image.convert("RGB"))),
    ),
    (
        "rembg/small",
        "cut-outs are of another size",
        "EXT-003",
        _cut_out(redrawn(lambda image: image.resize((8, 8)))),
    ),
    (
        "rembg/nothing",
        "cut-outs are null",
        "EXT-003",
        lambda s: rewrite_answer(s, _REMBG, lambda _: None),
    ),
    (
        "segment-anything/one-mask",
        "a point selects one mask",
        "EXT-004",
        lambda s: rewrite_answer(s, _SAM, lambda a: a | {"masks": a["masks"][:1]}),
    ),
    (
        "segment-anything/no-masked",
        "masked pictures do not come",
        "EXT-004",
        lambda s: rewrite_answer(s, _SAM, lambda a: a | {"masked_images": None}),
    ),
    ("tagger/text", "scores are text", "EXT-005", _scored(str)),
    ("tagger/percent", "scores are of a hundred", "EXT-005", _scored(lambda n: n * 100 + 2)),
    (
        "tagger/sentence",
        "a picture has a sentence, not tags",
        "EXT-005",
        lambda s: rewrite_answer(s, _TAGGER, lambda _: {"caption": "a fox"}),
    ),
):
    broken(_name, _words, convicted_by=[_requirement], started=_ALL)(_breaking)
