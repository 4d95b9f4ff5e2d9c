"""``sdapi-mock``: serve by default, other commands by name."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import Any

import click

from mockserver.cli.help_text import HelpContext, readable
from mockserver.core.errors import BadInput, FixtureError, MockError, ProfileError, Unreachable

_HELP = """A mock of the stable-diffusion-webui HTTP API (/sdapi/v1).

Without a command it serves: `sdapi-mock --port 0` is `sdapi-mock serve --port 0`.

\b
Examples:
  sdapi-mock                            serve v1.10.1 on http://127.0.0.1:7860
  sdapi-mock --port 0                   any free port; the address is printed
  sdapi-mock --auth user:pass           ask for credentials
  sdapi-mock --step-time 0.05           take time for each step
  sdapi-mock record URL DIR             record a live server, redacted
  sdapi-mock serve DIR                  answer as the recorded server does
  sdapi-mock drift URL DIR              what a live server does differently
  sdapi-mock profiles list              the servers that it can be
  sdapi-mock extensions list            the extensions that it can have
  sdapi-mock report URL                 judge the client that asked a mock
  sdapi-mock faults                     what can be made to go wrong
  sdapi-mock example vitest             how to start it from other tools
  sdapi-mock replay                     measure the mock against the recordings
"""

_CODES: tuple[tuple[type[MockError], int], ...] = (
    (BadInput, 2),
    (FixtureError, 2),
    (ProfileError, 2),
    (Unreachable, 3),
)
# A disk or a quota that is full, under a file that the output goes to.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


#: Commands and where they are: none is loaded that nobody asked for.
_COMMANDS = {
    "serve": "serve_command",
    "replay": "replay_command",
    "profiles": "listing_commands",
    "extensions": "listing_commands",
    "record": "record_command",
    "drift": "recording_commands",
    "har": "recording_commands",
    "faults": "listing_commands",
    "report": "report_command",
    "example": "listing_commands",
    "seal": "record_command",
}


class _ServeByDefault(click.Group):
    """A group whose first command is meant when none is named."""

    context_class = HelpContext

    def list_commands(self, _: click.Context) -> list[str]:
        """Names of all commands, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """The command of a name, loaded now; None where there is none."""
        if name not in _COMMANDS:
            return None
        module = import_module(f"mockserver.cli.{_COMMANDS[name]}")
        return readable(getattr(module, f"{name}_command"))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Serve where the first word is no command."""
        own = {*_COMMANDS, "-h", "--help", "--version"}
        if not args or args[0] not in own:
            args = ["serve", *args]
        return super().parse_args(ctx, args)


def _tell_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - start-up time

    try:
        found = version("sdapi-conformance")
    except PackageNotFoundError:
        found = "of a checkout that is not installed"
    click.echo(f"sdapi-mock {found}")
    ctx.exit()


@click.group(
    cls=_ServeByDefault,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """All commands."""


def main(args: list[str] | None = None) -> None:
    """Run the command line; every known problem is one line and exit code 1, 2 or 3.

    Args:
        args: without the program's name; None for those of the process.
    """
    try:
        code: Any = cli.main(args, prog_name="sdapi-mock", standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.Abort:
        code = 130
    except click.ClickException as problem:
        click.echo(_report_error(problem), err=True)
        code = problem.exit_code
    except MockError as problem:
        click.echo(f"sdapi-mock: {problem}", err=True)
        code = next((code for kind, code in _CODES if isinstance(problem, kind)), 1)
    except OSError as problem:
        if problem.errno not in _FULL:
            raise
        click.echo(f"sdapi-mock: the output cannot be written ({problem.strerror})", err=True)
        code = 1
    _flush()
    sys.exit(code)


def _report_error(problem: click.ClickException) -> str:
    """One line; but the whole help where a group was named without a command of it."""
    message = problem.format_message()
    if message.startswith("Usage:"):
        return message
    command = getattr(problem, "ctx", None)
    where = command.command_path if command else "sdapi-mock"
    return f"{where}: {message.rstrip('.')} (see {where} --help)"


def _flush() -> None:
    """Write what is left; where nothing can be written, once is enough to say so."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
