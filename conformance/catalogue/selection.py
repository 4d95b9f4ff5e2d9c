"""Requirements chosen by id, prefix or level, as ``--only`` and ``--skip`` take them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from conformance.catalogue.level import Level
from conformance.errors import SelectionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.catalogue.catalogue import Catalogue
    from conformance.catalogue.requirement import Requirement


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
        found = [r.id for r in catalogue if r.level == word]
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

    Raises:
        SelectionError: there is none.
    """
    name = name.strip().upper()
    if name not in catalogue:
        raise SelectionError(f"{name!r} is no requirement{_hint(catalogue, name)}")
    return catalogue[name]
