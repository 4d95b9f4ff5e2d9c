"""A thirteenth extension is a package and a folder of lists: nothing else knows of it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from extended import Extended

import mockserver.extensions
from mockserver.extensions import installed
from mockserver.fixtures import fixture_set

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE = """
from mockserver.extensions.base import Extension, Script
from mockserver.http.routing import Route


class Frame(Script):
    title = "frame"

    def process(self, run):
        if run.args[0]:
            run.p.note("Frame", run.args[1])


class Framing(Extension):
    name = "framing"
    folder = "sd-webui-framing"
    versions = ("1.0",)
    summary = "a frame around every picture"

    def make_scripts(self):
        return (Frame(),)

    def routes(self):
        return (Route("GET", "/framing/colours", lambda call: ["red"]),)


EXTENSION = Framing
"""
ARGS = [
    {"label": name, "value": value, "minimum": None, "maximum": None, "step": None, "choices": None}
    for name, value in (("Enabled", False), ("Colour", "red"))
]
WIDTH = {"title": "Framing Width", "type": "number", "default": 3}
LISTS = {
    "manifest": {"server": "framing", "version": "1.0"},
    "scripts": {"txt2img": ["frame"], "img2img": ["frame"]},
    "script-info": [
        {"name": "frame", "is_alwayson": True, "is_img2img": tab, "args": ARGS}
        for tab in (False, True)
    ],
    "options": {"framing_width": 3},
    "openapi": {
        "paths": {"/framing/colours": {"get": {"summary": "Colours"}}},
        "components": {"schemas": {"Options": {"properties": {"framing_width": WIDTH}}}},
    },
}


@pytest.fixture
def framing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package beside the twelve, and its folder where the packaged lists are."""
    code = tmp_path / "code" / "framing"
    code.mkdir(parents=True)
    (code / "__init__.py").write_text(CODE, encoding="utf-8")
    lists = tmp_path / "fixtures" / "extensions" / "framing"
    lists.mkdir(parents=True)
    for name, value in LISTS.items():
        (lists / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    root = fixture_set.fixtures_root()
    for folder in root.iterdir():
        if folder.name != "extensions":
            (tmp_path / "fixtures" / folder.name).symlink_to(folder)
    for folder in (root / "extensions").iterdir():
        (lists.parent / folder.name).symlink_to(folder)
    monkeypatch.setattr(fixture_set, "fixtures_root", lambda: tmp_path / "fixtures")
    paths = [*mockserver.extensions.__path__, str(code.parent)]
    monkeypatch.setattr(mockserver.extensions, "__path__", paths)
    installed.packaged.cache_clear()
    yield
    installed.packaged.cache_clear()
    sys.modules.pop("mockserver.extensions.framing", None)


@pytest.mark.usefixtures("framing")
def test_it_is_installed_by_its_name() -> None:
    webui = Extended("framing", "adetailer")
    plain = webui.txt2img()
    framed = webui.txt2img({"Frame": [True, "blue"]})

    assert webui.get("/sdapi/v1/scripts")["txt2img"][-5:-3] == ["adetailer", "frame"]
    assert webui.get("/framing/colours") == ["red"]
    assert webui.get("/sdapi/v1/options")["framing_width"] == 3
    assert "/framing/colours" in webui.get("/openapi.json")["paths"]
    assert framed.told == {"Frame": "blue"}
    assert framed.images[0].tobytes() != plain.images[0].tobytes()
