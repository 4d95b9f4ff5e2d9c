"""``sdapi-check security URL``: what strangers see and do on a server."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import options as read
from conformance.cli.config_jobs import target_connections
from conformance.cli.options import (
    LEVELS,
    Number,
    connection_of,
    connection_options,
    try_fetch_option,
)
from conformance.cli.program import exit_on_error
from conformance.client.connection import Pace
from conformance.client.fields import did_you_mean
from conformance.detection.readiness import INTERVAL, when_awake
from conformance.report.destination import write_whole
from conformance.report.document import ExitCode, suite_version
from conformance.runner.check_context import ContextSettings, open_context
from conformance.runner.retries import RateLimit
from conformance.security.finding import Level, summary, topics
from conformance.security.look import Wish, look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.deployment.connection import Connection
    from conformance.runner.check_context import CheckContext
    from conformance.security.finding import Finding


_EPILOG = """\b
Levels:
  high    strangers, or any website, can use, change or read what is not theirs
  medium  one more step is needed, or only a part is open
  low     a layer that is missing

\b
Examples:
  sdapi-check security http://127.0.0.1:7860
  SDAPI_AUTH=user:pass sdapi-check security https://pictures.example.org --fail-on-security high
  sdapi-check security http://127.0.0.1:7860 --try-fetch --json security.json
  sdapi-check security --config sdapi.toml --target live

\b
Exit codes:
  0 looked at, whatever was found
  1 a finding is as bad as --fail-on-security says, or worse
  2 wrong usage
  3 server not reached, or no sdapi
  4 the JSON was not written
"""
_STANDARD = "-"


def _topics(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Ids of topics, with commas or repeated; a name that is none is refused with its nearest."""
    names = tuple(name.upper() for name in read.split(ctx, param, values))
    for name in names:
        if name not in topics():
            hint = did_you_mean(name, topics()) or f"there are {', '.join(topics())}"
            raise click.BadParameter(f"{name} is no topic; {hint}")
    return names


@click.command("security", epilog=_EPILOG)
@click.argument("url", required=False, callback=read.url)
@connection_options
@click.option(
    "--config",
    metavar="FILE",
    help="Look at the targets of this file. Default: sdapi.toml in the current folder where no "
    "URL is given.",
)
@read.target_option
@click.option("--rate", type=Number(0, min_open=True), help="Requests a second at most.")
@click.option(
    "--fail-on-security",
    "fail_on",
    type=click.Choice(LEVELS),
    help="The least bad finding that makes exit code 1. Default: none does.",
)
@try_fetch_option
@click.option(
    "--only",
    multiple=True,
    callback=_topics,
    metavar="ID",
    help="Topics to look at; all by default.",
)
@click.option("--json", "file", metavar="FILE", help="Write JSON too; '-' for JSON alone.")
@click.pass_context
def security_command(ctx: click.Context, /, **given: Any) -> None:
    """Look at what strangers see and do on the server at URL, read-only.

    Without URL at the targets of sdapi.toml, one after the other.

    Reads and documented routes are asked without credentials and with wrong ones, with bodies that
    FastAPI refuses; no route is asked that could end, write or generate something. Names are
    reported, and never values. Findings are no verdicts on conformance.

    Wrong credentials are tried until somebody counts them (429). Where a gateway locks out whoever
    shows wrong ones, name the other topics with --only.
    """
    with exit_on_error(ctx):
        wish = Wish(thorough=True, try_fetch=given["try_fetch"], only=given["only"])
        looked = [_look(each, given["rate"], wish) for each in _connections(ctx, given)]
        _show(looked, given["file"])
        limit = given["fail_on"]
        levels = [each.level for one in looked for each in one.findings]
        failed = limit is not None and any(level.at_least(Level(limit)) for level in levels)
        ctx.exit(int(ExitCode.NOT_CONFORMANT if failed else ExitCode.CONFORMANT))


@dataclass(frozen=True)
class Looked:
    """A server, and what was found out about it.

    Args:
        url: its address, without credentials.
        profile: what kind of server it is.
        findings: one for each topic.
    """

    url: str
    profile: str
    findings: tuple[Finding, ...]


def _connections(ctx: click.Context, given: dict[str, Any]) -> list[Connection]:
    """How to reach the server that is named, or those of a file."""
    if given["url"] is not None and given["config"] is None:
        return [connection_of(ctx, given["url"], given)]
    if given["url"] is not None:
        raise click.UsageError("--config names servers itself; leave out the URL, or --config")
    return target_connections(ctx, given)


def _look(connection: Connection, rate: float | None, wish: Wish) -> Looked:
    with closing(_connect(connection, rate)) as context:
        found = look(connection, context, wish)
        return Looked(context.client.address.base, str(context.profile), found)


def _connect(connection: Connection, rate: float | None) -> CheckContext:
    settings = ContextSettings(
        timeouts=connection.timeouts, auth=connection.credentials, rate=RateLimit(rate)
    )
    pace = Pace(interval=INTERVAL, limit=connection.wait)
    return when_awake(lambda: open_context(connection.client(), settings), pace, _say)


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _show(looked: Sequence[Looked], file: str | None) -> None:
    text = json.dumps(security_json(looked), indent=1, ensure_ascii=False) + "\n"
    if file == _STANDARD:
        click.echo(text, nl=False)
        return
    width = min(shutil.get_terminal_size().columns, 96)
    for number, one in enumerate(looked):
        lines = [("", None)] * bool(number) + list(security_lines(one, width))
        for line, colour in lines:
            click.echo(click.style(line, fg=colour) if colour and sys.stdout.isatty() else line)
    if file is not None:
        write_whole(Path(file), text)
        click.echo(f"written: {file}")


def security_json(looked: Sequence[Looked]) -> dict[str, Any]:
    """The findings as a JSON value.

    Args:
        looked: the servers.

    Returns:
        An object with a list ``servers``, and the findings of each.
    """
    return {
        "suite": "sdapi-conformance",
        "version": suite_version(),
        "servers": [
            {
                "url": one.url,
                "profile": one.profile,
                "findings": [_finding_json(each) for each in one.findings],
            }
            for one in looked
        ],
    }


def _finding_json(each: Finding) -> dict[str, Any]:
    return {
        "id": each.id,
        "level": str(each.level),
        "title": each.topic.title,
        "sentence": each.sentence,
        "details": list(each.details),
        "why": each.topic.why,
        "advice": each.topic.advice,
        "profile": each.topic.profile,
    }


_COLOURS = {Level.HIGH: "red", Level.MEDIUM: "yellow", Level.LOW: "blue"}
_LIST = 20


def security_lines(looked: Looked, width: int) -> Iterator[tuple[str, str | None]]:
    """The findings as lines, each with its colour; the worst first.

    Args:
        looked: a server.
        width: of the terminal, in characters.
    """
    found = looked.findings
    for line in _wrapped(f"{looked.url} as {looked.profile}: {summary(found)}", width, "  ", ""):
        yield line, None
    for level, colour in _COLOURS.items():
        for each in (f for f in found if f.level is level):
            yield "", None
            for line in _wrapped(f"{level.upper()} {each.id}: {each.topic.title}", width, "  ", ""):
                yield line, colour
            for line in _body(each, max(width, 20)):
                yield line, None
    yield "", None
    for level, word in ((Level.UNKNOWN, "not looked at"), (Level.FINE, "fine")):
        for each in (f for f in found if f.level is level):
            for line in _wrapped(f"{word} {each.id}: {each.sentence}", width, "  ", ""):
                yield line, None


def _body(each: Finding, width: int) -> Iterator[str]:
    yield from _wrapped(each.sentence, width, "  ")
    for detail in each.details[:_LIST]:
        yield from _wrapped(detail, width, "    ", "  - ")
    if len(each.details) > _LIST:
        yield f"  - and {len(each.details) - _LIST} more (--json FILE has all)"
    yield from _wrapped(f"Why: {each.topic.why}", width, "  ")
    yield from _wrapped(f"Do: {each.topic.advice}", width, "  ")


def _wrapped(text: str, width: int, indent: str = "  ", first: str | None = None) -> list[str]:
    return wrap(
        text,
        width,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
