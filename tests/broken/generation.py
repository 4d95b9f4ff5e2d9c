"""Building blocks of servers that say one thing of a generation and do another."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from broken.layer import API, Edit, png, rewrite_info, rewrite_request
from doubles import Ask, Reply, reply
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from doubles import Server

_TXT2IMG = f"{API}/txt2img"


def on_txt2img(ask: Ask) -> bool:
    """Whether a request is for txt2img, with an object."""
    return ask.method == "POST" and ask.route == _TXT2IMG and isinstance(ask.json, dict)


def on_img2img(ask: Ask) -> bool:
    """Whether a request is for img2img, with an object."""
    return ask.method == "POST" and ask.route.endswith("/img2img") and isinstance(ask.json, dict)


def asked(ask: Ask, payload: Any) -> Ask:
    """The same request with another JSON."""
    return replace(ask, body=json.dumps(payload).encode())


def deaf_to(sound: Server, edit: Edit) -> Server:
    """A server to which txt2img requests come changed, and which says so in all it reports."""
    return rewrite_request(sound, "/txt2img", edit)


def drops(*fields: str) -> Callable[[Server], Server]:
    """A server that never gets to see some fields of txt2img, and says so in all it reports."""
    return lambda sound: deaf_to(sound, lambda p: {k: v for k, v in p.items() if k not in fields})


def fixes(**values: Any) -> Callable[[Server], Server]:
    """A server that takes its own values for some fields of txt2img, and says so."""
    return lambda sound: deaf_to(sound, lambda payload: payload | values)


def liar(
    edit: Edit,
    when: Callable[[Any], bool] = lambda _: True,
    on: Callable[[Ask], bool] = on_txt2img,
) -> Callable[[Server], Server]:
    """A server that reports what was asked for, and shows the pictures of a changed request."""

    def breaking(sound: Server) -> Server:
        def answer(ask: Ask) -> Reply:
            given = sound(ask)
            if not on(ask) or given.status != 200 or not when(ask.json):
                return given
            shown = sound(asked(ask, edit(ask.json)))
            return _with_pixels_of(given, shown) if shown.status == 200 else given

        return answer

    return breaking


def _with_pixels_of(answer: Reply, other: Reply) -> Reply:
    body, shown = answer.json, other.json["images"]
    pairs = zip(body["images"], shown, strict=False)
    images = [_dressed(text, pixels) for text, pixels in pairs]
    return answer.with_json(body | {"images": images + body["images"][len(images) :]})


def _dressed(text: str, pixels: str) -> str:
    """The words of one picture with the pixels of another, in the format of the other."""
    if opened(pixels).format != "PNG":
        return pixels
    words = {k: v for k, v in opened(text).info.items() if isinstance(v, str)}
    return base64.b64encode(png(opened(pixels), words)).decode()


def opened(text: str) -> Image.Image:
    """The picture in base64."""
    return Image.open(BytesIO(base64.b64decode(text)))


def reports(**values: Any) -> Callable[[Server], Server]:
    """A server whose info has other values for some keys."""
    return lambda sound: rewrite_info(sound, lambda info: info | values)


def refuses(
    when: Callable[[Any], bool],
    status: int = 500,
    body: Any = None,
) -> Callable[[Server], Server]:
    """A server that refuses some requests of txt2img."""
    refusal = body or {"error": "RuntimeError", "detail": "", "body": "", "errors": "no"}

    def breaking(sound: Server) -> Server:
        def answer(ask: Ask) -> Reply:
            if on_txt2img(ask) and when(ask.json):
                return reply(refusal, status)
            return sound(ask)

        return answer

    return breaking


def set_options(sound: Server, values: Mapping[str, Any]) -> None:
    """Write options of a server behind everybody's back."""
    kind = {"Content-Type": "application/json"}
    answer = sound(Ask("POST", f"{API}/options", kind, json.dumps(values).encode()))
    assert answer.status == 200, answer.body
