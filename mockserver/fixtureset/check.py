"""Whether a fixture set is whole: its manifest, its JSON, its own document, its hashes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from mockserver.errors import FixtureError
from mockserver.fixtureset.schema import complaints

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST = "manifest.json"
_DOCUMENT = "openapi"
_API = "/sdapi/v1/"
_SEAL = "put the recorded text back, or, where the change is meant, run sdapi-mock seal"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a set.

    Raises:
        FixtureError: it is missing, half-written, or lists no files.
    """
    path = folder / MANIFEST
    if not path.is_file():
        mend = "name a folder that sdapi-mock record has written"
        raise FixtureError(folder, "", "is no fixture set: it holds no manifest.json", mend)
    manifest = _read(path)
    if not isinstance(manifest, dict):
        raise FixtureError(path, "", "not an object", "record the set anew")
    files = manifest.get("files")
    if not isinstance(files, dict) or not all(isinstance(v, str) for v in files.values()):
        raise FixtureError(path, "/files", "names no files and hashes", "record the set anew")
    return manifest


def check_set(folder: Path) -> dict[str, Any]:
    """Refuse a set that is half-written or was edited; gives its manifest.

    JSON that cannot be read comes first, then what its own OpenAPI document denies, then
    hashes: the first fault found is the one told, as near to its place as can be.

    Raises:
        FixtureError: the set is at fault, with file, place and mend.
    """
    manifest = read_manifest(folder)
    found = {name: _read(folder / name) for name in manifest["files"] if name.endswith(".json")}
    for path, place, words in denied(found):
        raise FixtureError(folder / path, place, words, _SEAL)
    _check_hashes(folder, manifest["files"])
    if not manifest.get("complete", True):
        mend = "run the same sdapi-mock record again, it goes on where it stopped"
        raise FixtureError(folder, "", "the recording stopped before its end", mend)
    return manifest


def denied(found: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a set's own document denies, as (file, JSON pointer, words).

    Lists are compared with the schemas of their answers, those of a mode (``-nowebui``) with
    that mode's document where there is one. The recorded servers keep to their own documents
    in all of them, as long as null passes for whatever may be left out.

    Args:
        found: file name to JSON value.
    """
    for file in sorted(found):
        name, dash, mode = _parts(file, found)
        document = found.get(f"{_DOCUMENT}{dash}{mode}.json", found.get(f"{_DOCUMENT}.json"))
        schema = _schema_of(name, document)
        if schema is not None and document is not None:
            for place, words in complaints(found[file], schema, document):
                yield file, place or "/", words


def seal(folder: Path) -> list[str]:
    """Take a set's files as they now are into its manifest; gives the names of those changed.

    Raises:
        FixtureError: the set is at fault in more than its hashes.
    """
    manifest = read_manifest(folder)
    names = {*manifest["files"], *(path.name for path in folder.glob("*.json"))} - {MANIFEST}
    names = {name for name in names if (folder / name).is_file()}
    found = {name: _read(folder / name) for name in names if name.endswith(".json")}
    for path, place, words in denied(found):
        raise FixtureError(folder / path, place, words, "mend that place, then seal again")
    new = {name: _digest(folder / name) for name in sorted(names)}
    old = manifest["files"]
    changed = sorted(name for name in {*new, *old} if new.get(name) != old.get(name))
    text = json.dumps({**manifest, "files": new}, indent=1, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return changed


def _parts(file: str, found: dict[str, Any]) -> tuple[str, str, str]:
    """Name of the list, dash and mode; a name with dashes is a mode's only beside the plain one."""
    stem = file.removesuffix(".json")
    name, dash, mode = stem.rpartition("-")
    return (name, dash, mode) if dash and f"{name}.json" in found else (stem, "", "")


def _schema_of(name: str, document: Any) -> Any:
    paths = document.get("paths") if isinstance(document, dict) else None
    operation = paths.get(_API + name, {}).get("get") if isinstance(paths, dict) else None
    answer = (operation or {}).get("responses", {}).get("200", {})
    return answer.get("content", {}).get("application/json", {}).get("schema")


def _check_hashes(folder: Path, files: dict[str, str]) -> None:
    for name, digest in files.items():
        if _digest(folder / name) != digest:
            raise FixtureError(folder / name, "", "is not as it was recorded", _SEAL)
    for path in sorted(folder.glob("*.json")):
        if path.name not in {*files, MANIFEST}:
            mend = "delete it, or run sdapi-mock seal to take it in"
            raise FixtureError(path, "", "is not in the manifest", mend)


def _digest(path: Path) -> str:
    return hashlib.sha256(_bytes(path)).hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        mend = "put the file back, or record the set anew"
        raise FixtureError(path, "", "cannot be read", mend) from error


def _read(path: Path) -> Any:
    try:
        return json.loads(_bytes(path).decode("utf-8"))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FixtureError(path, place, f"is not JSON ({error.msg})", "mend that place") from error
    except ValueError as error:
        raise FixtureError(path, "", f"is not text ({error})", "record the set anew") from error
