"""Servers that do not do what they are asked: those that say so, and those that deny it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from broken.generation import asked, deaf_to, drops, fixes, liar, on_txt2img
from broken.layer import rewrite_generation, rewrite_reply
from broken.registry import broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles import Ask, Reply, Server

Payload = dict[str, Any]


def _with(**values: Any) -> Callable[[Payload], Payload]:
    return lambda payload: payload | values


def _without(*names: str) -> Callable[[Payload], Payload]:
    return lambda payload: {k: v for k, v in payload.items() if k not in names}


def _swapped(payload: Payload) -> Payload:
    return payload | {"width": payload.get("height", 512), "height": payload.get("width", 512)}


def _settings(change: Callable[[Payload], Payload]) -> Callable[[Payload], Payload]:
    return lambda payload: (
        payload | {"override_settings": change(payload.get("override_settings") or {})}
    )


def _none_for_zero(payload: Payload) -> Payload:
    return payload | {"seed": payload.get("seed") or -1}


# What they report is what they did.
_DEAF: list[tuple[str, str, str, Callable[[Server], Server]]] = [
    ("seed", "the seed is always 1", "TXT2IMG-007", fixes(seed=1)),
    ("seed-dropped", "the seed is dropped", "TXT2IMG-007", drops("seed")),
    ("prompt", "the prompt is lost", "TXT2IMG-074", drops("prompt")),
    ("negative", "the negative prompt is lost", "TXT2IMG-074", drops("negative_prompt")),
    ("steps", "steps are always 2", "TXT2IMG-074", fixes(steps=2)),
    ("cfg", "the CFG scale is always 5", "TXT2IMG-074", fixes(cfg_scale=5)),
    ("size", "pictures are always 64x64", "TXT2IMG-005", fixes(width=64, height=64)),
    (
        "width",
        "the width is that of the height",
        "TXT2IMG-005",
        lambda s: deaf_to(s, lambda p: p | {"width": p.get("height", 512)}),
    ),
    ("swapped", "width and height change places", "TXT2IMG-005", lambda s: deaf_to(s, _swapped)),
    ("batch", "batch_size is always 1", "TXT2IMG-018", fixes(batch_size=1)),
    ("iterations", "n_iter is always 1", "TXT2IMG-019", fixes(n_iter=1)),
    (
        "iterations-of-batches",
        "batches come once",
        "TXT2IMG-020",
        lambda s: deaf_to(s, lambda p: p | {"n_iter": 1} if p.get("batch_size", 1) > 1 else p),
    ),
    ("sampler", "sampler_name is dropped", "TXT2IMG-080", drops("sampler_name")),
    ("sampler-index", "sampler_index is dropped", "TXT2IMG-035", drops("sampler_index")),
    (
        "sampler-index-first",
        "sampler_index goes before sampler_name",
        "TXT2IMG-100",
        lambda s: deaf_to(
            s, lambda p: p | {"sampler_name": p["sampler_index"]} if "sampler_index" in p else p
        ),
    ),
    (
        "sampler-default",
        "the default sampler is Euler a",
        "TXT2IMG-036",
        lambda s: deaf_to(s, lambda p: {"sampler_index": "Euler a"} | p),
    ),
    ("scheduler", "scheduler is dropped", "TXT2IMG-033", drops("scheduler")),
    ("styles", "styles are dropped", "TXT2IMG-046", drops("styles")),
    ("variation", "subseed_strength is dropped", "TXT2IMG-024", drops("subseed_strength")),
    ("subseed", "subseed is dropped", "TXT2IMG-087", drops("subseed")),
    ("seed-zero", "seed 0 is taken for none", "TXT2IMG-110", lambda s: deaf_to(s, _none_for_zero)),
    (
        "seed-cut",
        "seeds are cut to 32 bits",
        "TXT2IMG-111",
        lambda s: deaf_to(s, lambda p: p | {"seed": p["seed"] % 2**32} if "seed" in p else p),
    ),
    (
        "seed-resize",
        "seeds are not resized",
        "TXT2IMG-112",
        drops("seed_resize_from_w", "seed_resize_from_h"),
    ),
    ("eta", "eta is dropped", "TXT2IMG-113", drops("eta")),
    (
        "vae",
        "the VAE cannot be overridden",
        "TXT2IMG-114",
        lambda s: deaf_to(s, _settings(_without("sd_vae"))),
    ),
    ("hires", "hires fix is left out", "TXT2IMG-050", drops("enable_hr")),
    ("hires-scale", "hires fix always scales by 1.5", "TXT2IMG-050", fixes(hr_scale=1.5)),
    ("hires-size", "hires fix knows no sizes", "TXT2IMG-089", drops("hr_resize_x", "hr_resize_y")),
    ("hires-prompt", "hires fix has no prompt of its own", "INFO-010", drops("hr_prompt")),
    ("script", "scripts do not run", "TXT2IMG-090", drops("script_name", "script_args")),
    ("tiling", "tiling is dropped", "TXT2IMG-068", drops("tiling")),
    ("overrides", "override_settings are dropped", "TXT2IMG-061", drops("override_settings")),
    (
        "checkpoint",
        "the checkpoint cannot be overridden",
        "TXT2IMG-093",
        lambda s: deaf_to(s, _settings(_without("sd_model_checkpoint"))),
    ),
    (
        "restore",
        "overrides never stay",
        "TXT2IMG-094",
        drops("override_settings_restore_afterwards"),
    ),
    ("send-images", "images come although nobody wants them", "TXT2IMG-025", drops("send_images")),
    ("save-images", "save_images is dropped", "TXT2IMG-064", drops("save_images")),
    ("infotext", "the infotext is dropped", "TXT2IMG-066", drops("infotext")),
    ("task-id", "force_task_id is dropped", "TXT2IMG-065", drops("force_task_id")),
    (
        "default-steps",
        "20 steps are the default",
        "TXT2IMG-096",
        lambda s: deaf_to(s, lambda p: {"steps": 20} | p),
    ),
    (
        "default-size",
        "1024 pixels are the default",
        "TXT2IMG-096",
        lambda s: deaf_to(s, lambda p: {"width": 1024, "height": 1024} | p),
    ),
    (
        "default-cfg",
        "6 is the default CFG scale",
        "TXT2IMG-096",
        lambda s: deaf_to(s, lambda p: {"cfg_scale": 6} | p),
    ),
]

for _name, _words, _id, _breaking in _DEAF:
    broken(f"deaf/{_name}", _words, convicted_by=[_id])(_breaking)


def _same_strength(payload: Payload) -> Payload:
    return payload | ({"denoising_strength": 0.5} if payload.get("enable_hr") else {})


def _other_seed(payload: Payload) -> Payload:
    return payload | {"seed": 4711}


def _is_random(payload: Payload) -> bool:
    return bool(payload.get("seed") == -1)


# What they report is what they were asked for; the pictures show something else.
_LIARS: list[tuple[str, str, str, Callable[[Server], Server]]] = [
    ("seed", "all seeds give one picture", "TXT2IMG-017", liar(_with(seed=1))),
    ("prompt", "all prompts give one picture", "TXT2IMG-076", liar(_with(prompt="tree"))),
    ("negative", "negative prompts are left out", "TXT2IMG-077", liar(_with(negative_prompt=""))),
    ("cfg", "the CFG scale is always 7", "TXT2IMG-078", liar(_with(cfg_scale=7))),
    ("steps", "one step is made of any number", "TXT2IMG-079", liar(_with(steps=1))),
    (
        "sampler",
        "Euler makes every picture",
        "TXT2IMG-081",
        liar(_without("sampler_name", "sampler_index")),
    ),
    ("scheduler", "no schedule is used", "TXT2IMG-082", liar(_without("scheduler"))),
    ("styles", "styles are reported and not used", "TXT2IMG-083", liar(_without("styles"))),
    (
        "variation",
        "variations are the plain picture",
        "TXT2IMG-087",
        liar(_with(subseed_strength=0)),
    ),
    ("subseed", "all variations are one picture", "TXT2IMG-087", liar(_with(subseed=1))),
    (
        "random",
        "a random seed is reported, another used",
        "TXT2IMG-086",
        liar(_other_seed, _is_random),
    ),
    ("hires-strength", "hires fix has one strength", "TXT2IMG-088", liar(_same_strength)),
    ("tiling", "tiling is reported and not used", "TXT2IMG-091", liar(_with(tiling=False))),
    (
        "overrides",
        "overrides are reported and not used",
        "TXT2IMG-092",
        liar(_without("override_settings")),
    ),
    (
        "checkpoint",
        "one checkpoint makes all pictures",
        "TXT2IMG-093",
        liar(_settings(_without("sd_model_checkpoint"))),
    ),
]

for _name, _words, _id, _breaking in _LIARS:
    broken(f"liars/{_name}", _words, convicted_by=[_id])(_breaking)


@broken("liars/random-seeds", "every picture is of a random seed", convicted_by=["TXT2IMG-016"])
def random_seeds(sound: Server) -> Server:
    seeds = count(1000)
    return liar(lambda payload: payload | {"seed": next(seeds)})(sound)


@broken("liars/later-seeds", "later pictures are of random seeds", convicted_by=["TXT2IMG-085"])
def later_seeds(sound: Server) -> Server:
    def change(ask: Ask, reply: Reply) -> Reply:
        if not on_txt2img(ask):
            return reply
        other = liar(_other_seed)(sound)(ask).json["images"]
        return reply.with_json(reply.json | {"images": reply.json["images"][:1] + other[1:]})

    return rewrite_reply(sound, change, "/txt2img")


@broken("liars/backwards", "pictures come in reverse", convicted_by=["TXT2IMG-085"])
def backwards(sound: Server) -> Server:
    return rewrite_generation(sound, lambda answer: answer | {"images": answer["images"][::-1]})


@broken("liars/twice", "the first picture comes twice", convicted_by=["TXT2IMG-084"])
def twice(sound: Server) -> Server:
    def change(answer: Any) -> Any:
        return answer | {"images": answer["images"][:1] * len(answer["images"])}

    return rewrite_generation(sound, change)


@broken("liars/one-for-all", "the first picture answers all", convicted_by=["TXT2IMG-076"])
def one_for_all(sound: Server) -> Server:
    first: list[str] = []

    def change(answer: Any) -> Any:
        first.extend(answer["images"][: 1 - len(first)])
        return answer | {"images": first * len(answer["images"])}

    return rewrite_generation(sound, change)


@broken("sticky/fields", "fields of a request stay for the next", convicted_by=["TXT2IMG-095"])
def sticky_fields(sound: Server) -> Server:
    kept: Payload = {}

    def answer(ask: Ask) -> Reply:
        if not on_txt2img(ask):
            return sound(ask)
        payload = kept | ask.json
        kept.update({k: v for k, v in ask.json.items() if k in {"styles", "tiling", "batch_size"}})
        return sound(asked(ask, payload))

    return answer


@broken("sticky/images", "images of all requests pile up", convicted_by=["TXT2IMG-095"])
def sticky_images(sound: Server) -> Server:
    made: list[str] = []

    def change(answer: Any) -> Any:
        made.extend(answer["images"])
        return answer | {"images": made[-3:]}

    return rewrite_generation(sound, change)


@broken("sticky/answer", "a request gets the answer to the last", convicted_by=["TXT2IMG-095"])
def sticky_answer(sound: Server) -> Server:
    before: list[Reply] = []

    def change(_: Ask, reply: Reply) -> Reply:
        before.append(reply)
        return before[max(len(before) - 2, 0)]

    return rewrite_reply(sound, change, "/txt2img")


@broken(
    "liar/subseed-strength",
    "a variation is made at full strength, whatever it reports",
    convicted_by=["TXT2IMG-087"],
)
def full_variation(sound: Server) -> Server:
    def strong(payload: Payload) -> Payload:
        return payload | {"subseed_strength": 1} if payload.get("subseed_strength") else payload

    return liar(strong, lambda payload: payload.get("subseed_strength"))(sound)
