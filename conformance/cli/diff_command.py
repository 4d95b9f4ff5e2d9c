"""``sdapi-check diff old.json new.json``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from conformance.catalogue import Level
from conformance.cli import choices as read
from conformance.cli.ending import ending
from conformance.cli.reading import read_report
from conformance.report import ExitCode
from conformance.report.comparison import compare
from conformance.report.comparison_text import comparison_json, comparison_lines

_EPILOG = """\b
Exit codes:
  0 nothing fails that did not
  1 something does
  2 wrong usage, or no report
"""


@click.command("diff", epilog=_EPILOG)
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
    """Tell what changed from one report to another, as after an upgrade.

    OLD and NEW are reports in JSON.
    """
    with ending(ctx):
        comparison = compare(read_report(old), read_report(new))
        if as_json:
            click.echo(json.dumps(comparison_json(comparison), indent=1, ensure_ascii=False))
        else:
            click.echo("\n".join(comparison_lines(comparison)))
        worse = comparison.worse(fail_on)
        ctx.exit(int(ExitCode.NOT_CONFORMANT if worse else ExitCode.CONFORMANT))
