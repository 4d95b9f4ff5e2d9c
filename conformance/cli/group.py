"""A command with subcommands that also does something without one."""

from __future__ import annotations

from difflib import get_close_matches

import click

DEFAULT = "run"
PROGRAM = "sdapi-check"
_NEAR = 0.75


class DefaultGroup(click.Group):
    """``sdapi-check URL`` is ``sdapi-check run URL``; its ``--help`` is that of ``run``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front of arguments that begin with none."""
        if not args or args[0] not in self.commands:
            self._refuse_misspelt(args[:1])
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def _refuse_misspelt(self, first: list[str]) -> None:
        """A word that is nearly a command is none of the addresses that lack their ``http://``."""
        for word in first:
            near = get_close_matches(word, self.commands, 1, _NEAR)
            if near and not word.startswith("-"):
                words = f"did you mean {near[0]}? A server of that name is http://{word}"
                raise click.UsageError(f"{word!r} is no command; {words}")


class DefaultCommand(click.Command):
    """The command that runs where none is named, and shows itself without its name."""

    def format_usage(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage as it is typed."""
        formatter.write_usage(PROGRAM, "[URL] [OPTIONS]")
