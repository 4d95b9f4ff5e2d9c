"""Faults that show now and then: in one picture of several, in one entry of a list."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any

from broken.generation import asked, on_txt2img
from broken.layer import (
    png,
    redrawn,
    rewrite_answer,
    rewrite_generation,
    rewrite_images,
    rewrite_info,
)
from broken.registry import broken
from broken.settings import shows, stores
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles import Ask, Reply, Server

_PREFIX = "data:image/png;base64,"
_FOUR = 4


def _on_images(sound: Server, edit: Any) -> Server:
    return rewrite_generation(sound, lambda answer: answer | {"images": edit(answer["images"])})


@broken(
    "subtle/prefix-of-the-second",
    "the second picture of a batch is a data URI",
    convicted_by=["IMG-004"],
)
def prefix_of_the_second(sound: Server) -> Server:
    return _on_images(sound, lambda images: images[:1] + [_PREFIX + text for text in images[1:]])


@broken(
    "subtle/batches-interleaved",
    "the pictures of two batches of two are interleaved",
    convicted_by=["TXT2IMG-020"],
)
def batches_interleaved(sound: Server) -> Server:
    def edit(images: list[str]) -> list[str]:
        return [images[place] for place in (0, 2, 1, 3)] if len(images) == _FOUR else images

    return _on_images(sound, edit)


@broken(
    "subtle/extras-batch-turned",
    "pictures of extra-batch-images come upside down",
    convicted_by=["EXTRAS-020"],
)
def extras_batch_turned(sound: Server) -> Server:
    def turned(text: str) -> str:
        edit = redrawn(lambda image: image.rotate(180))
        return base64.b64encode(edit(base64.b64decode(text))).decode()

    return rewrite_answer(
        sound,
        "/extra-batch-images",
        lambda answer: answer | {"images": [turned(text) for text in answer["images"]]},
    )


@broken(
    "subtle/fractions-cut-off",
    "options lose their fractions",
    convicted_by=["OPT-023"],
)
def fractions_cut_off(sound: Server) -> Server:
    def edit(values: dict[str, Any]) -> dict[str, Any]:
        return {n: int(v) if isinstance(v, float) else v for n, v in values.items()}

    return stores(edit)(sound)


@broken(
    "subtle/each-write-resets",
    "each write puts the options of an earlier one back to their defaults",
    convicted_by=["OPT-024"],
)
def each_write_resets(sound: Server) -> Server:
    return stores(lambda values: {"jpeg_quality": 80, **values} if values else values)(sound)


def _shown_alone(*names: str) -> Callable[[Server], Server]:
    """A server that stores some options and works on as if they were what they had been."""

    def breaking(sound: Server) -> Server:
        kept: dict[str, Any] = {}

        def take(values: dict[str, Any]) -> dict[str, Any]:
            kept.update({name: values[name] for name in names if name in values})
            return {name: value for name, value in values.items() if name not in names}

        return shows(lambda found: found | kept)(stores(take)(sound))

    return breaking


broken(
    "subtle/hash-option-shown-alone",
    "add_model_hash_to_info is stored and changes nothing",
    convicted_by=["OPT-034"],
)(_shown_alone("add_model_hash_to_info"))

broken(
    "subtle/text-option-shown-alone",
    "enable_pnginfo is stored and changes nothing",
    convicted_by=["OPT-035"],
)(_shown_alone("enable_pnginfo"))

broken(
    "subtle/quality-shown-alone",
    "jpeg_quality is stored and changes nothing",
    convicted_by=["OPT-036"],
)(_shown_alone("jpeg_quality"))

broken(
    "subtle/seed-delta-shown-alone",
    "eta_noise_seed_delta is stored and changes nothing",
    convicted_by=["OPT-037"],
)(_shown_alone("eta_noise_seed_delta"))


@broken(
    "subtle/img2img-always-png",
    "img2img answers PNG whatever samples_format is",
    convicted_by=["IMG-008"],
)
def img2img_always_png(sound: Server) -> Server:
    return rewrite_images(sound, lambda data: png(Image.open(BytesIO(data))), "/img2img")


@broken(
    "subtle/prompt-of-a-hundred-letters",
    "info reports the first hundred letters of a prompt",
    convicted_by=["INFO-017"],
)
def prompt_of_a_hundred_letters(sound: Server) -> Server:
    return rewrite_info(sound, lambda info: info | {"prompt": info["prompt"][:100]})


@broken(
    "subtle/guidance-without-fraction",
    "info reports the whole number of the CFG scale",
    convicted_by=["TXT2IMG-074"],
)
def guidance_without_fraction(sound: Server) -> Server:
    return rewrite_info(sound, lambda info: info | {"cfg_scale": int(info["cfg_scale"])})


@broken(
    "subtle/size-of-img2img-swapped",
    "info of img2img has width and height swapped",
    convicted_by=["IMG2IMG-048"],
)
def size_of_img2img_swapped(sound: Server) -> Server:
    def edit(info: dict[str, Any]) -> dict[str, Any]:
        return info | {"width": info["height"], "height": info["width"]}

    return rewrite_info(sound, edit, "/img2img")


@broken(
    "subtle/infotexts-of-img2img-reversed",
    "the infotexts of several pictures of img2img are in the wrong order",
    convicted_by=["IMG2IMG-035"],
)
def infotexts_of_img2img_reversed(sound: Server) -> Server:
    return rewrite_info(
        sound, lambda info: info | {"infotexts": info["infotexts"][::-1]}, "/img2img"
    )


# Lists that offer what is not there


def _also(path: str, **values: Any) -> Callable[[Server], Server]:
    """A list with one more entry, like the last but for some values."""
    return lambda sound: rewrite_answer(
        sound, path, lambda items: [*items, items[-1] | values], method="GET"
    )


broken(
    "subtle/scripts-not-described",
    "script-info is empty",
    convicted_by=["LIST-029"],
)(lambda sound: rewrite_answer(sound, "/script-info", lambda _: [], method="GET"))

broken(
    "subtle/an-upscaler-twice",
    "an upscaler is in the list twice",
    convicted_by=["LIST-030"],
)(_also("/upscalers"))

broken(
    "subtle/no-model-listed",
    "sd-models is empty while the options name a model",
    convicted_by=["OPT-002"],
)(lambda sound: rewrite_answer(sound, "/sd-models", lambda _: [], method="GET"))

broken(
    "subtle/a-model-that-is-not-there",
    "the last model of the list cannot be loaded",
    convicted_by=["OPT-028"],
)(_also("/sd-models", title="ghost.ckpt [0123456789]", model_name="ghost", hash="0123456789"))

broken(
    "subtle/a-sampler-that-is-not-there",
    "the last sampler of the list is another one when it is asked for",
    convicted_by=["TXT2IMG-101"],
)(_also("/samplers", name="Ghost", aliases=[]))

broken(
    "subtle/a-scheduler-that-is-not-there",
    "the last scheduler of the list is left out when it is asked for",
    convicted_by=["TXT2IMG-102"],
)(_also("/schedulers", name="ghost", label="Ghost"))

broken(
    "subtle/a-latent-mode-that-is-not-there",
    "the last latent upscale mode is refused",
    convicted_by=["TXT2IMG-103"],
)(_also("/latent-upscale-modes", name="Latent (ghost)"))

broken(
    "subtle/an-upscaler-that-is-not-there",
    "an upscaler of the list is refused",
    convicted_by=["EXTRAS-032"],
)(_also("/upscalers", name="Ghost 4x"))

broken(
    "subtle/a-style-that-is-not-there",
    "the last style of the list adds nothing",
    convicted_by=["TXT2IMG-046"],
)(_also("/prompt-styles", name="ghost", prompt="ghostly"))


# A job while it runs


def _at_work(edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Server], Server]:
    def change(answer: dict[str, Any]) -> dict[str, Any]:
        return edit(answer) if answer["state"]["job_count"] else answer

    return lambda sound: rewrite_answer(sound, "/sdapi/v1/progress", change, method="GET")


broken(
    "subtle/time-left-negative",
    "eta_relative runs below zero",
    convicted_by=["PROGRESS-021"],
)(_at_work(lambda answer: answer | {"eta_relative": -1.0}))

broken(
    "subtle/never-a-preview",
    "current_image is null although previews are on",
    convicted_by=["PROGRESS-022"],
)(_at_work(lambda answer: answer | {"current_image": None}))

broken(
    "subtle/step-does-not-move",
    "sampling_step is 0 all the time",
    convicted_by=["PROGRESS-023"],
)(_at_work(lambda answer: answer | {"state": answer["state"] | {"sampling_step": 0}}))

broken(
    "subtle/said-to-be-interrupted",
    "every job counts as interrupted",
    convicted_by=["PROGRESS-024"],
)(_at_work(lambda answer: answer | {"state": answer["state"] | {"interrupted": True}}))


@broken(
    "subtle/next-job-shortened",
    "an interrupt of the idle server leaves the next job one step",
    convicted_by=["INTERRUPT-001"],
)
def next_job_shortened(sound: Server) -> Server:
    heard: list[Ask] = []

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith("/interrupt"):
            heard.append(ask)
        elif on_txt2img(ask) and heard:
            heard.clear()
            return sound(asked(ask, ask.json | {"steps": 1}))
        return sound(ask)

    return answer


@broken(
    "subtle/mirrored-beside-others",
    "pictures that are made while others wait come mirrored",
    convicted_by=["QUEUE-004"],
)
def mirrored_beside_others(sound: Server) -> Server:
    waiting: list[Ask] = []
    mirrored = rewrite_images(sound, redrawn(ImageOps.mirror))

    def answer(ask: Ask) -> Reply:
        if not on_txt2img(ask):
            return sound(ask)
        server = mirrored if waiting else sound
        waiting.append(ask)
        try:
            return server(ask)
        finally:
            waiting.remove(ask)

    return answer
