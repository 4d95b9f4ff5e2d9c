"""The folder that a recording is written to."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from typing import TYPE_CHECKING, Any

from mockserver.core.config import read_secret
from mockserver.core.errors import BadInput, FixtureError, RecordError
from mockserver.fixtures.check import MANIFEST, read_manifest

if TYPE_CHECKING:
    from pathlib import Path


#: In the manifest of what a recorder wrote: packaged sets are never written over.
RECORDER = "recorder"
_FORMAT = 1


class SetFolder:
    """A fixture set that grows; after each `save` it is one that can be gone on with.

    Args:
        folder: an empty or new folder, or one that an earlier recording stopped in.

    Attributes:
        folder: where it lies.
        manifest: what it says about itself; written by `save`.
        resumed: whether an earlier recording stopped here.
        written: bytes written so far, in this run.

    Raises:
        RecordError: the folder holds something else, or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = {RECORDER: _FORMAT, "complete": False, "files": {}}
        self.resumed = False
        self.written = 0
        if folder.exists():
            self._take_over()
        else:
            self._make(folder)

    def _take_over(self) -> None:
        if not self.folder.is_dir():
            raise RecordError(f"{self.folder}: not a folder; name a new one")
        held = sorted(path.name for path in self.folder.iterdir())
        if not held:
            return
        try:
            found = read_manifest(self.folder)
        except FixtureError as error:
            text = f"{self.folder}: holds something else ({held[0]}); name a new or empty folder"
            raise RecordError(text if MANIFEST not in held else str(error)) from error
        if found.get(RECORDER) != _FORMAT:
            text = "holds a fixture set that sdapi-mock record has not written; name a new folder"
            raise RecordError(f"{self.folder}: {text}")
        self.manifest, self.resumed = found, True

    @property
    def files(self) -> dict[str, str]:
        """File name to SHA-256."""
        found: dict[str, str] = self.manifest["files"]
        return found

    def has(self, name: str) -> bool:
        """Whether a file is there as it was written.

        Args:
            name: of the file in the folder.
        """
        path = self.folder / name
        known = self.files.get(name)
        return known is not None and path.is_file() and known == _digest(path.read_bytes())

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Args:
            name: of the file in the folder.
        """
        return (self.folder / name).read_bytes()

    def read_json(self, name: str) -> Any:
        """A file's JSON.

        Args:
            name: of the file in the folder.
        """
        return json.loads(self.read(name).decode("utf-8"))

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole, or not at all.

        Args:
            name: of the file in the folder.
            data: its bytes.

        Raises:
            RecordError: the disk is full, or the folder cannot be written.
        """
        path = self.folder / name
        self._make(path.parent)
        self._replace(path, data)
        self.files[name] = _digest(data)
        self.written += len(data)

    def write_json(self, name: str, value: Any) -> None:
        """Write JSON that a person can read and diff, keys in the server's order.

        Args:
            name: of the file in the folder.
            value: any JSON value.
        """
        self.write(name, _json(value))

    def save(self) -> None:
        """Write the manifest."""
        files = dict(sorted(self.manifest.pop("files").items()))
        self.manifest["files"] = files
        self._replace(self.folder / MANIFEST, _json(self.manifest))

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordError(_trouble(folder, error)) from error

    def _replace(self, path: Path, data: bytes) -> None:
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".partly-")
        except OSError as error:
            raise RecordError(_trouble(path, error)) from error
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(name, path)  # noqa: PTH105 - one call, and it is the atomic one
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(name)  # noqa: PTH108 - as above
            raise RecordError(_trouble(path, error)) from error


def _trouble(path: Path, error: OSError) -> str:
    mend = "make room or name another folder, then run the same command again: it goes on"
    return f"{path}: {error.strerror or error}; {mend}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json(value: Any) -> bytes:
    try:
        return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(value, indent=1) + "\n").encode()


def login(text: str | None) -> tuple[str, str] | None:
    """User and password from ``user:password``, ``env:NAME`` or ``file:PATH``; None for None.

    Args:
        text: as the command line has it.

    Raises:
        BadInput: the variable is not set, the file cannot be read, or there is no colon.
    """
    if text is None:
        return None
    user, colon, password = read_secret(text).partition(":")
    if not colon or not user:
        raise BadInput("--auth: not user:password; write it so, or env:NAME, or file:PATH")
    return user, password
