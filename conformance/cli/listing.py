"""Lists requirements and client programs."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.program import exit_on_error
from conformance.cli.session import all_properties
from conformance.requirements.catalogue import (
    client_names,
    find,
    load_catalogue,
    select,
    whole_catalogue,
)
from conformance.requirements.client_programs import find_client, load_clients
from conformance.requirements.page import render_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.requirements.client_programs import ClientProgram, Reliance
    from conformance.requirements.requirement import Requirement


_WIDTH = 96


def show(given: dict[str, Any]) -> list[str]:
    """The lines that ``--explain`` or ``--list`` asks for.

    Args:
        given: the options' values by name.

    Raises:
        SelectionError: there is no such requirement.
    """
    catalogue = load_catalogue()
    if given["explain"]:
        lines = explain_lines(_named(given["explain"]))
    elif given["markdown"]:
        lines = [render_catalogue(catalogue).rstrip("\n")]
    else:
        lines = list_lines(select(whole_catalogue(), given["only"], given["skip"]))
    return lines


def _named(name: str) -> Requirement:
    known = {item.requirement.id: item.requirement for item in all_properties()}
    return known.get(name.strip().upper()) or find(whole_catalogue(), name)


def list_lines(requirements: Iterable[Requirement]) -> list[str]:
    """One line a requirement: id, level, cost, effect, sentence; tabs in no place, to be cut."""
    shown = list(requirements)
    width = max((len(r.id) for r in shown), default=0)
    return [f"{r.id:<{width}} {r.level:<6} {r.cost:<9} {r.effect:<15} {r.sentence}" for r in shown]


def explain_lines(requirement: Requirement) -> list[str]:
    """All about one requirement."""
    clients = client_names()
    lines = [f"{requirement.id} ({requirement.level})", "", _filled(requirement.sentence), ""]
    lines.append(_filled(requirement.why))
    names = ", ".join(clients[client] for client in requirement.clients)
    lines.append(_filled(f"Breaks without it: {names or 'none of the programs known here'}."))
    lines += [
        "",
        f"Applies to: {requirement.applies}",
        f"Source:     {requirement.source}",
        f"Checking:   cost {requirement.cost}, effect {requirement.effect}",
    ]
    return lines


def _filled(text: str) -> str:
    return fill(text, _WIDTH)


@click.command("clients")
@click.argument("name", required=False)
@click.pass_context
def clients_command(ctx: click.Context, /, name: str | None) -> None:
    """List the known programs, or describe the one called NAME."""
    with exit_on_error(ctx):
        lines = _all_about(find_client(name)) if name else map(_line, load_clients())
        click.echo("\n".join(lines))


def _line(client: ClientProgram) -> str:
    counts = f"{len(client.need_ids):>2} needs, {len(client.like_ids):>2} likes"
    return f"{client.id:<22} {counts}  {client.name}"


def _all_about(client: ClientProgram) -> Iterator[str]:
    yield f"{client.name} ({client.id})"
    yield from ("", fill(client.note, _WIDTH), "", f"Source: {client.source}")
    yield from _reliances("Breaks without", client.needs)
    yield from _reliances("Loses something without", client.likes)
    yield from _reliances("Loses something, by a fault of its own, where this is met", client.trips)


def _reliances(title: str, reliances: tuple[Reliance, ...]) -> Iterator[str]:
    if not reliances:
        return
    yield from ("", f"{title}:")
    for each in reliances:
        yield fill(each.words, _WIDTH, initial_indent="  ", subsequent_indent="  ")
        yield fill(" ".join(each.ids), _WIDTH, initial_indent="    ", subsequent_indent="    ")
