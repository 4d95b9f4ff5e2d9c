"""One requirement: its level, its cost and its effect on the server."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.requirements.applicability import Applies


class Level(StrEnum):
    """How binding a requirement is, after RFC 2119."""

    MUST = "MUST"  # ordinary clients break without it
    SHOULD = "SHOULD"  # reference behaviour that some clients rely on
    MAY = "MAY"  # a detail of the reference, worth telling, never failing a run


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
        return list(Effect).index(self)


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One promise that a server is held to.

    Args:
        id: ``AREA-NNN``; its meaning never changes, and it is never given to another.
        level: how binding it is.
        sentence: the promise.
        applies: the servers that make it.
        source: where the promise stands: file and function of upstream v1.10.1, or a recorded
            case.
        cost: what checking it costs the server.
        effect: what checking it does to the server.
        why: who is hurt without it.
        clients: ids of known programs that break without it.
        smoke: whether a readiness probe looks at it.
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

    @property
    def samples(self) -> bool:
        """Whether checking it asks for a picture."""
        return self.cost is Cost.GENERATES

    @property
    def area(self) -> str:
        """The part of the API, such as ``TXT2IMG``."""
        return self.id.partition("-")[0]
