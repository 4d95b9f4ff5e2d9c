"""A program that calls the API, and what it relies on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Reliance:
    """Requirements that a program relies on for the same reason.

    Args:
        ids: of the requirements.
        words: what happens where one of them is not met (trips: is met), as a sentence.
    """

    ids: tuple[str, ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class Client:
    """A program that calls the API.

    Args:
        id: short name, as ``--for`` takes it.
        name: as its users know it.
        source: what was read to know: repository and files, or package and version.
        note: how it talks to a server, in sentences.
        needs: without these it breaks.
        likes: without these it works, and something is lost.
        trips: where these are met something is lost, by a fault of its own.
    """

    id: str
    name: str
    source: str
    note: str
    needs: tuple[Reliance, ...]
    likes: tuple[Reliance, ...] = ()
    trips: tuple[Reliance, ...] = ()

    @property
    def need_ids(self) -> tuple[str, ...]:
        """Ids that it cannot do without."""
        return tuple(name for reliance in self.needs for name in reliance.ids)

    @property
    def like_ids(self) -> tuple[str, ...]:
        """Ids whose lack costs something."""
        return tuple(name for reliance in self.likes for name in reliance.ids)

    @property
    def trip_ids(self) -> tuple[str, ...]:
        """Ids over which it trips where they are met."""
        return tuple(name for reliance in self.trips for name in reliance.ids)

    def reasons(self, names: Iterable[str]) -> list[Reliance]:
        """Why some requirements matter to it, those with the same reason together."""
        wanted = set(names)
        found = [
            Reliance(tuple(name for name in each.ids if name in wanted), each.words)
            for each in (*self.needs, *self.likes, *self.trips)
        ]
        return [reliance for reliance in found if reliance.ids]
