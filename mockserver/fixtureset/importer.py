"""Make a fixture set out of recordings: its lists become files, its cases a compact copy."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from mockserver.fixtureset.fixture_set import MANIFEST
from mockserver.fixtureset.recording import Case, compact, read_recording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Answers that are no lists, or the same on every server.
_LEFT_OUT = {"ping", "app_id", "progress", "pending-tasks", "docs", "redoc"}
_OK = 200


def lists(cases: list[Case]) -> Iterator[tuple[str, Any]]:
    """Name and body of each list among the cases, the first recorded answer each."""
    seen: set[str] = set()
    for case in cases:
        if case.group != "list":
            continue
        step = case.steps[0]
        name = step.route.rstrip("/").rpartition("/")[2].removesuffix(".json")
        plain = step.method == "GET" and step.path == step.route and step.answer.is_json
        if plain and step.answer.status == _OK and name not in seen | _LEFT_OUT:
            seen.add(name)
            yield name, step.answer.body


def pages(cases: list[Case]) -> Iterator[tuple[str, str]]:
    """Name and text of each HTML page among the lists (``docs``, ``redoc``)."""
    for case in cases:
        step = case.steps[0]
        kind = step.answer.headers.get("content-type", "")
        if case.group == "list" and kind.startswith("text/html"):
            yield step.route.rpartition("/")[2], str(step.answer.body)


def compact_copy(source: Path, target: Path) -> list[Case]:
    """Write the compact copy of a full recording; gives its cases."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in compact(lines))
    return read_recording(target)


def write_json(path: Path, value: Any) -> str:
    """Write JSON that a person can read and diff; gives its SHA-256."""
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def write_page(path: Path, text: str) -> str:
    """Write an HTML page; gives its SHA-256."""
    path.write_text(text, encoding="utf-8", newline="\n")
    return hashlib.sha256(text.encode()).hexdigest()


def write_set(
    folder: Path,
    found: dict[str, Any],
    origin: dict[str, Any],
    html: dict[str, str] | None = None,
) -> None:
    """Write lists, pages and manifest of a fixture set.

    Args:
        folder: where; made if absent.
        found: list name to body.
        origin: manifest fields beside the files (server, version, commit, taken, sources).
        html: page name to its text.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{n}.json": write_json(folder / f"{n}.json", b) for n, b in sorted(found.items())}
    for name, text in sorted((html or {}).items()):
        files[f"{name}.html"] = write_page(folder / f"{name}.html", text)
    write_json(folder / MANIFEST, {**origin, "files": files})
