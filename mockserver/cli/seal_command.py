"""``sdapi-mock seal``: take a meant change of a fixture set into its manifest."""

from __future__ import annotations

from pathlib import Path

import click

_HELP = """Take the files of a fixture set as they now are into its manifest.

A set that was edited by hand is refused when it is loaded, as nobody can tell an edit from a
mishap. After an edit that was meant, seal it. What its own openapi document denies stays refused.

\b
Examples:
  sdapi-mock seal my-webui
"""


@click.command("seal", help=_HELP)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def seal_command(folder: Path) -> None:
    """Seal; see the help."""
    from mockserver.fixtureset.check import seal  # noqa: PLC0415 - --help starts faster

    changed = seal(folder)
    click.echo(f"sealed: {', '.join(changed)}" if changed else "nothing had changed")
