"""Building blocks of broken servers: each makes a server that breaks one promise of another.

``sound`` is a server as in ``doubles``: a function from what is asked to the reply. Blocks
can be put on top of each other.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import count
from typing import Any

import requests
from doubles import Ask, Reply, Server, reply
from PIL import Image, PngImagePlugin
from urllib3.exceptions import IncompleteRead, ProtocolError

API = "/sdapi/v1"
GENERATIONS = ("/txt2img", "/img2img")
Edit = Callable[[Any], Any]
Routes = str | tuple[str, ...]


def hits(ask: Ask, routes: Routes | None, method: str | None = None) -> bool:
    """Whether a request goes to a route (the end of a path), by the method."""
    if method not in {None, ask.method}:
        return False
    return routes is None or ask.route.endswith(routes)


# Answers


def rewrite_reply(
    sound: Server,
    change: Callable[[Ask, Reply], Reply],
    routes: Routes | None = None,
    *,
    method: str | None = None,
    status: int | None = 200,
) -> Server:
    """Whole answers of some routes are changed; ``status`` None for those of any status."""

    def answer(ask: Ask) -> Reply:
        given = sound(ask)
        if not hits(ask, routes, method) or status not in {None, given.status}:
            return given
        return change(ask, given)

    return answer


def rewrite_answer(sound: Server, routes: Routes, edit: Edit, **which: Any) -> Server:
    """The JSON of some answers is changed; ``edit`` gets a copy and returns what is replied."""
    return rewrite_reply(sound, lambda _, given: given.with_json(edit(given.json)), routes, **which)


def answer_with(
    sound: Server,
    routes: Routes,
    answer: Reply,
    *,
    method: str | None = None,
    when: Callable[[Ask], bool] = lambda _: True,
) -> Server:
    """Some requests never reach the server: they get one fixed answer."""
    return lambda ask: answer if hits(ask, routes, method) and when(ask) else sound(ask)


def status(sound: Server, routes: Routes, code: int, body: Any, **which: Any) -> Server:
    """Some answers get another status and another JSON body; the request is carried out."""
    return rewrite_reply(sound, lambda _, __: reply(body, code), routes, **which)


def headers(sound: Server, routes: Routes | None = None, **named: str | None) -> Server:
    """Some answers get other headers; ``content_type`` means Content-Type, None takes one away."""
    return rewrite_reply(sound, lambda _, given: given.with_headers(**named), routes, status=None)


def rewrite_body(sound: Server, edit: Callable[[bytes], bytes], routes: Routes) -> Server:
    """The bytes of some answers are changed; the length that is named follows them."""

    def change(_: Ask, given: Reply) -> Reply:
        plain = given.with_json(given.json)
        return replace(plain, body=edit(plain.body))

    return rewrite_reply(sound, change, routes)


# Requests


def rewrite_request(sound: Server, routes: Routes, edit: Edit, method: str = "POST") -> Server:
    """The server gets to see another JSON than was sent; ``edit`` gets a copy of it."""

    def answer(ask: Ask) -> Reply:
        if not hits(ask, routes, method) or not isinstance(ask.json, dict):
            return sound(ask)
        return sound(replace(ask, body=json.dumps(edit(ask.json)).encode()))

    return answer


def without(*fields: str) -> Edit:
    """An edit that drops fields of an object."""
    return lambda value: {name: item for name, item in value.items() if name not in fields}


# Generations


def rewrite_generation(sound: Server, edit: Edit, routes: Routes = GENERATIONS) -> Server:
    """The answers of txt2img and img2img are changed as JSON."""
    return rewrite_answer(sound, routes, edit, method="POST")


def rewrite_images(
    sound: Server,
    edit: Callable[[bytes], bytes | str],
    routes: Routes = GENERATIONS,
) -> Server:
    """Every picture of a generation is changed: its file's bytes, or text in base64's place."""
    return rewrite_generation(
        sound,
        lambda answer: answer | {"images": [_edited(text, edit) for text in answer["images"]]},
        routes,
    )


def rewrite_info(sound: Server, edit: Edit, routes: Routes = GENERATIONS) -> Server:
    """The info of a generation is changed: ``edit`` gets it as an object.

    An object that it returns becomes text again; text, numbers and null go out as they are.
    """

    def change(answer: Any) -> Any:
        info = edit(json.loads(answer["info"]))
        return answer | {"info": json.dumps(info) if isinstance(info, dict) else info}

    return rewrite_generation(sound, change, routes)


def rewrite_parameters(sound: Server, edit: Edit, routes: Routes = GENERATIONS) -> Server:
    """The parameters of a generation are changed."""
    return rewrite_generation(
        sound, lambda answer: answer | {"parameters": edit(answer["parameters"])}, routes
    )


def rewrite_infotext(
    sound: Server,
    edit: Callable[[str], str],
    routes: Routes = GENERATIONS,
) -> Server:
    """Infotexts are changed in the info and in the files of the pictures alike."""

    def change(info: Any) -> Any:
        return info | {"infotexts": [edit(text) for text in info["infotexts"]]}

    both = rewrite_info(sound, change, routes)
    return rewrite_images(both, lambda data: with_infotext(data, edit), routes)


def with_infotext(data: bytes, edit: Callable[[str], str]) -> bytes:
    """A PNG file whose infotext is changed; other files as they are."""
    image = Image.open(BytesIO(data))
    if "parameters" not in image.info:
        return data
    texts = {**image.info, "parameters": edit(image.info["parameters"])}
    return png(image, {name: value for name, value in texts.items() if isinstance(value, str)})


def png(image: Image.Image, texts: dict[str, str] | None = None) -> bytes:
    """A PNG file of an image, with text chunks."""
    chunks = PngImagePlugin.PngInfo()
    for name, value in (texts or {}).items():
        chunks.add_text(name, value)
    out = BytesIO()
    image.save(out, "PNG", pnginfo=chunks)
    return out.getvalue()


def redrawn(edit: Callable[[Image.Image], Image.Image]) -> Callable[[bytes], bytes]:
    """A change of a file's pixels that keeps its text."""

    def change(data: bytes) -> bytes:
        image = Image.open(BytesIO(data))
        texts = {k: v for k, v in image.info.items() if isinstance(v, str)}
        return png(edit(image), texts)

    return change


def _edited(text: str, edit: Callable[[bytes], bytes | str]) -> str:
    made = edit(base64.b64decode(text))
    return made if isinstance(made, str) else base64.b64encode(made).decode()


# Transport


def every(
    sound: Server,
    nth: int,
    failure: Callable[[Ask], Reply],
    routes: Routes | None = None,
) -> Server:
    """Every nth request to some routes is not answered but fails."""
    asked = count(1)

    def answer(ask: Ask) -> Reply:
        return failure(ask) if hits(ask, routes) and next(asked) % nth == 0 else sound(ask)

    return answer


def drop_connection(_: Ask) -> Reply:
    """The connection is closed before a word of the answer."""
    raise requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104)))


def refuse_for_now(_: Ask) -> Reply:
    """A gateway that has no server behind it at the moment."""
    page = b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"
    return Reply(503, {"content-type": "text/html"}, page)


def cut_body(sound: Server, routes: Routes | None = None, keep: float = 0.5) -> Server:
    """The connection ends in the middle of the body."""

    def change(_: Ask, given: Reply) -> Reply:
        kept = int(len(given.body) * keep)
        raise requests.exceptions.ChunkedEncodingError(
            ProtocolError("Connection broken", IncompleteRead(kept, len(given.body) - kept))
        )

    return rewrite_reply(sound, change, routes)
