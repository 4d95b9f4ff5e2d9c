"""The commands that read reports: report, diff and matrix."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import options as read
from conformance.cli.program import exit_on_error, write
from conformance.errors import ConfigurationError, ReportError
from conformance.report.comparison import compare, comparison_json, comparison_lines
from conformance.report.destination import check_destination, write_whole
from conformance.report.document import ExitCode
from conformance.report.json_report import read_document
from conformance.report.matrix import matrix_rows, render_matrix
from conformance.requirements.requirement import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.report.destination import Destination
    from conformance.report.document import Document


def read_report(path: Path) -> Document:
    """The document in a file.

    Args:
        path: of a report in JSON.

    Raises:
        ConfigurationError: the file cannot be read, or is no report in JSON.
    """
    try:
        return read_document(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, ReportError) as error:
        message = str(error) if isinstance(error, ReportError) else f"{path} is no text"
        raise ConfigurationError(message) from error


_REPORT_EPILOG = """\b
Exit codes:
  0 written
  2 wrong usage, or FILE is no report
  4 not written
"""


@click.command("report", epilog=_REPORT_EPILOG)
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
    with exit_on_error(ctx):
        document = read_report(file)
        for each in outputs:
            path = each.write(document)
            if not each.to_standard_output:
                write([f"report: {path}"])


_DIFF_EPILOG = """\b
Exit codes:
  0 nothing fails that did not
  1 something does
  2 wrong usage, or no report
"""


@click.command("diff", epilog=_DIFF_EPILOG)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of text.")
@click.option(
    "--fail-on",
    type=click.Choice([level.lower() for level in Level]),
    default="must",
    show_default=True,
    callback=read.level,
    help="The least binding level whose new failure makes exit code 1.",
)
@click.pass_context
def diff_command(
    ctx: click.Context,
    /,
    old: Path,
    new: Path,
    *,
    as_json: bool,
    fail_on: Level,
) -> None:
    """Show what changed from one report to another, as after an upgrade.

    OLD and NEW are reports in JSON.
    """
    with exit_on_error(ctx):
        comparison = compare(read_report(old), read_report(new))
        if as_json:
            click.echo(json.dumps(comparison_json(comparison), indent=1, ensure_ascii=False))
        else:
            write(comparison_lines(comparison))
        worse = comparison.worse(fail_on)
        ctx.exit(int(ExitCode.NOT_CONFORMANT if worse else ExitCode.CONFORMANT))


_MATRIX_EPILOG = """\b
Exit codes:
  0 written
  2 wrong usage, or a file that is no report
  4 not written
"""


@click.command("matrix", epilog=_MATRIX_EPILOG)
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
    with exit_on_error(ctx):
        check_destination(output, (".html",))
        documents = [read_report(file) for file in files]
        write_whole(Path(output), render_matrix(documents))
        rows = matrix_rows(documents)
        differing = sum(row.differs for row in rows)
        click.echo(
            f"{output}: {len(rows)} requirements, {len(documents)} servers, "
            f"{differing} requirements in which they differ",
        )
