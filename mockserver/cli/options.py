"""Options that commands share: numbers, and how to reach a live server."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from mockserver.core.config import read_secret
from mockserver.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mockserver.recording.live_server import LiveServer


#: Eleven days; sockets count to some hundreds of years, and fail beyond.
LONGEST = 1_000_000.0


class Number(click.FloatRange):
    """A number in a range; NaN and infinity, which Python reads, are in none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number.

        Args:
            value: as it was given.
            param: which option.
            ctx: of the command line.

        Raises:
            click.BadParameter: it is none, or out of range.
        """
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number that one can count to", param, ctx)
        return number


SECONDS = Number(0, LONGEST, min_open=True)


_HIDDEN = "env:NAME and file:PATH are read from there"
AUTH = click.option("--auth", metavar="USER:PASS", help=f"Credentials of the server; {_HIDDEN}.")
_DECORATORS = (
    AUTH,
    click.option("--token", metavar="TOKEN", help="A bearer token; as --auth."),
    click.option(
        "--header",
        "headers",
        multiple=True,
        metavar="'NAME: VALUE'",
        help=f"Sent with every request; of the value {_HIDDEN}.",
    ),
    click.option(
        "--ca-file",
        type=click.Path(exists=True, dir_okay=False),
        help="Certificate of a private authority.",
    ),
    click.option("--insecure", is_flag=True, help="Do not check certificates."),
    click.option(
        "--timeout",
        default=600.0,
        show_default=True,
        type=SECONDS,
        help="Seconds that an answer may take.",
    ),
)


def connection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of ``live_server``.

    Args:
        command: the function of the command.
    """
    for decorate in reversed(_DECORATORS):
        command = decorate(command)
    return command


def live_server(url: str, choices: Mapping[str, Any]) -> LiveServer:
    """The server that the options lead to.

    Args:
        url: its address.
        choices: the options' values by name.

    Raises:
        BadInput: the address, or a credential, cannot be used.
    """
    from mockserver.recording.live_server import LiveServer  # noqa: PLC0415 - --help starts faster
    from mockserver.recording.set_folder import login  # noqa: PLC0415 - --help starts faster

    headers = dict(map(_header, choices["headers"]))
    if choices["token"]:
        if choices["auth"]:
            raise BadInput("--auth and --token both make the header Authorization; give one")
        headers["Authorization"] = f"Bearer {read_secret(choices['token'])}"
    return LiveServer(
        url,
        login(choices["auth"]),
        choices["timeout"],
        headers=_sendable(headers.items()),
        verify=choices["ca_file"] or not choices["insecure"],
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise BadInput("a header has the form 'Name: value'")
    return name.strip(), read_secret(value.strip())


def _sendable(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    for name, value in headers:
        if not (name + value).isprintable() or not (name + value).isascii():
            raise BadInput(f"the header {name!r} holds a character that HTTP does not allow")
    return dict(headers)
