"""``sdapi-mock profiles``, ``extensions``, ``faults`` and ``example``: commands that list."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.fixtures.outline import Outline
    from mockserver.profiles.differences import Change
    from mockserver.profiles.profile import Profile


_EXTENSIONS_HELP = """The extensions that a simulated webui can have.

\b
Examples:
  sdapi-mock extensions list
  sdapi-mock --extensions controlnet,adetailer
  sdapi-mock --extensions controlnet@1.1.447
"""


@click.group("extensions", help=_EXTENSIONS_HELP)
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


_FAULTS_HELP = """List the faults that the mock can let happen.

A fault is used by --fault, by POST /_mock/faults, by the header X-Sdapi-Mock of one request, and
in Python by webui.faults.add and webui.fault. Each takes beside its own options:

\b
  route=txt2img       where; a path, a pattern, maybe a method before it
  when.steps=20       only for payloads with this value
  after=2             the first two calls pass
  times=1             how often; every time when left out
  probability=0.1     how likely, and seed=7 for the same dice again
  latency=2s          so long it takes before it happens

\b
Examples:
  sdapi-mock --fault "oom; times=1"
  sdapi-mock --fault "latency=300ms; route=*"
  curl -H "X-Sdapi-Mock: fault=gateway-timeout" URL/sdapi/v1/txt2img --json '{}'
"""


@click.command("faults", help=_FAULTS_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print the catalogue as JSON.")
def faults_command(*, as_json: bool) -> None:
    """List; see the help.

    Args:
        as_json: whether to print JSON.
    """
    from mockserver.faults.registry import describe  # noqa: PLC0415 - --help starts faster

    found = describe()
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    width = max(len(item["fault"]) for item in found)
    for item in found:
        click.echo(f"{item['fault']:<{width}}  {item['summary']}")
        options = ", ".join(f"{name}={value}" for name, value in item["options"].items())
        if options:
            click.echo(f"{'':<{width}}  options: {options}")


_PROFILES_HELP = """The servers that the mock can be, for serve --profile.

\b
Examples:
  sdapi-mock profiles list
  sdapi-mock profiles show a1111-1.6.0
  sdapi-mock profiles diff a1111-1.6.0 a1111-1.10.1
"""


@click.group("profiles", help=_PROFILES_HELP)
def profiles_command() -> None:
    """All commands about profiles."""


@profiles_command.command("list")
def list_profiles() -> None:
    """Name, family, version and fixture set of each profile, and whether it was recorded."""
    from mockserver.profiles.loader import load_profile, profile_names  # noqa: PLC0415 - --help starts faster

    rows = [("profile", "family", "version", "fixtures", "from")]
    for name in profile_names():
        profile = load_profile(name)
        row = (name, profile.family, profile.version or "-", profile.fixtures, _origin(profile))
        rows.append(row)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@profiles_command.command("show")
@click.argument("name")
def show_profile(name: str) -> None:
    """Where one profile is from, and every rule of it.

    Args:
        name: of the profile.
    """
    from mockserver.profiles.differences import flat  # noqa: PLC0415 - as above
    from mockserver.profiles.loader import load_profile  # noqa: PLC0415 - as above

    profile = load_profile(name)
    click.echo(f"from: {_origin(profile)}")
    for place, value in flat(profile).items():
        click.echo(f"{place} = {_shown(value)}")


def _origin(profile: Profile) -> str:
    from mockserver.replay.packaged import packaged_recordings  # noqa: PLC0415 - as above

    recorded = packaged_recordings(profile.fixtures)
    return "recordings" if recorded else "derived from its source"


def _shown(value: Any) -> str:
    if isinstance(value, tuple) and value:
        return "".join(f"\n    {item}" for item in value)
    return repr(value) if isinstance(value, str | dict | tuple) else str(value).lower()


@profiles_command.command("diff")
@click.argument("first")
@click.argument("second")
def diff_profiles(first: str, second: str) -> None:
    """What the second has otherwise than the first: + more, - less, ~ changed.

    Rules, then routes, fields of requests, samplers, schedulers, scripts and options of the two
    servers' lists. Exit code 0, also where they differ.

    Args:
        first: name of a profile.
        second: name of a profile.
    """
    from mockserver.profiles.differences import item_changes, rule_changes, value_changes  # noqa: PLC0415
    from mockserver.profiles.loader import load_profile  # noqa: PLC0415 - as above

    one, other = load_profile(first), load_profile(second)
    a, b = (_outline(profile) for profile in (one, other))
    _section("rules", rule_changes(one, other))
    _section("routes", item_changes(a.routes, b.routes))
    _section("request fields", value_changes(a.fields, b.fields, ""))
    _section("samplers", item_changes(a.samplers, b.samplers))
    _section("schedulers", item_changes(a.schedulers, b.schedulers))
    _section("scripts", item_changes(a.scripts, b.scripts))
    _section("options", value_changes(a.options, b.options, ""))


def _outline(profile: Profile) -> Outline:
    """By its lists and document, or what its family says in place of a document."""
    from mockserver.backends.registry import backend_of  # noqa: PLC0415 - as above
    from mockserver.fixtures.fixture_set import FixtureSet  # noqa: PLC0415 - as above
    from mockserver.fixtures.outline import outline  # noqa: PLC0415 - as above

    found, family = outline(FixtureSet.packaged(profile.fixtures)), backend_of(profile)
    if found.routes:
        return found
    return replace(found, routes=family.routes, fields=dict(family.fields))


def _section(title: str, changes: Iterable[Change]) -> None:
    found = list(changes)
    click.echo(f"{title}: {'alike' if not found else len(found)}")
    for change in found:
        click.echo(f"  {change}")


_EXAMPLES_FOLDER = Path(__file__).parent / "examples"
#: Name to file and what it is.
EXAMPLES = {
    "compose": ("compose.yaml", "a service of Docker Compose, with a health check"),
    "github-service": ("github.yml", "a GitHub workflow that tests against the mock"),
    "playwright": ("playwright.mjs", "the mock as web server of Playwright"),
    "vitest": ("vitest.mjs", "a global setup for Vitest, with helpers for tests"),
    "jest": ("jest.cjs", "a global setup for Jest"),
    "go": ("mock_test.go", "a TestMain for Go"),
}
_EXAMPLE_HELP = """Print how to start the mock from another tool; without NAME, list them.

\b
Examples:
  sdapi-mock example
  sdapi-mock example vitest > vitest.setup.mjs
"""


@click.command("example", help=_EXAMPLE_HELP)
@click.argument("name", required=False, type=click.Choice(list(EXAMPLES)))
def example_command(name: str | None) -> None:
    """Print; see the help.

    Args:
        name: of the example; None lists them.
    """
    if name is None:
        for known, (_, meaning) in EXAMPLES.items():
            click.echo(f"{known:<15} {meaning}")
        return
    click.echo((_EXAMPLES_FOLDER / EXAMPLES[name][0]).read_text(encoding="utf-8"), nl=False)
