"""``sdapi-check init``."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.group import PROGRAM
from conformance.deployment.config import FILE_NAME
from conformance.deployment.example import write_example
from conformance.errors import ConfigurationError
from conformance.report import ExitCode


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
