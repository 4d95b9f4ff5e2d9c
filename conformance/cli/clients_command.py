"""``sdapi-check clients``."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import click

from conformance.cli.ending import ending
from conformance.clients import find_client, load_clients

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.clients import Client, Reliance

_WIDTH = 96


@click.command("clients")
@click.argument("name", required=False)
@click.pass_context
def clients_command(ctx: click.Context, /, name: str | None) -> None:
    """List the known programs, or tell all about the one called NAME."""
    with ending(ctx):
        lines = _all_about(find_client(name)) if name else map(_line, load_clients())
        click.echo("\n".join(lines))


def _line(client: Client) -> str:
    counts = f"{len(client.need_ids):>2} needs, {len(client.like_ids):>2} likes"
    return f"{client.id:<22} {counts}  {client.name}"


def _all_about(client: Client) -> Iterator[str]:
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
