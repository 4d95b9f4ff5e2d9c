"""``sdapi-check report run.json -o run.html``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import choices as read
from conformance.cli.ending import ending
from conformance.cli.reading import read_report

if TYPE_CHECKING:
    from conformance.report.destination import Destination


_EPILOG = """\b
Exit codes:
  0 written
  2 wrong usage, or FILE is no report
  4 not written
"""


@click.command("report", epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    required=True,
    callback=read.reports,
    metavar="FILE",
    help="What to write, several times; the formats are those of --report.",
)
@click.pass_context
def report_command(ctx: click.Context, /, file: Path, outputs: tuple[Destination, ...]) -> None:
    """Write other formats of a report in JSON, without a run."""
    with ending(ctx):
        document = read_report(file)
        for each in outputs:
            click.echo(f"report: {each.write(document)}")
