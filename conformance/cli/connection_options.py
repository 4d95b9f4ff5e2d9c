"""The options that tell the way to a server, shared by all commands that go there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from conformance.cli import option_types as read
from conformance.cli.option_types import Number
from conformance.client.address import Bearer
from conformance.deployment.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.client.address import Credentials


_HIDDEN = "env:NAME and file:PATH are read from there"
_DECORATORS = (
    click.option(
        "--auth",
        callback=read.credentials,
        metavar="USER:PASS",
        envvar="SDAPI_AUTH",
        help=f"Basic credentials; {_HIDDEN}, and so is the variable SDAPI_AUTH.",
    ),
    click.option(
        "--token",
        callback=read.token,
        metavar="TOKEN",
        envvar="SDAPI_TOKEN",
        help="A bearer token; as --auth, with SDAPI_TOKEN.",
    ),
    click.option(
        "--header",
        "headers",
        multiple=True,
        callback=read.headers,
        metavar="'NAME: VALUE'",
        help=f"Sent with every request; of the value {_HIDDEN}.",
    ),
    click.option(
        "--ca-file",
        type=click.Path(exists=True),
        help="Certificate of a private authority.",
    ),
    click.option(
        "--insecure",
        is_flag=True,
        help="Do not check certificates; the report says so.",
    ),
    click.option(
        "--proxy",
        metavar="URL",
        help="Go through this HTTP proxy, 'none' for none. Default: the environment's.",
    ),
    click.option(
        "--timeout",
        default=300.0,
        show_default=True,
        type=Number(0, min_open=True),
        help="Seconds to wait for an answer.",
    ),
    click.option(
        "--wait",
        default=0.0,
        metavar="SECONDS",
        type=Number(0),
        help="Wait so long for a server that is not up yet, as one that scales to zero.",
    ),
)


def connection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of ``connection_of``."""
    for decorate in reversed(_DECORATORS):
        command = decorate(command)
    return command


def connection_of(ctx: click.Context, url: str, given: dict[str, Any]) -> Connection:
    """The way to a server as the options tell it.

    Args:
        ctx: of the command, which knows where each option came from.
        url: address of the server.
        given: the options' values by name.

    Raises:
        click.UsageError: credentials of two kinds.
        AddressError: the address, or the proxy, cannot be used.
    """
    headers: read.Headers = given["headers"]
    reach = Connection(
        url=url,
        auth=_credentials(ctx, given),
        second_auth=given.get("second_auth"),
        headers=headers.values,
        secrets=headers.secrets,
        verify=given["ca_file"] or not given["insecure"],
        proxy=given["proxy"],
        timeout=given["timeout"],
        wait=given["wait"],
    )
    reach.insist()
    return reach


def _credentials(ctx: click.Context, given: dict[str, Any]) -> Credentials | None:
    """Of a password and a token the one on the command line, for a variable may linger."""
    auth, token = given["auth"], given["token"]
    if auth is None or token is None:
        return auth if token is None else Bearer(token)
    typed = [n for n in ("auth", "token") if _is_typed(ctx, n)]
    if len(typed) != 1:
        raise click.UsageError("--auth and --token both make the header Authorization; give one")
    return auth if typed == ["auth"] else Bearer(token)


def _is_typed(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
