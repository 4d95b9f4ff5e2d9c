"""The command ``sdapi-check``."""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import TYPE_CHECKING

import click

from conformance.cli.program import HELP_OPTIONS, INTERRUPTED, PROGRAM, DefaultGroup, complain
from conformance.report.document import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


__all__ = ["commands", "execute", "main"]

# A disk or a quota that is full, under a file that the output goes to.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


# Seconds for which a thread works on while others want to.
_SWITCH = 0.0005
_HOMES = {
    "run": "conformance.cli.run_command",
    "init": "conformance.cli.listing",
    "restore": "conformance.cli.listing",
    "example": "conformance.cli.listing",
    "clients": "conformance.cli.listing",
    "load": "conformance.cli.load_command",
    "diff": "conformance.cli.report_commands",
    "matrix": "conformance.cli.report_commands",
    "report": "conformance.cli.report_commands",
    "security": "conformance.cli.security_command",
    "watch": "conformance.cli.watch_command",
}


commands = DefaultGroup(
    homes=_HOMES,
    help="Judge servers of the stable-diffusion-webui HTTP API.",
    context_settings={"help_option_names": HELP_OPTIONS},
)


def execute(args: Sequence[str] | None = None, on_loaded: Callable[[], None] | None = None) -> int:
    """Run the command; its exit code.

    Args:
        args: the command line without the program's name; that of the process by default.
        on_loaded: called once all that judges the embedded mock is loaded; None for nothing.
    """
    try:
        code = commands.main(args, prog_name=PROGRAM, standalone_mode=False, obj=on_loaded)
    except click.ClickException as error:
        complain(error.format_message())
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except OSError as error:
        if error.errno not in _FULL:
            raise
        complain(f"the output cannot be written ({error.strerror})")
        return int(ExitCode.SUITE_FAILED)
    return int(code or 0)


def main() -> None:
    """Run the command, and end the process with its exit code."""
    # A thread that waits for a server goes on at once when an answer comes, whatever else is
    # judged meanwhile: it would wait for ten times as long, which is most of what a read takes.
    sys.setswitchinterval(_SWITCH)
    # What is loaded stays to the end. Hypothesis has all garbage collected on each thread, which
    # would look through it every time.
    code = execute(on_loaded=gc.freeze)
    try:
        sys.stdout.flush()
    except OSError:
        # What is left goes nowhere, or its loss would be reported once more at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
