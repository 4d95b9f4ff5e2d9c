"""A fixture set: one server's lists, options, flags, scripts and openapi document, as files."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from mockserver.errors import FixtureError
from mockserver.fixtureset.check import MANIFEST, check_set
from mockserver.fixtureset.location import fixtures_root

_API = "/sdapi/v1/"
#: Not a list: which lists a server answers with an error instead.
_FAILURES = "failures"

__all__ = ["MANIFEST", "FixtureSet"]


class FixtureSet:
    """What one server answered to its lists.

    Args:
        folder: the set's folder; holds ``manifest.json`` and one ``<list>.json`` a list,
            named after the last part of its path (``samplers.json``, ``openapi.json``).
        mode: a way in which the server was started (``nowebui``); lists that it answers
            otherwise then lie in ``<list>-<mode>.json``.
        base: the set of another server of the same kind, for what this one was not asked.
    """

    def __init__(self, folder: Path, mode: str = "", base: FixtureSet | None = None) -> None:
        self.folder = folder
        self.mode = mode
        self.base = base

    @classmethod
    def packaged(cls, name: str, mode: str = "") -> FixtureSet:
        """The set `name` that the package ships, as answered in `mode`.

        An absolute path names a recorded set, as in a profile whose fixtures lie elsewhere. What
        the set lacks is taken from its base, but for the lists that it names as absent.

        Raises:
            FixtureError: there is none of that name.
        """
        if Path(name).is_absolute():
            return cls.recorded(Path(name), mode)
        root = fixtures_root()
        folder = root / name
        if not (folder / MANIFEST).is_file():
            known = ", ".join(sorted(p.parent.name for p in root.glob(f"*/{MANIFEST}")))
            raise FixtureError(folder, "", "no such fixture set", f"name one of {known}")
        base = cls(folder).manifest.get("base")
        return cls(folder, mode, cls.packaged(str(base), mode) if base else None)

    @staticmethod
    def is_packaged(name: str) -> bool:
        """Whether the package ships a set of that name."""
        return not Path(name).is_absolute() and (fixtures_root() / name / MANIFEST).is_file()

    @classmethod
    def recorded(cls, folder: Path, mode: str = "") -> FixtureSet:
        """A set that was recorded into a folder; what it lacks is taken from its base.

        Raises:
            FixtureError: it is not whole (see `check_set`), or its base is no packaged set.
        """
        base = check_set(folder).get("base")
        return cls(folder, mode, cls.packaged(str(base), mode) if base else None)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Origin: server, version, commit, taken (date), sources, files (name: SHA-256)."""
        found = self.read(MANIFEST)
        if not isinstance(found, dict):
            raise FixtureError(self.folder / MANIFEST, "", "not an object", "record the set anew")
        return found

    @property
    def names(self) -> list[str]:
        """Names of the lists in the set, sorted."""
        return sorted(p.stem for p in self.folder.glob("*.json") if p.name != MANIFEST)

    def lists(self) -> dict[str, Any]:
        """Every list that the server answers, its base's too, as in its mode.

        A file of a packaged set that its own document does not know is there for the mock alone,
        and so is a list that stands among the set's failures.

        Raises:
            FixtureError: one of them cannot be read.
        """
        own = set(self.names)
        plain = {name for name in own if name.rpartition("-")[0] not in own}
        names = plain | (self.base.lists().keys() if self.base else set())
        found = {name: self.get(name) for name in sorted(names) if self.has(name)}
        failed = found.pop(_FAILURES, {})
        document = found.get("openapi")
        if not isinstance(document, dict) or self.manifest.get("recorder"):
            return found
        answered = {path.removeprefix(_API) for path in document.get("paths", {})} - set(failed)
        return {n: v for n, v in found.items() if n == "openapi" or n in answered}

    def get(self, name: str) -> Any:
        """The recorded answer named `name` (``samplers``, ``options``, ``openapi``).

        Raises:
            FixtureError: the set does not have it, or it is not JSON.
        """
        if self.base and not self._holds(name):
            return self.base.get(name)
        return self.read(self._file(name))

    def page(self, name: str) -> str:
        """The recorded HTML page named `name` (``docs``, ``redoc``).

        Raises:
            FixtureError: the set does not have it.
        """
        file = f"{name}.html"
        if self.base and not (self.folder / file).is_file():
            return self.base.page(name)
        return self._text(file)

    def has(self, name: str) -> bool:
        """Whether the server has the list `name`."""
        if self._holds(name):
            return True
        absent = self.manifest.get("absent", ())
        return bool(self.base and name not in absent and self.base.has(name))

    def read(self, file: str) -> Any:
        """JSON of one file of the set."""
        text = self._text(file)
        try:
            return json.loads(text)
        except ValueError as error:
            path = self.folder / file
            raise FixtureError(path, str(error), "is not JSON", "mend that place") from error

    def _holds(self, name: str) -> bool:
        return (self.folder / f"{name}.json").is_file()

    def _file(self, name: str) -> str:
        special = f"{name}-{self.mode}.json"
        return special if self.mode and (self.folder / special).is_file() else f"{name}.json"

    def _text(self, file: str) -> str:
        path = self.folder / file
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            raise FixtureError(
                path, "", "cannot be read", "record the set anew, or put the file back"
            ) from error
