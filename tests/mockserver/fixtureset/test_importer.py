"""Fixture sets made from recordings."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from mockserver.fixtureset.fixture_set import FixtureSet
from mockserver.fixtureset.importer import compact_copy, lists, pages, write_set

if TYPE_CHECKING:
    from pathlib import Path


def line(name: str, method: str, path: str, **response: Any) -> str:
    full = {"status": 200, "headers": {}, "has_process_time": True, **response}
    steps = [{"method": method, "path": path, "response": full}]
    return json.dumps({"id": f"list/{name}", "group": "list", "steps": steps}) + "\n"


HTML = {"headers": {"content-type": "text/html; charset=utf-8"}, "text": "<p>\u72d0</p>\n"}
RECORDED = [
    line("samplers", "GET", "/sdapi/v1/samplers", json=[{"name": "Euler"}]),
    line("samplers-again", "GET", "/sdapi/v1/samplers", json=[]),
    line("query", "GET", "/sdapi/v1/loras?x=1", json=[1]),
    line("refresh", "POST", "/sdapi/v1/refresh-vae", json=None),
    line("ping", "GET", "/internal/ping", json={}),
    line("gone", "GET", "/sdapi/v1/scripts", status=404, json={}),
    line("openapi", "GET", "/openapi.json", json={"openapi": "3.0.2"}),
    line("docs", "GET", "/docs", **HTML),
]


def test_a_set_is_made_of_the_plain_lists_and_pages(tmp_path: Path) -> None:
    source = tmp_path / "full.jsonl"
    source.write_text("".join(RECORDED), encoding="utf-8")
    cases = compact_copy(source, tmp_path / "out" / "compact.jsonl")

    write_set(tmp_path / "set", dict(lists(cases)), {"server": "s"}, dict(pages(cases)))

    made = FixtureSet(tmp_path / "set")
    assert made.names == ["openapi", "samplers"]
    assert made.get("samplers") == [{"name": "Euler"}]
    assert made.page("docs") == "<p>\u72d0</p>\n"
    assert made.manifest["server"] == "s"
    for name, digest in made.manifest["files"].items():
        assert hashlib.sha256((made.folder / name).read_bytes()).hexdigest() == digest
