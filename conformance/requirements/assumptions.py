"""What each check takes for granted: a graph over the catalogue."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from conformance.errors import CatalogueError
from conformance.requirements.catalogue import Catalogue, load_catalogue
from conformance.requirements.requirement import Cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True)
class Assumption:
    """Requirements of which a check takes for granted that one is met.

    Args:
        one_of: their ids.
        always: whether a check that is not met follows from them whatever it found; otherwise
            it has to show the same fault.
    """

    one_of: tuple[str, ...]
    always: bool = False


class Assumptions:
    """The graph.

    Args:
        by_id: id of a requirement -> what its check takes for granted itself.

    Raises:
        CatalogueError: an assumption leads back to where it began; names the ids.
    """

    def __init__(self, by_id: Mapping[str, tuple[Assumption, ...]]) -> None:
        self._by_id = dict(by_id)
        edges = {name: set(_ids(found)) for name, found in self._by_id.items()}
        try:
            order = tuple(TopologicalSorter(edges).static_order())
        except CycleError as error:
            circle = " -> ".join(error.args[1])
            raise CatalogueError(f"assumptions lead in a circle: {circle}") from error
        self._places = {name: place for place, name in enumerate(order)}
        self._all: dict[str, frozenset[str]] = {}
        for name in order:
            direct = set(_ids(each for each in self.of(name) if len(each.one_of) == 1))
            self._all[name] = frozenset(direct).union(*(self._all[each] for each in direct))

    def of(self, name: str) -> tuple[Assumption, ...]:
        """What a check takes for granted itself.

        Args:
            name: id of its requirement; unknown ones assume nothing.
        """
        return self._by_id.get(name, ())

    def place_of(self, name: str) -> int:
        """A number that is higher than that of everything a check takes for granted.

        Args:
            name: id of its requirement.
        """
        return self._places.get(name, 0)

    def ids_of(self, name: str) -> frozenset[str]:
        """The ids of all that a check takes for granted, and of what those do.

        Where one of several would do, it takes none of them for granted.

        Args:
            name: id of its requirement.
        """
        return self._all.get(name, frozenset())


@cache
def load_assumptions() -> Assumptions:
    """The graph that ships with the package.

    Raises:
        CatalogueError: the data file is malformed, names an unknown requirement, or has a circle.
    """
    file = files("conformance.requirements") / "data" / "assumptions.toml"
    rules = tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
    return read_assumptions(rules, load_catalogue())


def read_assumptions(rules: Iterable[dict[str, Any]], catalogue: Catalogue) -> Assumptions:
    """Read the rules of a data file.

    Args:
        rules: its tables.
        catalogue: that has the requirements they name.

    Raises:
        CatalogueError: a key or an id is unknown, a rule chooses nothing, or there is a circle.
    """
    by_id: dict[str, tuple[Assumption, ...]] = {}
    by_word = _by_word(catalogue)
    for rule in rules:
        strangers = rule.keys() - {"ids", "but", "assumes", "always"}
        if strangers:
            raise CatalogueError(f"assumptions.toml: unknown key {', '.join(sorted(strangers))}")
        assumed = Assumption(tuple(rule["assumes"]), always=rule.get("always", False))
        unknown = [
            name for name in (*assumed.one_of, *rule.get("but", ())) if name not in catalogue
        ]
        if unknown or not assumed.one_of:
            raise CatalogueError(f"assumptions.toml: no requirement {', '.join(unknown)}")
        left_out = {*assumed.one_of, *rule.get("but", ())}
        for name in _chosen(by_word, rule["ids"]):
            if name not in left_out:
                by_id[name] = (*by_id.get(name, ()), assumed)
    return Assumptions(by_id)


def _by_word(catalogue: Catalogue) -> dict[str, list[str]]:
    """A word of a rule -> the ids that it chooses: an id, an area, or all that sample."""
    found: dict[str, list[str]] = {}
    for requirement in catalogue:
        words = [requirement.id, requirement.area]
        for word in (*words, Cost.GENERATES) if requirement.samples else words:
            found.setdefault(word, []).append(requirement.id)
    return found


def _chosen(by_word: Mapping[str, list[str]], words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if word not in by_word:
            raise CatalogueError(f"assumptions.toml: {word!r} is no requirement or area")
        yield from by_word[word]


def _ids(assumptions: Iterable[Assumption]) -> Iterator[str]:
    return (name for each in assumptions for name in each.one_of)
