"""``sdapi-check matrix a.json b.json -o matrix.html``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli.ending import ending
from conformance.cli.reading import read_report
from conformance.report.destination import check_destination, write_whole
from conformance.report.matrix import matrix_rows, render_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence


_EPILOG = """\b
Exit codes:
  0 written
  2 wrong usage, or a file that is no report
  4 not written
"""


@click.command("matrix", epilog=_EPILOG)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    default="matrix.html",
    show_default=True,
    help="The page to write.",
)
@click.pass_context
def matrix_command(ctx: click.Context, /, files: Sequence[Path], output: str) -> None:
    """Show requirements by servers on one page of HTML.

    FILES are reports in JSON, one for each column, in their order.
    """
    with ending(ctx):
        check_destination(output, (".html",))
        documents = [read_report(file) for file in files]
        write_whole(Path(output), render_matrix(documents))
        rows = matrix_rows(documents)
        differing = sum(row.differs for row in rows)
        click.echo(
            f"{output}: {len(rows)} requirements, {len(documents)} servers, "
            f"{differing} requirements in which they differ",
        )
