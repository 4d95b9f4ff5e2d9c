"""One requirement: level, cost and effect, and the servers and versions that it applies to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from conformance.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Callable


# Commits from before the first release, in their order. 47a44c7 is of 19 November 2022.
_COMMITS = {"2022-10-27": (0, 1), "2022-10": (0, 1), "47a44c7": (0, 2)}
# Programs that a fork grew into, distinguished as its versions: forge-neo, forge-ersatz.
_NAMED = _COMMITS | {"neo": (-1, 1), "ersatz": (-1, 2)}
_NUMBERED = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?![\d.])")


@dataclass(frozen=True, order=True)
class Version:
    """A version, as far as it is known: ``1.10`` means every 1.10.x.

    Args:
        parts: its numbers; commits before 1.0 have a 0 in front.
    """

    parts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read ``1.10.1``, ``v1.10.1-5-gabcdef``, ``1.6`` or the name of a commit or program.

        Args:
            text: of a release, a commit or a program.

        Raises:
            ValueError: none of these.
        """
        if text in _NAMED:
            return cls(_NAMED[text])
        match = _NUMBERED.match(text)
        if match is None:
            raise ValueError(f"{text!r} is no version; write one as 1.10.1, 1.10 or 47a44c7")
        return cls(tuple(int(part) for part in match.groups() if part is not None))

    def __str__(self) -> str:
        for name, parts in _NAMED.items():
            if self.parts == parts:
                return name
        return ".".join(map(str, self.parts))

    def at_least(self, bound: Version) -> bool:
        """Whether this is ``bound`` or later; 1.10.1 is at least 1.10.

        Args:
            bound: another version.
        """
        return self._cut(bound) >= bound.parts

    def at_most(self, bound: Version) -> bool:
        """Whether this is ``bound`` or earlier; 1.9.4 is at most 1.9.

        Args:
            bound: another version.
        """
        return self._cut(bound) <= bound.parts

    def within(self, bound: Version) -> bool:
        """Whether this is a version of ``bound``; 1.10.1 is within 1.10.

        Args:
            bound: another version, with fewer or as many parts.
        """
        return self._cut(bound) == bound.parts

    def _cut(self, bound: Version) -> tuple[int, ...]:
        return self.parts[: len(bound.parts)]


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

        Args:
            text: family, and bounds such as ``>=1.6<=1.8``.

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
        """Whether a server of this family and version, None for unknown, is meant.

        Args:
            family: of the server.
            version: of the server; None for unknown.
        """
        if family != self.family:
            return False
        return all(version is not None and _TESTS[op](version, v) for op, v in self.bounds)


@dataclass(frozen=True)
class Applies:
    """Which servers a requirement applies to.

    Args:
        text: the notation it was read from.
        terms: the servers named.
        excepted: those of them that are not meant after all.
        everybody: whether all servers are meant, but for these.
    """

    text: str
    terms: tuple[Term, ...]
    excepted: tuple[Term, ...] = ()
    everybody: bool = False

    @classmethod
    @cache
    def parse(cls, text: str) -> Applies:
        """Read the notation of this module; what hundreds of requirements share is read once.

        Args:
            text: terms with commas between, ``all``, and ``except`` with further terms.

        Raises:
            CatalogueError: what it names does not exist.
        """
        named, excepts, excepted = text.strip().partition(" except ")
        everybody = named == "all"
        terms = () if everybody else tuple(map(Term.parse, named.split(",")))
        others = tuple(map(Term.parse, excepted.split(","))) if excepts else ()
        return cls(text, terms, others, everybody=everybody)

    def matches(self, family: str, version: Version | None) -> bool:
        """Whether a server of this family and version, None for unknown, is meant.

        Args:
            family: of the server.
            version: of the server; None for unknown.
        """
        if any(term.matches(family, version) for term in self.excepted):
            return False
        return self.everybody or any(term.matches(family, version) for term in self.terms)

    def __str__(self) -> str:
        return self.text


class Level(StrEnum):
    """How binding a requirement is, after RFC 2119."""

    MUST = "MUST"  # ordinary clients break without it
    SHOULD = "SHOULD"  # reference behaviour that some clients rely on
    MAY = "MAY"  # a detail of the reference, reported, never failing a run


class Cost(StrEnum):
    """What a check costs the server."""

    FREE = "free"  # answered from memory, or refused at once
    CHEAP = "cheap"  # some work, but no picture is sampled
    GENERATES = "generates"  # at least one small picture is sampled


class Effect(StrEnum):
    """What a check does to the server, mildest first."""

    READS = "reads"  # nothing
    GENERATES = "generates"  # takes a turn in the queue; the last job's traces stay
    WRITES = "writes settings"  # sets options, and puts them back
    INTERRUPTS = "interrupts"  # disturbs work: interrupt, skip, refresh, unload and reload
    DESTRUCTIVE = "destructive"  # may leave something behind: files, a training run

    @property
    def rank(self) -> int:
        """Place from the mildest, 0, on."""
        return _RANKS[self]


_RANKS = {effect: rank for rank, effect in enumerate(Effect)}


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One promise of a server.

    Args:
        id: ``AREA-NNN``; its meaning never changes, and it is never given to another.
        level: how binding it is.
        sentence: the promise.
        applies: the servers that make it.
        source: where the promise comes from: file and function of upstream v1.10.1, or a recorded
            case.
        cost: what checking it costs the server.
        effect: what checking it does to the server.
        why: who is hurt without it.
        clients: ids of known programs that break without it.
        smoke: whether a readiness probe looks at it.
        must_for: the servers for which it is a MUST, whatever its level; None for no others.
    """

    id: str
    level: Level
    sentence: str
    applies: Applies
    source: str
    cost: Cost
    effect: Effect
    why: str
    clients: tuple[str, ...] = ()
    smoke: bool = False
    must_for: Applies | None = None

    @property
    def samples(self) -> bool:
        """Whether checking it asks for a picture."""
        return self.cost is Cost.GENERATES

    @property
    def area(self) -> str:
        """The part of the API, such as ``TXT2IMG``."""
        return self.id.partition("-")[0]

    def binding(self, family: str, version: Version | None) -> Requirement:
        """The same requirement, as binding as it is for one kind of server.

        Args:
            family: of the server.
            version: of the server; None for unknown.
        """
        if self.must_for is None:
            return self
        bound = self.must_for.matches(family, version)
        return replace(self, level=Level.MUST if bound else self.level, must_for=None)
