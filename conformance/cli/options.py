"""Options of the command line: types of their values, and those of every command that connects."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from conformance.client.address import Bearer, read_credentials
from conformance.deployment.connection import Connection, Secret, read_secret
from conformance.errors import ConformanceError
from conformance.requirements.requirement import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.client.address import Credentials
    from conformance.detection.profile import ServerProfile
    from conformance.report.destination import Destination


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


_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d|)")
#: Seconds.
DAY = 86_400.0
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": DAY}


def duration(least: float, most: float) -> Callable[[click.Context, click.Parameter, str], float]:
    """Reads a length of time as in ``30s``, ``5m``, ``1h`` or ``30d``; a bare number is seconds.

    Args:
        least: seconds.
        most: seconds.

    Returns:
        The callback of an option; it returns seconds.
    """

    def convert(_: click.Context, __: click.Parameter, value: str) -> float:
        """Seconds of a number with its unit, within the two ends."""
        found = _DURATION.fullmatch(value.strip().lower())
        if found is None:
            raise click.BadParameter(f"{value!r} is no duration; write 30s, 5m, 1h or 30d")
        seconds = float(found[1]) * _UNITS[found[2]]
        if not least <= seconds <= most:
            ends = f"{duration_text(least)} to {duration_text(most)}"
            raise click.BadParameter(f"{value} is out of range; {ends} are possible")
        return seconds

    return convert


def duration_text(seconds: float) -> str:
    """A length of time as the options take it.

    Args:
        seconds: its length.
    """
    for length, unit in ((DAY, "d"), (3600, "h"), (60, "m")):
        if seconds >= length and not seconds % length:
            return f"{seconds / length:.0f}{unit}"
    return f"{seconds:g}s"


def url(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """An address; an empty one, as of a variable that is not set, is not the same as none.

    Args:
        value: as it was given; None for none.
    """
    if value is not None and not value.strip():
        raise click.BadParameter("the address is empty; leave it out to judge the embedded mock")
    return value


def split(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Values of repeated options, each of which may hold several with commas between.

    Args:
        values: as they were given.
    """
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


@dataclass(frozen=True)
class Headers:
    """Headers for every request.

    Args:
        values: name -> value.
        secrets: values that were read from a hidden place, and stay hidden.
    """

    values: dict[str, str]
    secrets: tuple[str, ...] = field(default=(), repr=False)


#: The edge of the small pictures, in pixels, where no other is asked for.
SMALLEST = 64


def size(_: click.Context, __: click.Parameter, value: int) -> int:
    """The edge of a picture, of which every server makes just what was asked.

    Args:
        value: as it was given; None for none.
    """
    if value == SMALLEST:
        return value
    from conformance.runner.generation import SIZE_STEP  # noqa: PLC0415 - loads Pillow

    if value % SIZE_STEP:
        raise click.BadParameter(f"{value} is no multiple of {SIZE_STEP}")
    return value


def headers(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Headers:
    """``Name: value``, several times; of each value ``env:NAME`` and ``file:PATH`` are read.

    Args:
        values: as they were given.
    """
    found, hidden = {}, []
    for value in values:
        name, colon, content = value.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter("a header has the form 'Name: value'")
        secret = _secret(content.strip())
        found[name.strip()] = secret.value
        hidden += [secret.value] if secret.hidden else []
    return Headers(found, tuple(hidden))


def credentials(_: click.Context, __: click.Parameter, value: str | None) -> Credentials | None:
    """``user:password``, or where it is to be read.

    Args:
        value: as it was given; None for none.
    """
    try:
        return None if value is None else read_credentials(_secret(value).value)
    except ConformanceError as error:
        raise click.BadParameter(str(error)) from error


def token(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A token, or where it is to be read.

    Args:
        value: as it was given; None for none.
    """
    return None if value is None else _secret(value).value


def _secret(text: str) -> Secret:
    try:
        return read_secret(text)
    except ConformanceError as error:
        raise click.BadParameter(str(error)) from error


def reports(
    _: click.Context,
    __: click.Parameter,
    values: tuple[str, ...],
) -> tuple[Destination, ...]:
    """Files of reports, of known formats, in folders that can be written to.

    Args:
        values: as they were given.
    """
    if not values:
        return ()
    from conformance.report.destination import Destination  # noqa: PLC0415 - loads every format

    try:
        found = tuple(Destination.parse(value) for value in values)
    except ConformanceError as error:
        raise click.BadParameter(str(error)) from error
    if sum(each.to_standard_output for each in found) > 1:
        raise click.BadParameter("- is given twice, and the output takes one report")
    return found


def profile(_: click.Context, __: click.Parameter, value: str | None) -> ServerProfile | None:
    """``a1111-1.10.1``, ``sdnext`` and so on.

    Args:
        value: as it was given; None for none.
    """
    if value is None:
        return None
    from conformance.detection.profile import ServerProfile  # noqa: PLC0415 - seldom given

    try:
        return ServerProfile.parse(value)
    except ConformanceError as error:
        raise click.BadParameter(str(error)) from error


def level(_: click.Context, __: click.Parameter, value: Any) -> Level:
    """``must`` or ``should``.

    Args:
        value: as it was given; None for none.
    """
    return Level(str(value).upper())


_HIDDEN = "env:NAME and file:PATH are read from there"
_DECORATORS = (
    click.option(
        "--auth",
        callback=credentials,
        metavar="USER:PASS",
        envvar="SDAPI_AUTH",
        help=f"Basic credentials; {_HIDDEN}, and so is the variable SDAPI_AUTH.",
    ),
    click.option(
        "--token",
        callback=token,
        metavar="TOKEN",
        envvar="SDAPI_TOKEN",
        help="A bearer token; as --auth, with SDAPI_TOKEN.",
    ),
    click.option(
        "--header",
        "headers",
        multiple=True,
        callback=headers,
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
    """Give a command the options of ``connection_of``.

    Args:
        command: the function of the command.
    """
    return _decorated(command, _DECORATORS)


def _decorated(
    command: Callable[..., Any], decorators: Sequence[Callable[..., Any]]
) -> Callable[..., Any]:
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


target_option = click.option(
    "--target", multiple=True, callback=split, help="Targets of the file. Default: all."
)
LEVELS = ("high", "medium", "low")
try_fetch_option = click.option(
    "--try-fetch",
    is_flag=True,
    help="Let the server be asked for a picture at an address of this machine, to see whether it "
    "fetches it; for a server on this machine.",
)
_LOOK_DECORATORS = (
    click.option(
        "--security/--no-security",
        default=None,
        help="Whether to look at what strangers see and do, read-only. Default: in a run over all "
        "requirements of a server of yours, but not in mode smoke.",
    ),
    click.option(
        "--fail-on-security",
        type=click.Choice(LEVELS),
        help="The least bad finding on security that makes exit code 1. Default: none does.",
    ),
    try_fetch_option,
)


def look_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of ``further_looks``.

    Args:
        command: the function of the command.
    """
    return _decorated(command, _LOOK_DECORATORS)


def insists_on_looks(given: Mapping[str, Any]) -> bool:
    """Whether the operator asks for a further look, so that it is taken in a part of a run too.

    Args:
        given: the options' values by name.
    """
    return bool(given["security"] or given["fail_on_security"] or given["try_fetch"])


def connection_of(ctx: click.Context, url: str, given: dict[str, Any]) -> Connection:
    """How to reach a server from the options.

    Args:
        ctx: of the command, which knows where each option came from.
        url: address of the server.
        given: the options' values by name.

    Raises:
        click.UsageError: credentials of two kinds.
        AddressError: the address, or the proxy, cannot be used.
    """
    sent: Headers = given["headers"]
    connection = Connection(
        url=url,
        auth=_credentials(ctx, given),
        second_auth=given.get("second_auth"),
        headers=sent.values,
        secrets=sent.secrets,
        verify=given["ca_file"] or not given["insecure"],
        proxy=given["proxy"],
        timeout=given["timeout"],
        wait=given["wait"],
    )
    connection.insist()
    return connection


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
