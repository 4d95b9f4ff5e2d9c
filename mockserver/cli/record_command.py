"""``sdapi-mock record`` and ``sdapi-mock seal``: a fixture set from a live server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.options import connection_options, live_server
from mockserver.recording.plan import BUDGET

if TYPE_CHECKING:
    from mockserver.recording.recorder import Summary
    from mockserver.recording.writer import RecordingWriter


_HELP = """Record the server at URL into the folder DIR.

Asked are its lists, options, flags, scripts and document, and a few generations of 64x64
pictures, png-info, extras and errors. Nothing on the server is changed: no option is posted,
nothing overridden or saved. Passwords, host names, user names and paths of its file system are
redacted before anything is written, in pictures too; what was redacted is counted.

A recording that stopped goes on when the same command is run again. What was recorded is
served with `sdapi-mock serve DIR`.

With --proxy the lists are recorded, then URL is passed through at a port of the loopback, and
what passes is written to DIR until Ctrl-C.

\b
Examples:
  sdapi-mock record http://127.0.0.1:7860 my-webui
  sdapi-mock record http://127.0.0.1:7860 my-webui --plan-only
  SDAPI_AUTH=user:pass sdapi-mock record https://gpu.lan my-webui --auth env:SDAPI_AUTH
  sdapi-mock record --proxy http://127.0.0.1:7860 my-session --port 7861

\b
Exit codes:
  0 recorded        2 bad input
  1 not recorded    3 the server was not reached, or is no sdapi
"""
_HIGHEST = 65_535
_INTERRUPTED = 130
_WIDTH = 40


@click.command("record", help=_HELP)
@click.argument("url")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@connection_options
@click.option(
    "--budget",
    default=BUDGET,
    show_default=True,
    type=click.IntRange(0),
    help="Pictures that the server may be asked for, over all runs.",
)
@click.option("--plan-only", is_flag=True, help="Print what would be asked, and what it costs.")
@click.option("--proxy", is_flag=True, help="Record what passes through instead of a plan.")
@click.option(
    "--port",
    default=0,
    show_default=True,
    type=click.IntRange(0, _HIGHEST),
    help="Port of the proxy; 0 takes any free one.",
)
@click.option(
    "--limit",
    default=500,
    show_default=True,
    type=click.IntRange(1),
    help="Megabytes that the proxy writes at most; then it only passes through.",
)
def record_command(url: str, folder: Path, **choices: Any) -> None:
    """Record; see the help.

    Args:
        url: the server's address.
        folder: of the recording.
        choices: further options by name.
    """
    from mockserver.recording.recorder import Recorder  # noqa: PLC0415 - --help starts faster
    from mockserver.recording.writer import writer_for  # noqa: PLC0415 - --help starts faster

    if choices["plan_only"]:
        _print_plan(choices["budget"])
        return
    server = live_server(url, choices)
    writer = writer_for(server, folder)
    if choices["proxy"]:
        from mockserver.recording.proxy import run_proxy  # noqa: PLC0415 - as above

        run_proxy(server, writer, choices["port"], choices["limit"], click.echo)
        _print_redacted(writer)
        return
    if writer.folder.manifest["complete"]:
        click.echo(f"{folder} holds a whole recording already; name a new folder to record anew")
        return
    try:
        summary = Recorder(server, writer, _progress()).record(choices["budget"])
    except KeyboardInterrupt:
        again = "run the same command again, it goes on where it stopped"
        click.echo(f"stopped; what is recorded stays in {folder}: {again}", err=True)
        raise click.exceptions.Exit(_INTERRUPTED) from None
    finally:
        _clear()
    _print_summary(folder, summary, choices["budget"])
    _print_redacted(writer)
    _check_served(folder)
    click.echo(f"serve it with: sdapi-mock serve {folder}")


def _check_served(folder: Path) -> None:
    """Start what `serve` would start.

    Raises:
        RecordError: it does not start; the recording stays.
    """
    from mockserver.backends.registry import create_app, simulate  # noqa: PLC0415 - as above
    from mockserver.core.errors import MockError, RecordError  # noqa: PLC0415 - as above
    from mockserver.recording.stand_in import stand_in  # noqa: PLC0415 - as above

    try:
        create_app(simulate(stand_in(folder).profile))
    except (MockError, KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"the recording is whole, but cannot be served ({error!r}); it stays in {folder}"
        raise RecordError(f"{text}: please report it with the folder's openapi.json") from error


def _print_plan(budget: int) -> None:
    from mockserver.recording import plan  # noqa: PLC0415 - as above

    kept, left_out = plan.within(plan.exchanges("Euler"), budget)
    click.echo(f"{len(plan.lists())} lists and pages: no pictures")
    for step in kept:
        click.echo(f"{step.name}: {step.method} {step.path}{_cost(step.pictures)}")
    for step in left_out:
        click.echo(f"{step.name}: left out, beyond the budget{_cost(step.pictures)}")
    total = sum(step.pictures for step in kept)
    click.echo(f"at most {total} pictures of 64x64 in 2 steps; the budget is {budget}")


def _cost(pictures: int) -> str:
    return "" if not pictures else f", at most {pictures} picture{'s' * (pictures > 1)}"


def _print_summary(folder: Path, summary: Summary, budget: int) -> None:
    click.echo(f"recorded {summary.identity.sentence}")
    earlier = f", {summary.kept} from an earlier run" if summary.kept else ""
    click.echo(f"{summary.recorded} requests{earlier}, in {folder}")
    click.echo(f"pictures asked for: {summary.pictures} at most; the budget was {budget}")
    if summary.left_out:
        click.echo(f"beyond the budget and left out: {', '.join(summary.left_out)}")
    if summary.changed:
        text = "options that changed meanwhile, by somebody else's hand or the server's own"
        click.echo(f"{text}: {', '.join(summary.changed)}")


def _print_redacted(writer: RecordingWriter) -> None:
    lines = writer.redactor.ledger.lines()
    click.echo("redacted:" if lines else "nothing had to be redacted")
    for line in lines:
        click.echo(f"  {line}")


def _progress() -> Any:
    """Shows progress on a terminal; elsewhere nothing."""

    def show(done: int, total: int, name: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done + 1}/{total} {name:<{_WIDTH}}", nl=False, err=True)

    return show


def _clear() -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{'':<{_WIDTH + 10}}\r", nl=False, err=True)


_SEAL_HELP = """Take the files of a fixture set as they now are into its manifest.

A set that was edited by hand is refused when it is loaded, as nobody can tell an edit from a
mishap. After an edit that was meant, seal it. What its own openapi document denies stays refused.

\b
Examples:
  sdapi-mock seal my-webui
"""


@click.command("seal", help=_SEAL_HELP)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def seal_command(folder: Path) -> None:
    """Seal; see the help.

    Args:
        folder: of the set.
    """
    from mockserver.fixtures.check import seal  # noqa: PLC0415 - --help starts faster

    changed = seal(folder)
    click.echo(f"sealed: {', '.join(changed)}" if changed else "nothing had changed")
