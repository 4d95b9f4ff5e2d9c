"""A server that shows secrets in every place where one could hide."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
import urllib.parse
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mockserver.backends.registry import create_app
from mockserver.http.in_process import call
from mockserver.http.threaded_server import ThreadedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "tr0ub4dor-and-3"
TOKEN = "hf_ZxCvBnMaSdFgHjKlQwErTy"
COOKIE = "sess-9f8e7d6c5b4a"
HOST = "wopr.norad.lan"
ADDRESS = "10.11.12.13"
USER = "beatrix"
FOLDER = "vault-of-pictures"
SECRETS = {
    "password": PASSWORD,
    "token": TOKEN,
    "cookie": COOKIE,
    "host": HOST,
    "address": ADDRESS,
    "user": USER,
    "folder": FOLDER,
}
_HOME = f"/home/{USER}/webui"
_PLACE = f"/mnt/{FOLDER}/models"
_EVERYTHING = (
    f"token={TOKEN} by {USER} on {HOST} ({ADDRESS}), see {_PLACE}/x.safetensors, login"
    f" {USER}:{PASSWORD}, Cookie: {COOKIE}"
)


def planted_picture(kind: str = "PNG") -> bytes:
    """A picture that shows secrets in all its metadata."""
    image = Image.new("RGB", (8, 8))
    exif = Image.Exif()
    exif[0x013B] = USER
    exif[0x010E] = _EVERYTHING
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + _EVERYTHING.encode("utf-16-be")
    out = io.BytesIO()
    if kind != "PNG":
        comment = (
            {"comment": _EVERYTHING.encode()} if kind == "JPEG" else {"xmp": b"<x>beatrix</x>"}
        )
        image.save(out, kind, exif=exif, **comment)
        return out.getvalue() + (_EVERYTHING.encode() if kind == "JPEG" else b"")
    info = PngInfo()
    info.add_text("parameters", f"a fox, by {_EVERYTHING}\nSteps: 2, User: {USER}")
    info.add_text("Author", USER)
    info.add_text("packed", _EVERYTHING, zip=True)
    info.add_itxt("workflow", json.dumps({"path": f"{_PLACE}/y.png", "auth": PASSWORD}), zip=True)
    info.add(b"tIME", b"\x07\xe8\x01\x01\x01\x01\x01")
    info.add(b"prVt", _EVERYTHING.encode())
    image.save(out, "PNG", pnginfo=info, exif=exif)
    return out.getvalue() + _EVERYTHING.encode()


def _flags(flags: dict[str, Any]) -> dict[str, Any]:
    return {
        **flags,
        "data_dir": _HOME,
        "models_dir": f"{_HOME}/models",
        "ckpt_dir": _PLACE,
        "api_auth": f"{USER}:{PASSWORD}",
        "gradio_auth": f"{USER}:{PASSWORD},other:{COOKIE}",
        "ngrok": TOKEN,
        "server_name": HOST,
        "tls_keyfile": f"C:\\Users\\{USER}\\key.pem",
    }


def _options(options: dict[str, Any]) -> dict[str, Any]:
    agent = f"by {USER} at http://{USER}:{PASSWORD}@{HOST}/x"
    more = {"outdir_samples": f"{_HOME}/outputs", "hf_token": TOKEN, "api_useragent": agent}
    return {**options, **more}


def _models(models: list[Any]) -> list[Any]:
    first, *others = models
    return [{**first, "filename": f"{_PLACE}/{first['model_name']}.safetensors"}, *others]


def _loras(loras: list[Any]) -> list[Any]:
    about = {"ss_output_name": USER, "ss_train_data_dir": _PLACE, "note": _EVERYTHING}
    share = f"\\\\{HOST}\\{FOLDER}\\l.safetensors"
    return [{**item, "path": share, "metadata": about} for item in loras]


def _scripts(infos: list[Any]) -> list[Any]:
    choices = [f"~/{FOLDER}/x"]
    label = {"label": f"saves to {_PLACE}", "value": _EVERYTHING, "choices": choices}
    return [{**infos[0], "args": [label]}, *infos[1:]]


def _document(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "servers": [{"url": f"https://{HOST}:7860/{FOLDER}"}]}


def _generation(answer: dict[str, Any]) -> dict[str, Any]:
    info = {**json.loads(answer["info"]), "infotexts": [f"a fox\nSteps: 1, User: {USER}"]}
    pictures = [
        base64.b64encode(planted_picture(kind)).decode() for kind in ("PNG", "JPEG", "WEBP")
    ]
    pictures.append("data:image/png;base64," + pictures[0])
    return {**answer, "images": pictures, "info": json.dumps({**info, "log": _EVERYTHING})}


def _png_info(answer: dict[str, Any]) -> dict[str, Any]:
    hidden = base64.b64encode(_EVERYTHING.encode()).decode()
    asked = urllib.parse.quote(f"{_PLACE}/z.png", safe="")
    return {**answer, "info": _EVERYTHING, "items": {USER: hidden, "at": f"seen at {asked}"}}


_LISTS = {
    "cmd-flags": _flags,
    "options": _options,
    "sd-models": _models,
    "loras": _loras,
    "script-info": _scripts,
    "openapi.json": _document,
}


def _plant(path: str, value: Any) -> Any:
    """What the mock answers with secrets in it."""
    name = path.rpartition("/")[2]
    if name in _LISTS:
        return _LISTS[name](value)
    if isinstance(value, dict) and "errors" in value:
        return {**value, "errors": f"no file {_PLACE}/x.pt, {_EVERYTHING}", "body": _EVERYTHING}
    if isinstance(value, dict) and "images" in value:
        return _generation(value)
    return _png_info(value) if isinstance(value, dict) and "items" in value else value


class LeakyServer:
    """The mock with secrets planted into its answers.

    Attributes:
        told: all that went over the wire.
        calls: paths that were asked for, in order.
        dies_at: a path without its first slash, and after how many calls of it the server
            answers nothing any more.
        silent_at: a path that is never answered, while others are.
    """

    def __init__(self) -> None:
        self.mock = create_app()
        self.told: list[bytes] = []
        self.calls: list[str] = []
        self.dies_at: tuple[str, int] | None = None
        self.silent_at = ""
        self.url = ""
        self.app = Flask("leaky", static_folder=None)
        methods = ["GET", "POST"]
        self.app.add_url_rule("/<path:path>", "all", self._answer, methods=methods)

    def _answer(self, path: str) -> Response:
        self.calls.append(path)
        dead = self.dies_at and self.calls.count(self.dies_at[0]) >= self.dies_at[1]
        if dead or path == self.silent_at:
            raise ConnectionAbortedError
        whole = request.full_path.rstrip("?")
        given = {"Content-Type": request.headers.get("Content-Type", "application/json")}
        address = "http://127.0.0.1:1" + whole
        status, _, data = call(self.mock, request.method, address, given, request.get_data())
        mimetype = "application/json"
        try:
            data = json.dumps(_plant(request.path, json.loads(data))).encode()
        except ValueError:
            data, mimetype = data + f"<p>{_EVERYTHING}</p>".encode(), "text/html"
        answer = Response(data, status, mimetype=mimetype)
        answer.headers["Set-Cookie"] = f"access-token={COOKIE}; Path=/"
        answer.headers["X-Served-By"] = HOST
        answer.headers["X-Api-Key"] = TOKEN
        answer.headers["Location"] = f"http://{HOST}/file={_PLACE}/x.png?token={TOKEN}"
        self.told += [data, str(answer.headers).encode()]
        return answer


@contextmanager
def leaky_server() -> Iterator[LeakyServer]:
    """The server on a port of its own."""
    leaky = LeakyServer()
    leaky.app.config["PROPAGATE_EXCEPTIONS"] = True
    server = ThreadedServer(leaky.app)
    leaky.url = server.url
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield leaky
    server.end()
    thread.join(5)


def forms(data: bytes) -> Iterator[bytes]:
    """Bytes, and whatever is packed or encoded in them, to any depth."""
    yield data
    yield data.replace(b"\0", b"")
    if b"%" in data:
        yield urllib.parse.unquote_to_bytes(data)
    for found in re.findall(rb"[A-Za-z0-9+/]{40,}={0,2}", data):
        try:
            inner = base64.b64decode(found, validate=True)
        except ValueError:
            continue
        yield from forms(inner)
    for chunk in re.finditer(rb"(zTXt|iTXt)", data):
        for at in range(chunk.end(), min(chunk.end() + 60, len(data) - 1)):
            if data[at] == 0x78:  # the first byte of what zlib packs
                try:
                    yield zlib.decompressobj().decompress(data[at:])
                except zlib.error:
                    continue


def found_in(data: bytes) -> set[str]:
    """Which of the planted secrets some bytes say, in any form."""
    texts = list(forms(data))
    return {
        name
        for name, secret in SECRETS.items()
        if any(secret.encode().lower() in text.lower() for text in texts)
    }
