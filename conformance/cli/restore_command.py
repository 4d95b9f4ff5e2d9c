"""``sdapi-check restore FILE``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.ending import ending
from conformance.cli.reach_options import reach_of, reach_options
from conformance.client.waiting import Pace
from conformance.deployment.awake import INTERVAL, when_awake
from conformance.deployment.left_journal import read_journal
from conformance.deployment.restoring import restore
from conformance.lab.keeper import told
from conformance.target import Target

if TYPE_CHECKING:
    from conformance.client.client import Client
    from conformance.deployment.reach import Reach

_EPILOG = """\b
Exit codes:
  0 all options are as they were      3 server not reached, no sdapi, or busy
  2 wrong usage                       4 FILE cannot be used, or options cannot be put back
"""


@click.command("restore", epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--url", help="Address of the server, if it is another by now.")
@reach_options
@click.pass_context
def restore_command(ctx: click.Context, /, file: Path, url: str | None, **given: Any) -> None:
    """Put back the options that a run which died left changed.

    FILE is the undo journal of that run. It is removed once all options read as they did.
    """
    with ending(ctx):
        journal = read_journal(file)
        server = url or (journal.text.server if journal.text else "")
        with ExitStack() as stack:

            def connect() -> Client:
                return stack.enter_context(_client(reach_of(ctx, server, given)))

            left = restore(journal, connect, click.echo)
        click.echo(f"put back: {told(left, most=20)}" if left else "all options are as they were")


def _client(reach: Reach) -> Client:
    """A client of the server, once that is awake and lets us in."""

    def attempt() -> Client:
        client = reach.client()
        Target(client).recognise()
        return client

    return when_awake(attempt, Pace(interval=INTERVAL, limit=reach.wait), click.echo)
