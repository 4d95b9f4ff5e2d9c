"""``sdapi-check example NAME``."""

from __future__ import annotations

import click

from conformance.deployment.ci_examples import EXAMPLES

_NAMES = [example.name for example in EXAMPLES]


@click.command("example")
@click.argument("name", required=False, type=click.Choice(_NAMES))
def example_command(name: str | None) -> None:
    """Print an example of how to run this in CI or as a probe; without NAME, list them."""
    if name is None:
        click.echo("\n".join(f"{each.name:<12} {each.words}" for each in EXAMPLES))
        return
    click.echo(next(each.text for each in EXAMPLES if each.name == name), nl=False)
