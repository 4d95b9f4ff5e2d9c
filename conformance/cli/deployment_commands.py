"""The commands around sdapi.toml: init, example and restore."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.options import connection_of, connection_options
from conformance.cli.program import PROGRAM, exit_on_error
from conformance.client.connection import Pace
from conformance.deployment import FILE_NAME
from conformance.deployment.example_files import EXAMPLES, write_example
from conformance.deployment.undo_journal.leftovers import read_journal, restore
from conformance.detection.readiness import INTERVAL, when_awake
from conformance.detection.target import Target
from conformance.errors import ConfigurationError
from conformance.report.document import ExitCode
from conformance.runner.option_guard import describe_differences

if TYPE_CHECKING:
    from conformance.client.client import Client
    from conformance.deployment.connection import Connection


@click.command("init")
@click.argument("file", default=FILE_NAME, type=click.Path(path_type=Path))
@click.pass_context
def init_command(ctx: click.Context, /, file: Path) -> None:
    """Write an annotated example of the configuration to FILE (sdapi.toml), if it is new."""
    try:
        write_example(file)
    except ConfigurationError as error:
        click.echo(f"{PROGRAM}: {error}", err=True)
        ctx.exit(int(ExitCode.USAGE))
    click.echo(f"{file} is written; change its url, and run: {PROGRAM} --config {file}")


_NAMES = [example.name for example in EXAMPLES]


@click.command("example")
@click.argument("name", required=False, type=click.Choice(_NAMES))
def example_command(name: str | None) -> None:
    """Print an example of how to run this in CI or as a probe; without NAME, list them."""
    if name is None:
        click.echo("\n".join(f"{each.name:<12} {each.words}" for each in EXAMPLES))
        return
    click.echo(next(each.text for each in EXAMPLES if each.name == name), nl=False)


_EPILOG = """\b
Exit codes:
  0 all options are as they were      3 server not reached, no sdapi, or busy
  2 wrong usage                       4 FILE cannot be used, or options cannot be put back
"""


@click.command("restore", epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
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
