"""Extras that upscale nothing, or something else, or take and refuse the wrong things."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any

from broken.layer import Edit, answer_with, png, rewrite_answer, rewrite_request, status
from broken.registry import broken
from broken.rework import opened, picture
from doubles import Ask, Server, reply
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from collections.abc import Callable

    from broken.registry import Breaking

SINGLE, BATCH = "/extra-single-image", "/extra-batch-images"
BOTH = (SINGLE, BATCH)
_NO_IMAGE = {"error": "HTTPException", "detail": "Invalid encoded image", "body": "", "errors": ""}


def _each(edit: Callable[[str], str]) -> Breaking:
    """Every picture of both routes is changed, as base64."""

    def change(answer: Any) -> Any:
        if "image" in answer:
            return answer | {"image": edit(answer["image"])}
        return answer | {"images": [edit(image) for image in answer["images"]]}

    return lambda sound: rewrite_answer(sound, BOTH, change)


def _drawn(edit: Callable[[Image.Image], Image.Image]) -> Breaking:
    """The pixels of every picture are changed, its text is kept."""

    def change(image: str) -> str:
        found = opened(image)
        words = {k: v for k, v in found.info.items() if isinstance(v, str)}
        return base64.b64encode(png(edit(found), words)).decode()

    return _each(change)


def _takes(edit: Edit) -> Breaking:
    """Requests come changed."""
    return lambda sound: rewrite_request(sound, BOTH, edit)


def _fixed(**values: Any) -> Breaking:
    return _takes(lambda body: body | values)


def _answers(edit: Edit, routes: tuple[str, ...] = BOTH) -> Breaking:
    return lambda sound: rewrite_answer(sound, routes, edit)


def _is_single(ask: Ask) -> bool:
    return isinstance(ask.json, dict) and isinstance(ask.json.get("image"), str)


def _as_jpeg(image: str) -> str:
    out = BytesIO()
    opened(image).convert("RGB").save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()


def _sent_size(body: Any) -> tuple[int, int]:
    return opened(body["image"]).size


# The picture

broken(
    "extras/unchanged",
    "the picture comes back as it was sent",
    convicted_by=["EXTRAS-003", "EXTRAS-017"],
)(_fixed(upscaler_1="None"))
broken("extras/factor-ignored", "every picture is doubled", convicted_by=["EXTRAS-017"])(
    _takes(lambda b: b | ({"upscaling_resize": 2} if b.get("upscaling_resize") else {}))
)
broken("extras/factor-whole", "the factor is a whole number", convicted_by=["EXTRAS-017"])(
    _takes(lambda b: b | {"upscaling_resize": max(int(b.get("upscaling_resize", 2)), 1)})
)
broken("extras/mode-ignored", "the size to reach is ignored", convicted_by=["EXTRAS-004"])(
    _takes(lambda b: b | ({"resize_mode": 0} if b.get("resize_mode") == 1 else {}))
)
broken("extras/never-cropped", "nothing is cropped", convicted_by=["EXTRAS-004"])(
    _fixed(upscaling_crop=False)
)
broken("extras/always-cropped", "everything is cropped", convicted_by=["EXTRAS-005"])(
    _fixed(upscaling_crop=True)
)
broken("extras/none-upscales", "None upscales all the same", convicted_by=["EXTRAS-002"])(
    _takes(lambda b: b | {"upscaler_1": b["upscaler_1"].replace("None", "Lanczos")})
)
broken("extras/one-upscaler", "every upscaler is Lanczos", convicted_by=["EXTRAS-023"])(
    _takes(lambda b: b | {"upscaler_1": b["upscaler_1"].replace("Nearest", "Lanczos")})
)
broken("extras/second-ignored", "the second upscaler is ignored", convicted_by=["EXTRAS-024"])(
    _fixed(upscaler_2="None")
)
broken("extras/blank", "pictures are black", convicted_by=["EXTRAS-016", "EXTRAS-029"])(
    _drawn(lambda image: Image.new("RGB", image.size))
)
broken("extras/turned", "pictures are upside down", convicted_by=["EXTRAS-016"])(
    _drawn(lambda image: image.rotate(180))
)
broken("extras/mirrored", "pictures are mirrored", convicted_by=["EXTRAS-016"])(
    _drawn(ImageOps.mirror)
)
broken("extras/grey", "pictures lose their colours", convicted_by=["EXTRAS-016"])(
    _drawn(lambda image: image.convert("L").convert("RGB"))
)
broken("extras/channels-swapped", "red and blue are exchanged", convicted_by=["EXTRAS-016"])(
    _drawn(lambda image: Image.merge("RGB", image.convert("RGB").split()[::-1]))
)
broken("extras/another", "another picture is upscaled", convicted_by=["EXTRAS-016"])(
    lambda sound: rewrite_request(
        sound,
        SINGLE,
        lambda b: b | {"image": picture(size=_sent_size(b))} if len(b["image"]) > 40 else b,
    )
)
broken("extras/opaque", "transparency is lost", convicted_by=["EXTRAS-030"])(
    _drawn(lambda image: image.convert("RGB"))
)
broken("extras/padded", "upscaled pictures are padded to a square", convicted_by=["EXTRAS-003"])(
    _drawn(lambda image: ImageOps.pad(image, (max(image.size),) * 2))
)

# The file

broken("extras/prefix", "pictures are data URIs", convicted_by=["EXTRAS-019"])(
    _each("data:image/png;base64,{}".format)
)
broken("extras/jpeg", "pictures are JPEG all the same", convicted_by=["EXTRAS-031"])(
    _each(_as_jpeg)
)
broken("extras/cut-off", "pictures end in the middle", convicted_by=["EXTRAS-001"])(
    _each(lambda image: image[: len(image) // 8 * 4])
)
broken("extras/no-picture", "pictures are empty", convicted_by=["EXTRAS-001"])(_each(lambda _: ""))
broken("extras/text-lost", "the text of a PNG is lost", convicted_by=["EXTRAS-014"])(
    _each(lambda image: base64.b64encode(png(opened(image))).decode())
)

# The answer

_ANSWERS: list[tuple[str, str, list[str], Edit]] = [
    (
        "images-for-image",
        "one picture comes as a list",
        ["EXTRAS-001"],
        lambda a: {"html_info": a["html_info"], "images": [a["image"]]} if "image" in a else a,
    ),
    (
        "html-lost",
        "html_info is missing",
        ["EXTRAS-001", "EXTRAS-006", "EXTRAS-021"],
        lambda a: {k: v for k, v in a.items() if k != "html_info"},
    ),
    ("html-null", "html_info is null", ["EXTRAS-001"], lambda a: a | {"html_info": None}),
    ("html-empty", "html_info is empty", ["EXTRAS-006"], lambda a: a | {"html_info": ""}),
    (
        "html-other-factor",
        "html_info says another factor",
        ["EXTRAS-006"],
        lambda a: a | {"html_info": a["html_info"].replace("by: 2", "by: 4")},
    ),
    ("wrapped", "the answer comes in an object", ["EXTRAS-001"], lambda a: {"data": a}),
]
for _name, _words, _by, _edit in _ANSWERS:
    broken(f"extras/{_name}", _words, convicted_by=_by)(_answers(_edit))


def _images(edit: Callable[[list[str]], list[str]]) -> Breaking:
    return _answers(lambda a: a | {"images": edit(a["images"])}, (BATCH,))


broken(
    "extras/batch-backwards",
    "a batch comes backwards",
    convicted_by=["EXTRAS-007", "EXTRAS-020"],
)(_images(lambda images: images[::-1]))
broken("extras/batch-first", "only the first of a batch comes", convicted_by=["EXTRAS-007"])(
    _images(lambda images: images[:1])
)
broken("extras/batch-one", "every picture of a batch is the first", convicted_by=["EXTRAS-020"])(
    _images(lambda images: images[:1] * len(images))
)


@broken("extras/batch-by-name", "a batch comes by its names", convicted_by=["EXTRAS-020"])
def batch_by_name(sound: Server) -> Server:
    def change(body: Any) -> Any:
        images = body.get("imageList")
        if not isinstance(images, list) or not all("name" in item for item in images):
            return body
        return body | {"imageList": sorted(images, key=lambda item: item["name"])}

    return rewrite_request(sound, BATCH, change)


# What is refused, and what is taken


def _refuses(when: Callable[[Any], bool]) -> Breaking:
    return lambda sound: answer_with(
        sound,
        SINGLE,
        reply(_NO_IMAGE, 500),
        when=lambda ask: _is_single(ask) and when(ask.json),
    )


broken("extras/uri-refused", "data URIs are refused", convicted_by=["EXTRAS-018"])(
    _refuses(lambda b: b["image"].startswith("data:"))
)
broken("extras/bare-refused", "bare base64 is refused", convicted_by=["EXTRAS-018"])(
    _refuses(lambda b: not b["image"].startswith("data:"))
)
broken("extras/nearest-refused", "a listed upscaler is refused", convicted_by=["EXTRAS-022"])(
    _refuses(lambda b: b.get("upscaler_1") == "Nearest")
)
broken("extras/half-refused", "factors below 1 are refused", convicted_by=["EXTRAS-015"])(
    _refuses(lambda b: 0 < b.get("upscaling_resize", 2) < 1)
)


@broken("extras/empty-batch-refused", "an empty batch is refused", convicted_by=["EXTRAS-028"])
def empty_batch_refused(sound: Server) -> Server:
    refusal = reply({"detail": "nothing to do"}, 500)
    return answer_with(sound, BATCH, refusal, when=lambda ask: ask.json.get("imageList") == [])


def _kept(*names: str) -> Edit:
    """An edit that leaves out those fields that are out of their bounds."""
    return lambda b: {k: v for k, v in b.items() if k not in names}


_TAKEN: list[tuple[str, str, list[str], Edit]] = [
    ("list-not-needed", "no list is an empty one", ["EXTRAS-008"], lambda b: b | _listed(b)),
    (
        "visibility-clipped",
        "visibilities are clipped",
        ["EXTRAS-009"],
        _kept("gfpgan_visibility", "codeformer_visibility"),
    ),
    ("any-mode", "every mode is taken", ["EXTRAS-010"], _kept("resize_mode")),
    (
        "any-upscaler",
        "an unknown upscaler does nothing",
        ["EXTRAS-011", "EXTRAS-026"],
        lambda b: b | {"upscaler_1": b["upscaler_1"].replace("zz-conformance-nope", "None")},
    ),
    (
        "garbage-taken",
        "what is no picture is replaced",
        ["EXTRAS-013"],
        lambda b: b | ({"image": picture()} if b.get("image") == "zzz" else {}),
    ),
    (
        "nothing-taken",
        "no picture is replaced",
        ["EXTRAS-027"],
        lambda b: {"image": picture()} | b,
    ),
    (
        "factor-0-taken",
        "a factor of nothing is 1",
        ["EXTRAS-015"],
        lambda b: b | ({"upscaling_resize": 1} if b.get("upscaling_resize") == 0 else {}),
    ),
]


def _listed(body: Any) -> dict[str, Any]:
    return {} if isinstance(body.get("imageList"), list) else {"imageList": []}


for _name, _words, _by, _edit in _TAKEN:
    broken(f"extras/{_name}", _words, convicted_by=_by)(_takes(_edit))


@broken("extras/names-not-needed", "items need no name", convicted_by=["EXTRAS-025"])
def names_not_needed(sound: Server) -> Server:
    def change(body: Any) -> Any:
        images = body.get("imageList")
        if not isinstance(images, list):
            return body
        return body | {"imageList": [{"name": "a.png"} | item for item in images]}

    return rewrite_request(sound, BATCH, change)


broken("extras/validation-500", "422s are 500s", convicted_by=["EXTRAS-008", "EXTRAS-009"])(
    lambda sound: status(sound, BOTH, 500, {"error": "ValidationError"}, status=422)
)
broken("extras/other-words", "an unknown upscaler has no name", convicted_by=["EXTRAS-026"])(
    lambda sound: status(sound, SINGLE, 500, {"error": "KeyError", "detail": ""}, status=500)
)
broken("extras/state-closed", "a failure leaves no trace", convicted_by=["EXTRAS-012"])(
    lambda sound: rewrite_answer(
        sound, "/progress", lambda p: p | {"progress": 0.0, "state": p["state"] | {"job_count": 0}}
    )
)


@broken(
    "extras/batch-data-uris-refused",
    "the items of a batch may be no data URIs",
    convicted_by=["EXTRAS-033"],
)
def batch_data_uris_refused(sound: Server) -> Server:
    refusal = reply({"detail": "Invalid encoded image"}, 500)
    return answer_with(sound, BATCH, refusal, when=lambda ask: b"data:image" in (ask.body or b""))
