"""``sdapi-mock extensions``."""

from __future__ import annotations

import click

_HELP = """The extensions that a simulated webui can have.

\b
Examples:
  sdapi-mock extensions list
  sdapi-mock --extensions controlnet,adetailer
  sdapi-mock --extensions controlnet@1.1.447
"""


@click.group("extensions", help=_HELP)
def extensions_command() -> None:
    """All commands about extensions."""


@extensions_command.command("list")
def list_command() -> None:
    """List name, versions (the newest first), scripts and routes of each extension."""
    from mockserver.extensions import packaged  # noqa: PLC0415 - --help starts faster
    from mockserver.fixtures.fixture_set import FixtureSet  # noqa: PLC0415 - as above

    for name, kind in packaged().items():
        lists = FixtureSet.packaged(f"extensions/{name}")
        titles = dict.fromkeys(t for names in lists.get("scripts").values() for t in names)
        paths = list(lists.get("openapi")["paths"])
        click.echo(f"{name} ({', '.join(kind.versions)}): {kind.summary}")
        if titles:
            click.echo(f"  scripts: {', '.join(titles)}")
        if paths:
            click.echo(f"  routes: {', '.join(paths)}")
