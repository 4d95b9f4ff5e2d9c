"""Other mock servers, started to serve the same ready bytes, where their programs are installed."""

from __future__ import annotations

import json
import shutil
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LIST, _PICTURE = "/sdapi/v1/samplers", "/sdapi/v1/txt2img"
#: Programs by the name in the table, and how to install each.
PROGRAMS = {
    "prism": ("prism", "npm install -g @stoplight/prism-cli"),
    "mockoon": ("mockoon-cli", "npm install -g @mockoon/cli"),
    "wiremock": ("wiremock", "npm install -g wiremock, and Java"),
    "moto_server": ("moto_server", "pip install 'moto[server]'"),
}


def start_others(
    start: Callable[..., str],
    skip: Callable[[str, str], None],
    ready: tuple[Path, Path],
    places: tuple[str, ...],
) -> None:
    """Start each of them that is installed.

    Args:
        start: starts a server by its name and command, and gives its address.
        skip: is given the name of each that is not there, and why.
        ready: files with the bytes of the list and of the picture.
        places: folders with further programs.
    """
    folder = ready[0].parent
    document = folder / "openapi.json"
    document.write_text(json.dumps(_openapi(ready)), encoding="utf-8")
    mappings = _mappings(folder / "wiremock", ready)
    commands = {
        "prism": ("mock", "-p", "PORT", str(document)),
        "mockoon": ("start", "--data", str(document), "--port", "PORT", "--disable-log-to-file"),
        "wiremock": ("--port", "PORT", "--root-dir", str(mappings), "--disable-banner"),
        "moto_server": ("-p", "PORT"),
    }
    for name, (program, install) in PROGRAMS.items():
        found = next(filter(None, (shutil.which(program, path=p) for p in (None, *places))), None)
        if found is None:
            skip(name, install)
            continue
        prepare = _put if name == "moto_server" else None
        try:
            start(name, found, *commands[name], prepare=lambda url, p=prepare: p and p(url, ready))
        except (OSError, TimeoutError) as error:
            skip(name, f"it did not start ({type(error).__name__})")


def _openapi(ready: tuple[Path, Path]) -> dict[str, Any]:
    """A document whose examples are the bytes; Prism and Mockoon answer with them."""
    small, large = (json.loads(file.read_bytes()) for file in ready)

    def answer(example: Any) -> dict[str, Any]:
        content = {"application/json": {"schema": {}, "example": example}}
        return {"responses": {"200": {"description": "ready", "content": content}}}

    return {
        "openapi": "3.0.3",
        "info": {"title": "ready bytes", "version": "1"},
        "paths": {_LIST: {"get": answer(small)}, _PICTURE: {"post": answer(large)}},
    }


def _mappings(folder: Path, ready: tuple[Path, Path]) -> Path:
    for name in ("mappings", "__files"):
        (folder / name).mkdir(parents=True)
    for (method, path), file in zip((("GET", _LIST), ("POST", _PICTURE)), ready, strict=True):
        (folder / "__files" / file.name).write_bytes(file.read_bytes())
        mapping = {
            "request": {"method": method, "url": path},
            "response": {
                "status": 200,
                "bodyFileName": file.name,
                "headers": {"Content-Type": "application/json"},
            },
        }
        (folder / "mappings" / f"{file.name}.json").write_text(json.dumps(mapping))
    return folder


def _put(url: str, ready: tuple[Path, Path]) -> None:
    """Store the list as an object of S3, whose path is that of the list; moto takes no POST."""
    for path, body in (("/sdapi", b""), (_LIST, ready[0].read_bytes())):
        public = {"x-amz-acl": "public-read"}
        request = urllib.request.Request(url + path, body, public, method="PUT")  # noqa: S310 - ours
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310 - the same
            pass
