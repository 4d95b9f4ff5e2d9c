"""The catalogue of requirements, and the page that shows it."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from conformance.errors import CatalogueError, SelectionError
from conformance.requirements.requirement import Applies, Cost, Effect, Level, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Catalogue:
    """All requirements, in the order of reports.

    Args:
        requirements: each id once.
        clients: id -> name of the programs that requirements speak of.

    Raises:
        CatalogueError: an id occurs twice, or a client is unknown.
    """

    def __init__(self, requirements: Iterable[Requirement], clients: Mapping[str, str]) -> None:
        self.clients = dict(clients)
        self._by_id: dict[str, Requirement] = {}
        for each in requirements:
            if each.id in self._by_id:
                raise CatalogueError(f"{each.id} occurs twice in the catalogue")
            strangers = set(each.clients) - self.clients.keys()
            if strangers:
                raise CatalogueError(f"{each.id}: unknown client {', '.join(sorted(strangers))}")
            self._by_id[each.id] = each

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

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """All areas, in order."""
        return tuple(dict.fromkeys(requirement.area for requirement in self))


# The order in which reports show the areas.
AREAS = (
    "HTTP",
    "AUTH",
    "LIST",
    "OPT",
    "TXT2IMG",
    "INFO",
    "IMG",
    "PNGINFO",
    "IMG2IMG",
    "EXTRAS",
    "PROGRESS",
    "INTERRUPT",
    "QUEUE",
    "EXT",
    "CONTROLNET",
    "ADETAILER",
    "MISC",
)
# The area of what an operator's file asks for.
EXPECT_AREA = "EXPECT"
_DATA = files("conformance.requirements") / "data"


@cache
def load_catalogue(areas: tuple[str, ...] = AREAS) -> Catalogue:
    """The catalogue that ships with the package, or some areas of it.

    Args:
        areas: of the requirements, of ``AREAS`` and ``EXPECT_AREA``.

    Raises:
        CatalogueError: a data file is malformed; it names the file and the requirement.
    """
    requirements = [requirement for area in areas for requirement in _area(area)]
    return Catalogue(requirements, client_names())


@cache
def client_names() -> dict[str, str]:
    """Id -> name of the programs that requirements speak of."""
    names: dict[str, str] = _read("clients")["client"]
    return names


@cache
def _area(area: str) -> tuple[Requirement, ...]:
    return tuple(read_requirement(area, entry) for entry in _read(area.lower())["requirement"])


def read_requirement(area: str, entry: dict[str, Any]) -> Requirement:
    """Read one table of a data file.

    Args:
        area: in capitals, as in the ids.
        entry: the table of one requirement.

    Raises:
        CatalogueError: a key is missing or unknown, or a value is none of those allowed.
    """
    name = entry.get("id", "?")
    if not str(name).startswith(f"{area}-"):
        raise CatalogueError(f"{area.lower()}.toml: {name} does not belong to {area}")
    try:
        return Requirement(
            **entry
            | {
                "level": Level(entry["level"]),
                "applies": Applies.parse(entry["applies"]),
                "cost": Cost(entry["cost"]),
                "effect": Effect(entry["effect"]),
                "clients": tuple(entry["clients"]),
                "must_for": Applies.parse(entry["must_for"]) if "must_for" in entry else None,
            },
        )
    except (KeyError, TypeError, ValueError, CatalogueError) as error:
        raise CatalogueError(f"{area.lower()}.toml, {name}: {error}") from error


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


def select(
    catalogue: Catalogue,
    only: Iterable[str] = (),
    skip: Iterable[str] = (),
) -> tuple[Requirement, ...]:
    """Choose requirements, in the catalogue's order.

    Args:
        catalogue: to choose from.
        only: words to keep, everything if empty.
        skip: words to leave out.

    A word is an id (``LIST-001``), an area (``LIST``), the start of ids (``LIST-02``, ``TXT``)
    or a level (``MUST``), in any case.

    Raises:
        SelectionError: a word chooses nothing.
    """
    keep = _ids(catalogue, only) or set(catalogue.ids)
    keep -= _ids(catalogue, skip)
    return tuple(requirement for requirement in catalogue if requirement.id in keep)


def _ids(catalogue: Catalogue, words: Iterable[str]) -> set[str]:
    return {name for word in words for name in _chosen(catalogue, word.strip().upper())}


def _chosen(catalogue: Catalogue, word: str) -> list[str]:
    if word in Level.__members__:
        found = [r.id for r in catalogue if r.level == word or (r.must_for and word == Level.MUST)]
    elif word in catalogue.areas:
        found = [r.id for r in catalogue if r.area == word]
    elif word in catalogue:
        found = [word]
    else:
        found = [name for name in catalogue.ids if word and name.startswith(word)]
    if not found:
        raise SelectionError(f"{word!r} is no requirement, area or level{_hint(catalogue, word)}")
    return found


def _hint(catalogue: Catalogue, word: str) -> str:
    near = get_close_matches(word, [*catalogue.areas, *Level, *catalogue.ids], n=1)
    return f"; did you mean {near[0]}?" if near else "; --list shows all"


def find(catalogue: Catalogue, name: str) -> Requirement:
    """The requirement of this id, in any case.

    Args:
        catalogue: to look in.
        name: the id, in any case.

    Raises:
        SelectionError: there is none.
    """
    name = name.strip().upper()
    if name not in catalogue:
        raise SelectionError(f"{name!r} is no requirement{_hint(catalogue, name)}")
    return catalogue[name]


def whole_catalogue() -> Catalogue:
    """The catalogue, and after it the requirements that an operator's file can ask for.

    Raises:
        CatalogueError: a data file is malformed; it names the file and the requirement.
    """
    return load_catalogue((*AREAS, EXPECT_AREA))


def choose(only: Sequence[str], skip: Sequence[str] = ()) -> tuple[Requirement, ...]:
    """Choose requirements as ``select`` does, and read only the areas that the words name.

    Args:
        only: words to keep, everything if empty.
        skip: words to leave out.

    Raises:
        SelectionError: a word chooses nothing.
    """
    areas = {word.strip().upper().partition("-")[0] for word in only}
    known = (*AREAS, EXPECT_AREA)
    if skip or not areas or not areas <= set(known):
        return select(whole_catalogue(), only, skip)
    part = load_catalogue(tuple(area for area in known if area in areas))
    try:
        return select(part, only)
    except SelectionError:
        # The whole catalogue may have a word that is nearer.
        return select(whole_catalogue(), only)


def place_of(name: str) -> tuple[int, str]:
    """The place of an id in the order of reports; ids outside the catalogue come last.

    Args:
        name: id of a requirement or property.
    """
    area = name.partition("-")[0]
    return (AREAS.index(area), name) if area in AREAS else (len(AREAS), "")


_HEAD = """\
# Requirements

{total} requirements: {counts}. Made by `sdapi-check --list --markdown`; do not edit.

MUST: ordinary clients break without it. SHOULD: reference behaviour that some clients rely on.
MAY: a detail of the reference, reported and never failing a run. Ids never change their meaning.
"""


def render_catalogue(catalogue: Catalogue) -> str:
    """The page, by area; ``REQUIREMENTS.md`` next to this module holds it, and a test compares.

    Args:
        catalogue: of all requirements.

    Returns:
        Markdown.
    """
    levels = [requirement.level for requirement in catalogue]
    counts = ", ".join(f"{levels.count(level)} {level}" for level in Level)
    parts = [_HEAD.format(total=len(levels), counts=counts)]
    parts += [_area_of_page(catalogue, area) for area in catalogue.areas]
    return "\n".join(parts)


def _area_of_page(catalogue: Catalogue, area: str) -> str:
    blocks = [_block(catalogue, r) for r in catalogue if r.area == area]
    return f"## {area}\n\n" + "\n".join(blocks)


def levels_of(requirement: Requirement) -> str:
    """The level of a requirement in words, with the servers for which it is a MUST.

    Args:
        requirement: of the catalogue.

    Returns:
        Such as ``SHOULD; MUST for a1111, forge``.
    """
    must_for = requirement.must_for
    return f"{requirement.level}; MUST for {must_for}" if must_for else str(requirement.level)


def _block(catalogue: Catalogue, requirement: Requirement) -> str:
    lines = [
        f"### {requirement.id} ({levels_of(requirement)})",
        "",
        requirement.sentence,
        "",
        f"- Applies to: {requirement.applies}",
        f"- Why: {requirement.why}",
        f"- Source: {requirement.source}",
        f"- Checking it: cost {requirement.cost}, effect {requirement.effect}",
    ]
    if requirement.clients:
        names = ", ".join(catalogue.clients[client] for client in requirement.clients)
        lines.append(f"- Breaks: {names}")
    return "\n".join(lines) + "\n"
