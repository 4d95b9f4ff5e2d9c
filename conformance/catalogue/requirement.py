"""One promise that a server is held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.catalogue.effect import Cost

if TYPE_CHECKING:
    from conformance.catalogue.applies import Applies
    from conformance.catalogue.effect import Effect
    from conformance.catalogue.level import Level


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
