"""A command with subcommands that also does something without one."""

from __future__ import annotations

import click

DEFAULT = "run"
PROGRAM = "sdapi-check"


class DefaultGroup(click.Group):
    """``sdapi-check URL`` is ``sdapi-check run URL``; its ``--help`` is that of ``run``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front of arguments that begin with none."""
        if not args or args[0] not in self.commands:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


class DefaultCommand(click.Command):
    """The command that runs where none is named, and shows itself without its name."""

    def format_usage(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage as it is typed."""
        formatter.write_usage(PROGRAM, "[URL] [OPTIONS]")
