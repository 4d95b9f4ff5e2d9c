"""Commands that list and explain, and those around a deployment."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.options import connection_of, connection_options
from conformance.cli.program import PROGRAM, complain, exit_on_error, write
from conformance.cli.session import all_properties
from conformance.client.connection import Pace
from conformance.deployment import FILE_NAME
from conformance.deployment.example_files import EXAMPLES, write_example
from conformance.deployment.undo_journal.leftovers import read_journal, restore
from conformance.detection.readiness import INTERVAL, when_awake
from conformance.detection.target import Target
from conformance.errors import ConfigurationError
from conformance.report.document import ExitCode
from conformance.report.layout import filled, width_of
from conformance.requirements.catalogue import (
    client_names,
    find,
    levels_of,
    load_catalogue,
    render_catalogue,
    select,
    whole_catalogue,
)
from conformance.requirements.client_programs import find_client, load_clients
from conformance.runner.option_record import describe_differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.client.client import Client
    from conformance.deployment.connection import Connection
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
    """One line a requirement: id, level, cost, effect, sentence; tabs in no place, to be cut.

    Args:
        requirements: those chosen.
    """
    shown = list(requirements)
    width = max((len(r.id) for r in shown), default=0)
    return [f"{r.id:<{width}} {r.level:<6} {r.cost:<9} {r.effect:<15} {r.sentence}" for r in shown]


def explain_lines(requirement: Requirement) -> list[str]:
    """All about one requirement.

    Args:
        requirement: one of the catalogue.
    """
    clients = client_names()
    lines = [f"{requirement.id} ({levels_of(requirement)})", "", _filled(requirement.sentence), ""]
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


def _filled(text: str, indent: str = "") -> str:
    width = min(width_of(sys.stdout) or _WIDTH, _WIDTH)
    return "\n".join(filled(text, width, indent))


@click.command("clients")
@click.argument("name", required=False)
@click.pass_context
def clients_command(ctx: click.Context, /, name: str | None) -> None:
    """List the known programs, or describe the one called NAME."""
    with exit_on_error(ctx):
        lines = _all_about(find_client(name)) if name else map(_line, load_clients())
        write(line for text in lines for line in text.split("\n"))


def _line(client: ClientProgram) -> str:
    counts = f"{len(client.need_ids):>2} needs, {len(client.like_ids):>2} likes"
    return f"{client.id:<22} {counts}  {client.name}"


def _all_about(client: ClientProgram) -> Iterator[str]:
    yield f"{client.name} ({client.id})"
    yield from ("", _filled(client.note), "", f"Source: {client.source}")
    yield from _reliances("Breaks without", client.needs)
    yield from _reliances("Loses something without", client.likes)
    yield from _reliances(
        "Loses something, by a fault of its own, where this is met", client.mishandles
    )


def _reliances(title: str, reliances: tuple[Reliance, ...]) -> Iterator[str]:
    if not reliances:
        return
    yield from ("", f"{title}:")
    for each in reliances:
        yield _filled(each.consequence, "  ")
        yield _filled(" ".join(each.ids), "    ")


@click.command("init")
@click.argument("file", default=FILE_NAME, type=click.Path(path_type=Path))
@click.pass_context
def init_command(ctx: click.Context, /, file: Path) -> None:
    """Write an annotated example of the configuration to FILE (sdapi.toml), if it is new."""
    try:
        write_example(file)
    except ConfigurationError as error:
        complain(str(error))
        ctx.exit(int(ExitCode.USAGE))
    click.echo(f"{file} is written; change its url, and run: {PROGRAM} --config {file}")


_NAMES = [example.name for example in EXAMPLES]


@click.command("example")
@click.argument("name", required=False, type=click.Choice(_NAMES))
def example_command(name: str | None) -> None:
    """Print an example of how to run this in CI or as a probe; without NAME, list them."""
    if name is None:
        write(f"{each.name:<14} {each.summary}" for each in EXAMPLES)
        return
    click.echo(next(each.text for each in EXAMPLES if each.name == name), nl=False)


def _journal_file(_: click.Context, __: click.Parameter, value: Path) -> Path:
    """A file that is there; a journal is not, once it has done its work."""
    if not value.exists():
        message = "there is no such file; a journal is removed once all options are put back"
        raise click.BadParameter(f"{value}: {message}")
    if value.is_dir():
        raise click.BadParameter(f"{value} is a folder; name the journal in it")
    return value


_EPILOG = """\b
Exit codes:
  0 all options are as they were
  2 wrong usage, or there is no such file
  3 server not reached, no sdapi, or busy
  4 FILE cannot be used, or options cannot be put back
"""


@click.command("restore", epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path), callback=_journal_file)
@click.option("--url", help="Address of the server, if it is another by now.")
@connection_options
@click.pass_context
def restore_command(ctx: click.Context, /, file: Path, url: str | None, **given: Any) -> None:
    """Put back the options that a run which died left changed.

    FILE is the undo journal of that run. It is removed once all options read as they did.
    """
    with exit_on_error(ctx):
        journal = read_journal(file)
        server = url or (journal.text.server if journal.text else "")
        with ExitStack() as stack:

            def connect() -> Client:
                return stack.enter_context(_client(connection_of(ctx, server, given)))

            left = restore(journal, connect, click.echo)
        click.echo(
            f"put back: {describe_differences(left, most=20)}"
            if left
            else "all options are as they were"
        )


def _client(connection: Connection) -> Client:
    """A client of the server, once that is awake and lets us in."""

    def attempt() -> Client:
        client = connection.client()
        Target(client).recognise()
        return client

    return when_awake(attempt, Pace(interval=INTERVAL, limit=connection.wait), click.echo)
