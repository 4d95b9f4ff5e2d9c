"""img2img whose answers are not what they promise."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING

from broken.layer import (
    png,
    redrawn,
    rewrite_generation,
    rewrite_images,
    rewrite_info,
    rewrite_infotext,
    rewrite_parameters,
    rewrite_reply,
    without,
)
from broken.registry import broken
from broken.rework import ROUTE, picture, takes
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

broken(
    "img2img/images-echoed",
    "parameters repeats the init images",
    convicted_by=["IMG2IMG-007"],
)(
    lambda sound: rewrite_reply(
        sound,
        lambda ask, given: given.with_json(
            given.json
            | {
                "parameters": given.json["parameters"]
                | {"init_images": ask.json["init_images"], "mask": ask.json.get("mask")}
            }
        ),
        ROUTE,
        method="POST",
    )
)
broken(
    "img2img/images-never-echoed",
    "include_init_images is not looked at",
    convicted_by=["IMG2IMG-008"],
)(lambda sound: rewrite_parameters(sound, lambda p: p | {"init_images": None}, ROUTE))
broken(
    "img2img/images-echoed-otherwise",
    "include_init_images repeats other images",
    convicted_by=["IMG2IMG-008"],
)(
    lambda sound: rewrite_parameters(
        sound, lambda p: p | {"init_images": [picture()] if p["init_images"] else None}, ROUTE
    )
)
broken("img2img/other-default", "the default strength is another", convicted_by=["IMG2IMG-009"])(
    takes(lambda body: {"denoising_strength": 0.6} | body)
)
broken("img2img/parameters-empty", "parameters is empty", convicted_by=["IMG2IMG-033"])(
    lambda sound: rewrite_parameters(sound, lambda _: {}, ROUTE)
)
broken("img2img/seed-echoed-wrong", "parameters has another seed", convicted_by=["IMG2IMG-033"])(
    lambda sound: rewrite_parameters(sound, lambda p: p | {"seed": 0}, ROUTE)
)
broken("img2img/prefix", "images are data URIs", convicted_by=["IMG2IMG-029"])(
    lambda sound: rewrite_images(
        sound, lambda data: "data:image/png;base64," + base64.b64encode(data).decode(), ROUTE
    )
)
broken("img2img/cut-off", "pictures end in the middle", convicted_by=["IMG2IMG-001"])(
    lambda sound: rewrite_images(sound, lambda data: data[: len(data) // 2], ROUTE)
)
broken("img2img/damaged", "a checksum in the file is wrong", convicted_by=["IMG2IMG-029"])(
    lambda sound: rewrite_images(sound, lambda data: data[:-20] + b"\0\0\0\0" + data[-16:], ROUTE)
)
broken("img2img/half-size", "pictures come in half the size", convicted_by=["IMG2IMG-001"])(
    lambda sound: rewrite_images(
        sound, redrawn(lambda image: image.resize((image.width // 2, image.height // 2))), ROUTE
    )
)


def _as_jpeg(data: bytes) -> bytes:
    out = BytesIO()
    Image.open(BytesIO(data)).save(out, "JPEG")
    return out.getvalue()


broken("img2img/jpeg", "pictures are JPEG all the same", convicted_by=["IMG2IMG-047"])(
    lambda sound: rewrite_images(sound, _as_jpeg, ROUTE)
)
broken("img2img/no-metadata", "pictures carry no infotext", convicted_by=["IMG2IMG-030"])(
    lambda sound: rewrite_images(sound, lambda data: png(Image.open(BytesIO(data))), ROUTE)
)
broken("img2img/info-object", "info is an object", convicted_by=["IMG2IMG-030"])(
    lambda sound: rewrite_generation(sound, lambda a: a | {"info": {"seed": 7}}, ROUTE)
)
broken("img2img/info-other-seed", "info reports another seed", convicted_by=["IMG2IMG-030"])(
    lambda sound: rewrite_info(sound, lambda info: info | {"seed": info["seed"] + 1}, ROUTE)
)
broken("img2img/no-infotexts", "info has no infotexts", convicted_by=["IMG2IMG-030"])(
    lambda sound: rewrite_info(sound, lambda info: info | {"infotexts": []}, ROUTE)
)


def _without_value(name: str) -> Callable[[str], str]:
    """An edit of an infotext that drops a value of its last line."""

    def change(words: str) -> str:
        head, _, line = words.rpartition("\n")
        pairs = [pair for pair in line.split(", ") if not pair.startswith(f"{name}: ")]
        return f"{head}\n{', '.join(pairs)}"

    return change


_LOST_VALUES = [
    ("Denoising strength", ["IMG2IMG-015"]),
    ("Mask blur", ["IMG2IMG-017"]),
    ("Inpaint area", ["IMG2IMG-017"]),
    ("Masked content", ["IMG2IMG-017", "IMG2IMG-018"]),
    ("Mask mode", ["IMG2IMG-019"]),
]
for _value, _by in _LOST_VALUES:
    _slug = _value.lower().replace(" ", "-")
    broken(f"img2img/no-{_slug}", f"the infotext does not have {_value}", convicted_by=_by)(
        lambda sound, value=_value: rewrite_infotext(sound, _without_value(value), ROUTE)
    )

broken("img2img/info-half", "info lacks a list", convicted_by=["IMG2IMG-061"])(
    lambda sound: rewrite_info(sound, without("all_negative_prompts"), ROUTE)
)
broken("img2img/info-as-text", "the seed in info is text", convicted_by=["IMG2IMG-061"])(
    lambda sound: rewrite_info(sound, lambda info: info | {"seed": str(info["seed"])}, ROUTE)
)
broken("img2img/parameters-half", "parameters lacks a field", convicted_by=["IMG2IMG-062"])(
    lambda sound: rewrite_parameters(sound, without("s_churn"), ROUTE)
)
broken(
    "img2img/sampler-reported-otherwise",
    "another sampler is reported",
    convicted_by=["IMG2IMG-033"],
)(lambda sound: rewrite_parameters(sound, lambda p: p | {"sampler_name": "LMS"}, ROUTE))
