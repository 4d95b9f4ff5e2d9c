"""Infos that are not what they promise: their form, their keys, their values."""

from __future__ import annotations

import html
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from broken.generation import reports
from broken.layer import rewrite_generation, rewrite_info
from broken.registry import broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles import Server

Info = dict[str, Any]


def _as_sent(change: Callable[[str], Any]) -> Callable[[Server], Server]:
    """The info as it is in the answer is changed."""
    return lambda sound: rewrite_generation(
        sound, lambda answer: answer | {"info": change(answer["info"])}
    )


_FORMS: list[tuple[str, str, str, Callable[[str], Any]]] = [
    ("object", "info is an object", "TXT2IMG-002", json.loads),
    ("null", "info is null", "TXT2IMG-002", lambda _: None),
    ("empty", "info is an empty text", "TXT2IMG-002", lambda _: ""),
    ("array", "info is text that holds an array", "TXT2IMG-002", lambda info: f"[{info}]"),
    ("quotes", "info has single quotes", "TXT2IMG-002", lambda info: str(json.loads(info))),
    ("twice", "info is text in text", "TXT2IMG-002", json.dumps),
    ("cut", "info is cut off", "TXT2IMG-002", lambda info: info[:100]),
    ("infotext", "info is the infotext", "TXT2IMG-002", lambda i: json.loads(i)["infotexts"][0]),
]

for _name, _words, _id, _change in _FORMS:
    broken(f"info/{_name}", _words, convicted_by=[_id])(_as_sent(_change))


@broken("info/missing", "the answer has no info", convicted_by=["TXT2IMG-001"])
def missing(sound: Server) -> Server:
    def change(answer: Any) -> Any:
        return {name: value for name, value in answer.items() if name != "info"}

    return rewrite_generation(sound, change)


def _without(*names: str) -> Callable[[Info], Info]:
    return lambda info: {name: value for name, value in info.items() if name not in names}


def _key(name: str, change: Callable[[Any], Any]) -> Callable[[Info], Info]:
    return lambda info: info | {name: change(info[name])}


def _each(name: str, change: Callable[[Any], Any]) -> Callable[[Info], Info]:
    return _key(name, lambda values: [change(value) for value in values])


def _all_of_the_first(name: str) -> Callable[[Info], Info]:
    return _key(name, lambda values: values[:1] * len(values))


def _swapped(info: Info) -> Info:
    return info | {"width": info["height"], "height": info["width"]}


def _backwards(info: Info) -> Info:
    return dict(sorted(info.items()))


def _prompts(change: Callable[[str], str]) -> Callable[[Info], Info]:
    return lambda info: _each("all_prompts", change)(_key("prompt", change)(info))


_VALUES: list[tuple[str, str, str, Callable[[Info], Info]]] = [
    ("seed-other", "seed is another", "TXT2IMG-007", _key("seed", lambda seed: seed + 1)),
    (
        "seed-as-sent",
        "all_seeds are other seeds",
        "TXT2IMG-007",
        _each("all_seeds", lambda s: s + 5),
    ),
    ("seed-text", "seed is text", "TXT2IMG-075", _key("seed", str)),
    ("seed-null", "seed is null", "TXT2IMG-075", _key("seed", lambda _: None)),
    ("seed-random", "a random seed is reported as -1", "TXT2IMG-014", _key("seed", lambda _: -1)),
    ("seed-constant", "a random seed is reported as 42", "TXT2IMG-015", _key("seed", lambda _: 42)),
    ("seeds-equal", "seeds do not count up", "TXT2IMG-018", _all_of_the_first("all_seeds")),
    ("seeds-backwards", "seeds count down", "TXT2IMG-019", _key("all_seeds", lambda s: s[::-1])),
    ("seeds-text", "all_seeds are texts", "TXT2IMG-075", _each("all_seeds", str)),
    (
        "seeds-first",
        "all_seeds holds the first alone",
        "TXT2IMG-098",
        _key("all_seeds", lambda s: s[:1]),
    ),
    (
        "subseeds-equal",
        "subseeds do not count up",
        "TXT2IMG-023",
        _all_of_the_first("all_subseeds"),
    ),
    ("subseeds-none", "all_subseeds is empty", "TXT2IMG-098", _key("all_subseeds", lambda _: [])),
    ("prompt-upper", "the prompt is in capitals", "TXT2IMG-074", _prompts(str.upper)),
    ("prompt-comma", "the prompt ends in a comma", "TXT2IMG-074", _prompts("{},".format)),
    ("prompt-escaped", "the prompt is escaped for HTML", "INFO-013", _prompts(html.escape)),
    (
        "prompts-one",
        "all_prompts has one entry",
        "TXT2IMG-098",
        _key("all_prompts", lambda p: p[:1]),
    ),
    ("prompts-text", "all_prompts is a text", "TXT2IMG-075", _key("all_prompts", lambda p: p[0])),
    (
        "negative-lost",
        "the negative prompt is empty",
        "TXT2IMG-074",
        _key("negative_prompt", lambda _: ""),
    ),
    ("size-swapped", "width and height are swapped", "TXT2IMG-074", _swapped),
    ("width-512", "the width is always 512", "TXT2IMG-074", _key("width", lambda _: 512)),
    ("steps-20", "steps are always 20", "TXT2IMG-074", _key("steps", lambda _: 20)),
    ("cfg-other", "the CFG scale is another", "TXT2IMG-074", _key("cfg_scale", lambda c: c + 0.5)),
    ("cfg-text", "the CFG scale is text", "TXT2IMG-075", _key("cfg_scale", str)),
    ("batch-one", "batch_size is always 1", "TXT2IMG-074", _key("batch_size", lambda _: 1)),
    (
        "sampler-other",
        "the sampler is another",
        "TXT2IMG-036",
        _key("sampler_name", lambda _: "DDIM"),
    ),
    (
        "sampler-alias",
        "the sampler is reported by its alias",
        "TXT2IMG-080",
        _key("sampler_name", str.lower),
    ),
    (
        "index-one",
        "index_of_first_image is 1",
        "TXT2IMG-021",
        _key("index_of_first_image", lambda _: 1),
    ),
    ("infotexts-one", "infotexts has one entry", "TXT2IMG-008", _key("infotexts", lambda i: i[:1])),
    ("infotexts-none", "infotexts is empty", "TXT2IMG-008", _key("infotexts", lambda _: [])),
    ("infotexts-text", "infotexts is a text", "TXT2IMG-008", _key("infotexts", lambda i: i[0])),
    ("infotexts-lost", "infotexts is missing", "TXT2IMG-009", _without("infotexts")),
    ("timestamp-lost", "job_timestamp is missing", "TXT2IMG-009", _without("job_timestamp")),
    ("timestamp-number", "job_timestamp is a number", "TXT2IMG-075", _key("job_timestamp", int)),
    ("version-lost", "version is missing", "TXT2IMG-010", _without("version")),
    ("one-more-key", "there is one key more", "TXT2IMG-010", lambda info: info | {"timings": {}}),
    ("order", "keys are in the order of the alphabet", "TXT2IMG-011", _backwards),
    ("styles-null", "styles is null", "TXT2IMG-047", _key("styles", lambda _: None)),
    ("styles-lost", "styles is always empty", "TXT2IMG-047", _key("styles", lambda _: [])),
    (
        "denoising-zero",
        "denoising_strength is 0",
        "TXT2IMG-048",
        _key("denoising_strength", lambda _: 0),
    ),
    (
        "params-text",
        "extra parameters are text",
        "TXT2IMG-075",
        _key("extra_generation_params", str),
    ),
    ("version-other", "version is another", "INFO-008", _key("version", lambda _: "v9")),
    ("model-other", "the model is another", "TXT2IMG-099", _key("sd_model_name", lambda _: "v1-5")),
    (
        "hash-other",
        "the model's hash is another",
        "TXT2IMG-099",
        _key("sd_model_hash", lambda _: "0" * 10),
    ),
    (
        "model-lost",
        "the model is not reported",
        "INFO-007",
        _key("sd_model_name", lambda _: "unknown"),
    ),
    ("unsent-complete", "without images info is empty", "TXT2IMG-025", lambda _: {}),
    (
        "keys-lost",
        "there are prompt and seed alone",
        "TXT2IMG-009",
        lambda i: {k: i[k] for k in ("prompt", "seed")},
    ),
]

for _name, _words, _id, _edit in _VALUES:
    broken(f"info/{_name}", _words, convicted_by=[_id])(partial(rewrite_info, edit=_edit))

broken("info/hires-size", "info reports the size of hires fix", convicted_by=["TXT2IMG-050"])(
    reports(width=128, height=128)
)
