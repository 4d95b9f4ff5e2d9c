"""img2img that takes or refuses the wrong things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broken.layer import Edit, rewrite_reply, status, without
from broken.registry import broken
from broken.rework import ROUTE, opened, picture, refuses, takes
from doubles import text

if TYPE_CHECKING:
    from collections.abc import Callable

_REFUSALS: list[tuple[str, str, list[str], Callable[[Any], bool]]] = [
    (
        "uri-refused",
        "data URIs are refused",
        ["IMG2IMG-006"],
        lambda b: any(str(i).startswith("data:") for i in b.get("init_images") or ()),
    ),
    (
        "bare-refused",
        "bare base64 is refused",
        ["IMG2IMG-006"],
        lambda b: any(str(i).startswith("iVBOR") for i in b.get("init_images") or ()),
    ),
    (
        "mask-uri-refused",
        "masks as data URIs are refused",
        ["IMG2IMG-037"],
        lambda b: str(b.get("mask")).startswith("data:"),
    ),
    (
        "black-mask-refused",
        "a mask that is all black is refused",
        ["IMG2IMG-021"],
        lambda b: (
            isinstance(b.get("mask"), str)
            and len(b["mask"]) > 40
            and opened(b["mask"]).getbbox() is None
        ),
    ),
    (
        "rgba-refused",
        "transparent init images are refused",
        ["IMG2IMG-022"],
        lambda b: _mode(b) == "RGBA",
    ),
    (
        "jpeg-refused",
        "init images that are no PNG are refused",
        ["IMG2IMG-038"],
        lambda b: any(not str(i).startswith(("iVBOR", "data:")) for i in b["init_images"]),
    ),
    (
        "mode-1-refused",
        "two of the resize modes are refused",
        ["IMG2IMG-011"],
        lambda b: b.get("resize_mode") in {1, 2},
    ),
    (
        "strength-0-refused",
        "the ends of the slider are refused",
        ["IMG2IMG-023"],
        lambda b: b.get("denoising_strength") in {0, 1},
    ),
]


def _mode(body: Any) -> str:
    try:
        return opened(body["init_images"][0]).mode
    except Exception:  # noqa: BLE001 - what is no picture has no mode
        return ""


for _name, _words, _by, _when in _REFUSALS:
    broken(f"img2img/{_name}", _words, convicted_by=_by)(refuses(_when))

_UNREADABLE = ("zzz", "aGVsbG8=")
_TAKEN: list[tuple[str, str, list[str], Edit]] = [
    (
        "nothing-taken",
        "a request without init images is served",
        ["IMG2IMG-002"],
        lambda b: b if b.get("init_images") is not None else b | {"init_images": [picture()]},
    ),
    (
        "text-taken",
        "one init image in place of a list is taken",
        ["IMG2IMG-004"],
        lambda b: (
            b | {"init_images": [b["init_images"]]} if isinstance(b.get("init_images"), str) else b
        ),
    ),
    (
        "garbage-taken",
        "an init image that is none is replaced",
        ["IMG2IMG-005"],
        lambda b: (
            b | {"init_images": [picture()]}
            if (b.get("init_images") or [""])[0] in _UNREADABLE
            else b
        ),
    ),
    (
        "mask-garbage-taken",
        "a mask that is no picture is left out",
        ["IMG2IMG-020"],
        lambda b: without("mask")(b) if b.get("mask") == "zzz" else b,
    ),
    (
        "empty-list-taken",
        "an empty list of init images is served",
        ["IMG2IMG-039"],
        lambda b: b | {"init_images": [picture()]} if b.get("init_images") == [] else b,
    ),
    (
        "number-taken",
        "a number for an init image is served",
        ["IMG2IMG-040"],
        lambda b: b | {"init_images": [picture()]} if b.get("init_images") == [5] else b,
    ),
    (
        "null-strength-taken",
        "null for the strength is the default",
        ["IMG2IMG-041"],
        lambda b: (
            b
            if isinstance(b.get("denoising_strength", 0.75), int | float)
            else b | {"denoising_strength": 0.75}
        ),
    ),
]
for _name, _words, _by, _edit in _TAKEN:
    broken(f"img2img/{_name}", _words, convicted_by=_by)(takes(_edit))

broken("img2img/none-as-422", "no init image is a 422", convicted_by=["IMG2IMG-002"])(
    lambda sound: status(sound, ROUTE, 422, {"detail": "Init image not found"}, status=404)
)
broken("img2img/none-in-html", "no init image is a page", convicted_by=["IMG2IMG-002"])(
    lambda sound: rewrite_reply(
        sound, lambda _, __: text("<html>Error</html>", 404), ROUTE, status=404
    )
)
broken("img2img/validation-500", "422s are 500s", convicted_by=["IMG2IMG-004", "IMG2IMG-041"])(
    lambda sound: status(sound, ROUTE, 500, {"error": "ValidationError"}, status=422)
)
broken("img2img/errors-200", "errors come with status 200", convicted_by=["IMG2IMG-005"])(
    lambda sound: rewrite_reply(
        sound, lambda _, given: given.with_json(given.json, 200), ROUTE, status=500
    )
)
broken("img2img/errors-empty", "errors have no words", convicted_by=["IMG2IMG-005"])(
    lambda sound: status(sound, ROUTE, 500, {"detail": ""}, status=500)
)

# Promises of others, which the webui does not make

broken(
    "implementers/webui-for-others",
    "a webui where another program is expected",
    convicted_by=["IMG2IMG-003", "IMG2IMG-024"],
)(lambda sound: sound)
