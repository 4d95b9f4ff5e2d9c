"""``sdapi-check load URL...``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import load_session
from conformance.cli import options as read
from conformance.cli.options import Number, connection_options
from conformance.cli.program import exit_on_error
from conformance.errors import ConfigurationError, ConformanceError
from conformance.load.job import Place
from conformance.load.launch import insist_on_locust, run_worker
from conformance.load.workload import Mix, parse_duration, parse_share, parse_stages

if TYPE_CHECKING:
    from collections.abc import Callable


_EPILOG = """\b
Examples:
  sdapi-check load URL                     1 to 8 users, 48 pictures at most
  sdapi-check load URL --plan              what that would ask for
  sdapi-check load URL --mix 512x512x20:3,768x768x30:1 --budget 100
  sdapi-check load URL --users 1,5,10,20 --think 30s --p95 60s --budget 200
  sdapi-check load URL --rate 2,4,8        new users a minute, at random
  sdapi-check load URL --servers 3         three servers at one address
  sdapi-check load URL1 URL2 --report load.html
  sdapi-check load URL --workers 4         four processes make the load
  sdapi-check load URL --workers 8 --master 10.0.0.1
  sdapi-check load URL --worker 10.0.0.1   on each of the other machines

\b
Exit codes:
  0 measured
  1 a limit was not kept
  2 wrong usage
  3 server not reached, or no sdapi
  4 the load could not be made, or a report not written
  130 interrupted; what was measured is reported
"""


def _value(parse: Callable[[str], Any]) -> Callable[..., Any]:
    """A callback that reads an option, and says what is wrong with it."""

    def callback(_: click.Context, __: click.Parameter, value: str | None) -> Any:
        try:
            return None if value is None else parse(value)
        except ConformanceError as error:
            raise click.BadParameter(str(error)) from error

    return callback


def _positive(text: str) -> float:
    seconds = parse_duration(text)
    if not seconds:
        raise ConfigurationError("it has to be above 0")
    return seconds


_PORT = 5557


def _place(text: str) -> Place:
    """``HOST``, or ``HOST:PORT``; an IPv6 host in brackets where a port follows."""
    host, colon, port = text.rpartition(":")
    if not colon or (host.count(":") and not host.endswith("]")):
        return Place(text.strip("[]"), _PORT)
    if not port.isdigit() or not host or not 0 < int(port) < 1 << 16:
        raise ConfigurationError(f"{text!r} is no place; write HOST or HOST:PORT")
    return Place(host.strip("[]"), int(port))


def _report(text: str) -> Path:
    from conformance.report.destination import check_destination  # noqa: PLC0415 - loads formats

    check_destination(text, (".json", ".html", ".xml", ".md"))
    return Path(text)


def _reports(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[Path, ...]:
    try:
        return tuple(map(_report, values))
    except ConformanceError as error:
        raise click.BadParameter(str(error)) from error


@click.command("load", epilog=_EPILOG)
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option(
    "--mix",
    default="512x512x20",
    show_default=True,
    callback=_value(Mix.parse),
    help="Kinds of pictures: width x height x steps : weight, with commas between them; "
    "512x512x20x4 asks for four pictures at once.",
)
@click.option(
    "--users",
    default="1,2,4,8",
    show_default=True,
    callback=_value(parse_stages),
    help="Stages of the ramp: so many users at once (closed model).",
)
@click.option(
    "--think",
    default="5s",
    show_default=True,
    callback=_value(parse_duration),
    help="Between two pictures of a user, on average.",
)
@click.option(
    "--rate",
    callback=_value(parse_stages),
    help="Stages of the ramp as new users a minute, who come at random (open model); instead of "
    "--users.",
)
@click.option(
    "--each",
    default=2.0,
    show_default=True,
    type=Number(0, min_open=True),
    help="Pictures of every user in a stage; with --rate, minutes' worth of users.",
)
@click.option(
    "--stage",
    "longest",
    default="5m",
    show_default=True,
    callback=_value(_positive),
    help="The longest time of a stage.",
)
@click.option("--p95", callback=_value(_positive), help="Stop when 95 % do not have it in time.")
@click.option(
    "--errors",
    default="1%",
    show_default=True,
    callback=_value(parse_share),
    help="Stop when more pictures of a stage fail or are wrong; 100%: never.",
)
@click.option(
    "--budget",
    default=48.0,
    show_default=True,
    type=Number(0, min_open=True),
    help="Pictures to ask for at most (512x512 at 20 steps); never exceeded.",
)
@click.option(
    "--poll",
    default="1s",
    show_default=True,
    callback=_value(_positive),
    help="Between two looks of a user at the progress.",
)
@click.option(
    "--interrupts",
    default="0%",
    show_default=True,
    callback=_value(parse_share),
    help="Share of pictures that their users give up while they are made. An interrupt that comes "
    "too late hits the next picture, whosever it is: for servers that nobody else uses.",
)
@click.option(
    "--servers",
    type=click.IntRange(1),
    help="How many servers work behind the addresses. Default: one behind each.",
)
@click.option(
    "--seed", type=int, help="Of the random choices, prompts and seeds. Default: another."
)
@click.option(
    "--workers",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Processes that make the load; 0 for one that also counts.",
)
@click.option(
    "--master",
    metavar="HOST[:PORT]",
    callback=_value(_place),
    help="Listen there for --workers from other machines instead of starting them; in a network "
    "that you trust, for whoever connects is believed.",
)
@click.option(
    "--worker",
    metavar="HOST[:PORT]",
    callback=_value(_place),
    help="Be a worker of the master there; needs the same addresses, and credentials of its own.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    callback=_reports,
    metavar="FILE",
    help="Write the result, several times: .json, .html with plots, .xml (JUnit), .md.",
)
@click.option("--plan", "planning", is_flag=True, help="Show what would be asked for, and stop.")
@click.option(
    "--config",
    metavar="FILE",
    help="Load the targets of this file. Default: sdapi.toml in the current folder where there is "
    "one and no URL is given.",
)
@read.target_option
@connection_options
@click.pass_context
def load_command(ctx: click.Context, /, **given: Any) -> None:
    """Measure how many users the servers at URL can serve.

    Users ask for pictures of their own as programs do, more of them in each stage, until a limit
    is not kept, the budget is used up or the ramp is at its end. An answer that is not the one to
    its request (another's seed or infotext, a missing image, a wrong size) is an error.
    """
    with exit_on_error(ctx):
        connections = load_session.connections_of(ctx, given)
        plan = load_session.plan_of(ctx, given, connections)
        if given["planning"]:
            click.echo("\n".join(plan.lines()))
            return
        insist_on_locust()
        if given["worker"] is not None:
            run_worker(connections, given["worker"], click.echo)
            return
        ctx.exit(load_session.load(plan, connections, given))
