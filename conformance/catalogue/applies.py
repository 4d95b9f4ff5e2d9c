"""Which servers a requirement applies to.

The notation::

    all
    all except xinference, a1111-2022-10-27
    a1111>=1.6, forge, sdnext
    a1111>=1.0<=1.6
    a1111-1.10

A bare ``a1111`` is upstream from 1.0 on. A bound on a server of unknown version is not met.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.catalogue.version import Version
from conformance.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Callable

FAMILIES = ("a1111", "forge", "reforge", "sdnext", "kobold", "sdcpp", "xinference", "unknown")
UPSTREAM = "a1111"

_TERM = re.compile(r"([a-z0-9]+)((?:(?:>=|<=|-)[^<>=]+)*)")
_BOUND = re.compile(r"(>=|<=|-)([^<>=]+)")
_TESTS: dict[str, Callable[[Version, Version], bool]] = {
    ">=": Version.at_least,
    "<=": Version.at_most,
    "-": Version.within,
}


@dataclass(frozen=True)
class Term:
    """One family, perhaps within bounds.

    Args:
        family: one of ``FAMILIES``.
        bounds: pairs of ``>=``, ``<=`` or ``-`` and a version; all must hold.
    """

    family: str
    bounds: tuple[tuple[str, Version], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Term:
        """Read one term, such as ``a1111>=1.6``.

        Raises:
            CatalogueError: unknown family or malformed bound.
        """
        match = _TERM.fullmatch(text.strip())
        if match is None or match[1] not in FAMILIES:
            raise CatalogueError(
                f"{text.strip()!r} names no server family of {', '.join(FAMILIES)}"
            )
        try:
            bounds = tuple((op, Version.parse(v)) for op, v in _BOUND.findall(match[2]))
        except ValueError as error:
            raise CatalogueError(f"{text.strip()!r}: {error}") from error
        if match[1] == UPSTREAM and not bounds:
            bounds = ((">=", Version.parse("1.0")),)
        return cls(match[1], bounds)

    def matches(self, family: str, version: Version | None) -> bool:
        """Whether a server of this family and version, None for unknown, is meant."""
        if family != self.family:
            return False
        return all(version is not None and _TESTS[op](version, v) for op, v in self.bounds)


@dataclass(frozen=True)
class Applies:
    """Which servers a requirement applies to.

    Args:
        text: the notation it was read from.
        terms: the servers named.
        everybody: whether the terms are exceptions from all servers.
    """

    text: str
    terms: tuple[Term, ...]
    everybody: bool = False

    @classmethod
    def parse(cls, text: str) -> Applies:
        """Read the notation of this module.

        Raises:
            CatalogueError: what it names does not exist.
        """
        start, everybody, rest = text.strip().partition("all")
        if start or not everybody:
            return cls(text, tuple(map(Term.parse, text.split(","))))
        rest = rest.strip()
        if not rest:
            return cls(text, (), everybody=True)
        if not rest.startswith("except "):
            raise CatalogueError(f"{text!r}: write 'all' or 'all except ...'")
        terms = map(Term.parse, rest.removeprefix("except ").split(","))
        return cls(text, tuple(terms), everybody=True)

    def matches(self, family: str, version: Version | None) -> bool:
        """Whether a server of this family and version, None for unknown, is meant."""
        named = any(term.matches(family, version) for term in self.terms)
        return named != self.everybody

    def __str__(self) -> str:
        return self.text
