"""Lint: what a server silently ignores in a request, and what was probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mockserver.fixtures.fixture_set import FixtureSet


_REFERENCE = "#/components/schemas/"
_OPTIONS = "/sdapi/v1/options"


class Linter:
    """Knows the fields, options and samplers of one server.

    Args:
        fixtures: its lists and its document; a server without a document is not linted.
    """

    def __init__(self, fixtures: FixtureSet) -> None:
        self._document = fixtures.get("openapi") if fixtures.has("openapi") else {}
        self._options = list(fixtures.get("options")) if fixtures.has("options") else []
        samplers = fixtures.get("samplers") if fixtures.has("samplers") else []
        self._samplers = [
            name.lower() for item in samplers for name in (item["name"], *item.get("aliases", ()))
        ]

    def lint(self, method: str, path: str, body: Any) -> tuple[str, ...]:
        """Sentences about a request's JSON body.

        Args:
            method: HTTP method.
            path: without query.
            body: JSON value; anything but an object is not looked at.
        """
        if not isinstance(body, dict) or not self._document:
            return ()
        if path == _OPTIONS:
            return tuple(self._unknown(body, self._options, "option"))
        fields = self._fields(method, path)
        if not fields:
            return ()
        overrides = body.get("override_settings")
        return (
            *self._unknown(body, fields, "field"),
            *self._unknown(overrides, self._options, "option in override_settings"),
            *self._sampler(body),
        )

    def _unknown(self, given: Any, known: Iterable[str], what: str) -> Iterator[str]:
        names = list(known)
        for key in given if isinstance(given, dict) else ():
            if key not in names:
                yield f"{key!r} is no {what}, it is ignored{_meant(key, names)}"

    def _sampler(self, body: dict[str, Any]) -> Iterator[str]:
        """A name that begins with a sampler's may name its scheduler behind it."""
        name = body.get("sampler_name")
        if not isinstance(name, str) or not name or not self._samplers:
            return
        if not name.lower().startswith(tuple(self._samplers)):
            yield f"{name!r} is no sampler{_meant(name.lower(), self._samplers)}"

    def _fields(self, method: str, path: str) -> list[str]:
        operation = self._document.get("paths", {}).get(path, {}).get(method.lower(), {})
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        name = schema.get("$ref", "").removeprefix(_REFERENCE)
        declared = self._document.get("components", {}).get("schemas", {}).get(name, {})
        return list(declared.get("properties", ()))


def _meant(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
