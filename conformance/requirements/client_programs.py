"""The programs that call servers, and the requirements that each relies on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from conformance.errors import CatalogueError, SelectionError
from conformance.requirements.catalogue import client_names
from conformance.requirements.requirement import Applies, Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.requirements.requirement import Requirement


@dataclass(frozen=True)
class Reliance:
    """Requirements that a program relies on for the same reason.

    Args:
        ids: of the requirements.
        consequence: what happens where one of them is not met (mishandles: is met), as a sentence.
    """

    ids: tuple[str, ...]
    consequence: str


@dataclass(frozen=True, kw_only=True)
class ClientProgram:
    """A program that calls the API.

    Args:
        id: short name, as ``--for`` takes it.
        name: as its users know it.
        source: what was read to know: repository and files, or package and version.
        note: how it talks to a server, in sentences.
        needs: without these it breaks.
        likes: without these it works, and something is lost.
        mishandles: where these are met something is lost, by a fault of its own.
    """

    id: str
    name: str
    source: str
    note: str
    needs: tuple[Reliance, ...]
    likes: tuple[Reliance, ...] = ()
    mishandles: tuple[Reliance, ...] = ()

    @property
    def need_ids(self) -> tuple[str, ...]:
        """Ids that it cannot do without."""
        return tuple(name for reliance in self.needs for name in reliance.ids)

    @property
    def like_ids(self) -> tuple[str, ...]:
        """Ids whose lack costs something."""
        return tuple(name for reliance in self.likes for name in reliance.ids)

    @property
    def mishandled_ids(self) -> tuple[str, ...]:
        """Ids that it stumbles over where they are met."""
        return tuple(name for reliance in self.mishandles for name in reliance.ids)

    def reasons(self, names: Iterable[str]) -> list[Reliance]:
        """Why some requirements matter to it, those with the same reason together.

        Args:
            names: ids of requirements.
        """
        wanted = set(names)
        found = [
            Reliance(tuple(name for name in each.ids if name in wanted), each.consequence)
            for each in (*self.needs, *self.likes, *self.mishandles)
        ]
        return [reliance for reliance in found if reliance.ids]


_DATA = files("conformance.requirements") / "data" / "client_programs"
_KEYS = {"source", "note", "needs", "likes", "mishandles"}


@cache
def load_clients() -> tuple[ClientProgram, ...]:
    """Every program that the catalogue names, in its order.

    Raises:
        CatalogueError: a data file is missing or malformed; names the file.
    """
    return tuple(_load(name, title) for name, title in client_names().items())


def find_client(name: str) -> ClientProgram:
    """The program of this id, in any case.

    Args:
        name: the id, in any case.

    Raises:
        SelectionError: there is none; the nearest ids are named.
    """
    wanted = name.strip().lower()
    known = {client.id: client for client in load_clients()}
    if wanted in known:
        return known[wanted]
    near = get_close_matches(wanted, known, n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else "sdapi-check clients lists them"
    raise SelectionError(f"{name!r} is no known program; {hint}")


def read_client(name: str, title: str, table: dict[str, Any]) -> ClientProgram:
    """Read the table of one program.

    Args:
        name: id of the program.
        title: its name for people.
        table: of its data file.

    Raises:
        CatalogueError: a key is missing or unknown, or an id occurs twice.
    """
    strangers = table.keys() - _KEYS
    if strangers:
        raise CatalogueError(f"{name}.toml: unknown key {', '.join(sorted(strangers))}")
    try:
        client = ClientProgram(
            id=name,
            name=title,
            source=table["source"],
            note=table["note"],
            needs=tuple(map(_reliance, table["needs"])),
            likes=tuple(map(_reliance, table.get("likes", []))),
            mishandles=tuple(map(_reliance, table.get("mishandles", []))),
        )
    except (KeyError, TypeError) as error:
        raise CatalogueError(f"{name}.toml: {error} is missing or malformed") from error
    ids = [*client.need_ids, *client.like_ids, *client.mishandled_ids]
    doubles = {each for each in ids if ids.count(each) > 1}
    if doubles:
        raise CatalogueError(f"{name}.toml: {', '.join(sorted(doubles))} occurs twice")
    return client


def _load(name: str, title: str) -> ClientProgram:
    try:
        text = (_DATA / f"{name}.toml").read_text(encoding="utf-8")
        return read_client(name, title, tomllib.loads(text))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{name}.toml: {error}") from error


def _reliance(table: dict[str, Any]) -> Reliance:
    return Reliance(tuple(table["ids"]), table["consequence"])


_EVERYBODY = Applies.parse("all")


def needed_by(
    clients: Iterable[ClientProgram],
    requirements: Iterable[Requirement],
) -> tuple[Requirement, ...]:
    """The requirements that matter to some programs; all others are left out.

    What one of them needs is a MUST, and what one of them likes a SHOULD, whatever level it has
    otherwise. A need binds every server, for a program does not ask which kind it meets. What
    one of them stumbles over is reported and fails nothing.

    Args:
        clients: the programs.
        requirements: to choose from.

    Returns:
        The chosen ones, with the levels that the programs give them.
    """
    clients = tuple(clients)
    needs = {name for client in clients for name in client.need_ids}
    likes = {name for client in clients for name in client.like_ids}
    mishandled = {name for client in clients for name in client.mishandled_ids}
    chosen = []
    for requirement in requirements:
        if requirement.id in needs:
            chosen.append(replace(requirement, level=Level.MUST, applies=_EVERYBODY))
        elif requirement.id in likes:
            chosen.append(replace(requirement, level=Level.SHOULD, must_for=None))
        elif requirement.id in mishandled:
            chosen.append(replace(requirement, level=Level.MAY, must_for=None))
    return tuple(chosen)
