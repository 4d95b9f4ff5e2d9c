"""``sdapi-mock example``: how the mock is started from other tools and languages."""

from __future__ import annotations

from pathlib import Path

import click

_FOLDER = Path(__file__).parent / "examples"
#: Name to file and what it is.
EXAMPLES = {
    "compose": ("compose.yaml", "a service of Docker Compose, with a health check"),
    "github-service": ("github.yml", "a GitHub workflow that tests against the mock"),
    "playwright": ("playwright.mjs", "the mock as web server of Playwright"),
    "vitest": ("vitest.mjs", "a global setup for Vitest, with helpers for tests"),
    "jest": ("jest.cjs", "a global setup for Jest"),
    "go": ("mock_test.go", "a TestMain for Go"),
}
_HELP = """Print how to start the mock from another tool; without NAME, list them.

\b
Examples:
  sdapi-mock example
  sdapi-mock example vitest > vitest.setup.mjs
"""


@click.command("example", help=_HELP)
@click.argument("name", required=False, type=click.Choice(list(EXAMPLES)))
def example_command(name: str | None) -> None:
    """Print; see the help.

    Args:
        name: of the example; None lists them.
    """
    if name is None:
        for known, (_, words) in EXAMPLES.items():
            click.echo(f"{known:<15} {words}")
        return
    click.echo((_FOLDER / EXAMPLES[name][0]).read_text(encoding="utf-8"), nl=False)
