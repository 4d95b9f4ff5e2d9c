"""All requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.catalogue.requirement import Requirement


class Catalogue:
    """All requirements, in the order of reports.

    Args:
        requirements: each id once.
        clients: id -> name of the programs that requirements speak of.

    Raises:
        CatalogueError: an id stands twice, or a client is unknown.
    """

    def __init__(self, requirements: Iterable[Requirement], clients: Mapping[str, str]) -> None:
        self.clients = dict(clients)
        self._by_id: dict[str, Requirement] = {}
        for requirement in requirements:
            self._add(requirement)

    def _add(self, requirement: Requirement) -> None:
        if requirement.id in self._by_id:
            raise CatalogueError(f"{requirement.id} stands twice in the catalogue")
        strangers = set(requirement.clients) - self.clients.keys()
        if strangers:
            raise CatalogueError(f"{requirement.id}: unknown client {', '.join(sorted(strangers))}")
        self._by_id[requirement.id] = requirement

    def __getitem__(self, name: str) -> Requirement:
        """The requirement of this id; KeyError if there is none."""
        return self._by_id[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_id

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids, in order."""
        return tuple(self._by_id)

    @property
    def areas(self) -> tuple[str, ...]:
        """All areas, in order."""
        return tuple(dict.fromkeys(requirement.area for requirement in self))
