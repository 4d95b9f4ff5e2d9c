"""The known programs, read from the data files."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from conformance.catalogue import load_catalogue
from conformance.clients.client import Client, Reliance
from conformance.errors import CatalogueError, SelectionError

_DATA = files("conformance.clients") / "data"
_KEYS = {"source", "note", "needs", "likes", "trips"}


@cache
def load_clients() -> tuple[Client, ...]:
    """Every program that the catalogue names, in its order.

    Raises:
        CatalogueError: a data file is missing or malformed; names the file.
    """
    return tuple(_load(name, title) for name, title in load_catalogue().clients.items())


def find_client(name: str) -> Client:
    """The program of this id, in any case.

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


def read_client(name: str, title: str, table: dict[str, Any]) -> Client:
    """Read the table of one program.

    Raises:
        CatalogueError: a key is missing or unknown, or an id stands twice.
    """
    strangers = table.keys() - _KEYS
    if strangers:
        raise CatalogueError(f"{name}.toml: unknown key {', '.join(sorted(strangers))}")
    try:
        client = Client(
            id=name,
            name=title,
            source=table["source"],
            note=table["note"],
            needs=tuple(map(_reliance, table["needs"])),
            likes=tuple(map(_reliance, table.get("likes", []))),
            trips=tuple(map(_reliance, table.get("trips", []))),
        )
    except (KeyError, TypeError) as error:
        raise CatalogueError(f"{name}.toml: {error} is missing or malformed") from error
    ids = [*client.need_ids, *client.like_ids, *client.trip_ids]
    doubles = {each for each in ids if ids.count(each) > 1}
    if doubles:
        raise CatalogueError(f"{name}.toml: {', '.join(sorted(doubles))} stands twice")
    return client


def _load(name: str, title: str) -> Client:
    try:
        text = (_DATA / f"{name}.toml").read_text(encoding="utf-8")
        return read_client(name, title, tomllib.loads(text))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{name}.toml: {error}") from error


def _reliance(table: dict[str, Any]) -> Reliance:
    return Reliance(tuple(table["ids"]), table["words"])
