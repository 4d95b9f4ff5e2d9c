"""img2img that paints something else than it says."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from broken.generation import asked, on_img2img
from broken.layer import Edit, png, rewrite_generation, rewrite_reply, without
from broken.registry import Breaking, broken
from broken.rework import ROUTE, bare, does, fixed, opened, refuses, takes
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles import Ask, Reply, Server


def _init(edit: Callable[[Image.Image], Image.Image]) -> Edit:
    """An edit of the pixels of the init images."""

    def change(body: Any) -> Any:
        images = body.get("init_images")
        if not isinstance(images, list) or not all(isinstance(i, str) for i in images):
            return body
        try:
            made = [base64.b64encode(png(edit(opened(image)))).decode() for image in images]
        except Exception:  # noqa: BLE001 - what is no picture goes on as it is
            return body
        return body | {"init_images": made}

    return change


def _grey(image: Image.Image) -> Image.Image:
    return Image.new("RGB", image.size, (128, 128, 128))


_CLAIMS: list[tuple[str, str, list[str], Edit]] = [
    ("init-ignored", "the init image is not looked at", ["IMG2IMG-025"], _init(_grey)),
    (
        "strength-ignored",
        "the denoising strength is always the default",
        ["IMG2IMG-026"],
        fixed(denoising_strength=0.75),
    ),
    (
        "strength-turned-round",
        "more strength means less",
        ["IMG2IMG-046"],
        lambda body: body | {"denoising_strength": 1 - body.get("denoising_strength", 0.75)},
    ),
    ("seed-ignored", "the seed is always the same", ["IMG2IMG-031"], fixed(seed=1)),
    ("prompt-ignored", "the prompt is not looked at", ["IMG2IMG-032"], fixed(prompt="")),
    ("mode-ignored", "every resize mode squeezes", ["IMG2IMG-034"], fixed(resize_mode=0)),
    (
        "mode-2-crops",
        "the third resize mode does what the second does",
        ["IMG2IMG-034"],
        lambda body: body | {"resize_mode": min(body.get("resize_mode", 0), 1)},
    ),
    (
        "size-swapped",
        "width and height are exchanged",
        ["IMG2IMG-010"],
        lambda body: body | {"width": body.get("height"), "height": body.get("width")},
    ),
    ("mask-ignored", "the mask is not looked at", ["IMG2IMG-016", "IMG2IMG-028"], without("mask")),
    (
        "mask-turned-round",
        "black is repainted and white is kept",
        ["IMG2IMG-016", "IMG2IMG-028"],
        lambda body: body | {"inpainting_mask_invert": 1 - body.get("inpainting_mask_invert", 0)},
    ),
    (
        "inversion-ignored",
        "the mask is never inverted",
        ["IMG2IMG-042"],
        fixed(inpainting_mask_invert=0),
    ),
    ("content-ignored", "the masked content is kept", ["IMG2IMG-043"], fixed(inpainting_fill=1)),
    (
        "area-ignored",
        "the whole picture is painted",
        ["IMG2IMG-044"],
        fixed(inpaint_full_res=False),
    ),
    ("blur-ignored", "the edge of the mask is sharp", ["IMG2IMG-045"], fixed(mask_blur=0)),
]
for _name, _words, _by, _edit in _CLAIMS:
    broken(f"img2img/{_name}", _words, convicted_by=_by)(does(_edit))


@broken("img2img/mask-mirrored", "the mask is mirrored", convicted_by=["IMG2IMG-016"])
def mask_mirrored(sound: Server) -> Server:
    def change(body: Any) -> Any:
        if not isinstance(body.get("mask"), str):
            return body
        turned = ImageOps.flip(ImageOps.mirror(opened(body["mask"])))
        return body | {"mask": base64.b64encode(png(turned)).decode()}

    return does(change)(sound)


@broken(
    "img2img/mask-not-pasted-back",
    "what the mask protects is repainted too, a little",
    convicted_by=["IMG2IMG-016"],
)
def mask_not_pasted_back(sound: Server) -> Server:
    return does(lambda body: without("mask")(body) | {"denoising_strength": 0.6})(sound)


@broken("img2img/returns-init", "the init image is returned", convicted_by=["IMG2IMG-027"])
def returns_init(sound: Server) -> Server:
    def change(ask: Ask, given: Reply) -> Reply:
        init = bare(ask.json["init_images"][0])
        body = given.json
        return given.with_json(body | {"images": [init] * len(body["images"])})

    return rewrite_reply(sound, change, ROUTE, method="POST")


@broken(
    "img2img/size-of-init",
    "the picture has the size of the init image",
    convicted_by=["IMG2IMG-010"],
)
def size_of_init(sound: Server) -> Server:
    def answer(ask: Ask) -> Reply:
        if not on_img2img(ask) or not isinstance(ask.json.get("init_images"), list):
            return sound(ask)
        try:
            width, height = opened(ask.json["init_images"][0]).size
        except Exception:  # noqa: BLE001 - what is no picture goes on as it is
            return sound(ask)
        return sound(asked(ask, ask.json | {"width": width, "height": height}))

    return answer


@broken(
    "img2img/random-seed",
    "every request is painted with a seed of its own",
    convicted_by=["IMG2IMG-031"],
)
def random_seed(sound: Server) -> Server:
    return does(fixed(seed=-1))(sound)


@broken(
    "img2img/answers-txt2img",
    "it paints from the prompt alone",
    convicted_by=["IMG2IMG-025", "IMG2IMG-026"],
)
def answers_txt2img(sound: Server) -> Server:
    def answer(ask: Ask) -> Reply:
        given = sound(ask)
        if not on_img2img(ask) or given.status != 200:
            return given
        made = sound(asked(replace(ask, path="/sdapi/v1/txt2img"), ask.json))
        return given.with_json(given.json | {"images": made.json["images"]})

    return answer


# Batches


def _images(edit: Callable[[list[str]], list[str]]) -> Breaking:
    def change(answer: Any) -> Any:
        return answer | {"images": edit(answer["images"])}

    return lambda sound: rewrite_generation(sound, change, ROUTE)


broken("img2img/first-alone", "only the first picture is sent", convicted_by=["IMG2IMG-012"])(
    _images(lambda images: images[:1])
)
broken("img2img/none-sent", "no picture is sent", convicted_by=["IMG2IMG-001"])(
    _images(lambda _: [])
)
broken("img2img/two-for-one", "each picture comes twice", convicted_by=["IMG2IMG-001"])(
    _images(lambda images: [image for image in images for _ in range(2)])
)
broken("img2img/one-as-many", "the pictures of a batch are one", convicted_by=["IMG2IMG-035"])(
    _images(lambda images: images[:1] * len(images))
)
broken("img2img/batch-backwards", "a batch comes backwards", convicted_by=["IMG2IMG-036"])(
    _images(lambda images: images[::-1])
)
broken(
    "img2img/first-init-alone",
    "all pictures of a batch start from the first init image",
    convicted_by=["IMG2IMG-036"],
)(does(lambda body: body | {"init_images": body["init_images"][:1] * len(body["init_images"])}))
broken(
    "img2img/last-init-alone",
    "several init images are taken for one picture, and the last is used",
    convicted_by=["IMG2IMG-013"],
)(takes(lambda b: b | {"init_images": b["init_images"][-1:]} if b.get("init_images") else b))
broken("img2img/iterations-ignored", "n_iter is not looked at", convicted_by=["IMG2IMG-035"])(
    takes(without("n_iter"))
)
broken(
    "img2img/two-init-refused",
    "two init images are refused whatever the batch",
    convicted_by=["IMG2IMG-014", "IMG2IMG-036"],
)(refuses(lambda body: len(body.get("init_images") or ()) > 1))
