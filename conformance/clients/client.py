"""A program that calls the API, and what it relies on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reliance:
    """Requirements that a program relies on for the same reason.

    Args:
        ids: of the requirements.
        words: what happens where one of them is not met, as a sentence.
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
    """

    id: str
    name: str
    source: str
    note: str
    needs: tuple[Reliance, ...]
    likes: tuple[Reliance, ...] = ()

    @property
    def need_ids(self) -> tuple[str, ...]:
        """Ids that it cannot do without."""
        return tuple(name for reliance in self.needs for name in reliance.ids)

    @property
    def like_ids(self) -> tuple[str, ...]:
        """Ids whose lack costs something."""
        return tuple(name for reliance in self.likes for name in reliance.ids)

    def words(self, name: str) -> str:
        """What happens where a requirement is not met; empty where it does not matter."""
        for reliance in (*self.needs, *self.likes):
            if name in reliance.ids:
                return reliance.words
        return ""
