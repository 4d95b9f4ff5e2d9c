"""Types of the values on the command line, with errors in the words of the user."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from conformance.client.address import read_credentials
from conformance.deployment.secret import Secret, read_secret
from conformance.detection.profile import ServerProfile
from conformance.errors import ConformanceError
from conformance.requirements.requirement import Level
from conformance.runner.recipes import SIZE_STEP

if TYPE_CHECKING:
    from conformance.client.address import Credentials
    from conformance.report.destination import Destination


class Number(click.FloatRange):
    """A number in a range; NaN and infinity, which Python reads, are in none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number.

        Raises:
            click.BadParameter: it is none, or out of range.
        """
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number that one can count to", param, ctx)
        return number


def url(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """An address; an empty one, as of a variable that is not set, is not the same as none."""
    if value is not None and not value.strip():
        raise click.BadParameter("the address is empty; leave it out to judge the embedded mock")
    return value


def words(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Words of repeated options, each of which may hold several with commas between."""
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


def size(_: click.Context, __: click.Parameter, value: int) -> int:
    """The edge of a picture, of which every server makes just what was asked."""
    if value % SIZE_STEP:
        raise click.BadParameter(f"{value} is no multiple of {SIZE_STEP}")
    return value


def headers(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Headers:
    """``Name: value``, several times; of each value ``env:NAME`` and ``file:PATH`` are read."""
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
    """``user:password``, or where it is to be read."""
    try:
        return None if value is None else read_credentials(_secret(value).value)
    except ConformanceError as error:
        raise click.BadParameter(str(error)) from error


def token(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A token, or where it is to be read."""
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
    """Files of reports, of known formats, in folders that can be written to."""
    if not values:
        return ()
    from conformance.report.destination import Destination  # noqa: PLC0415 - loads every format

    try:
        return tuple(Destination.parse(value) for value in values)
    except ConformanceError as error:
        raise click.BadParameter(str(error)) from error


def profile(_: click.Context, __: click.Parameter, value: str | None) -> ServerProfile | None:
    """``a1111-1.10.1``, ``sdnext`` and so on."""
    try:
        return None if value is None else ServerProfile.parse(value)
    except ConformanceError as error:
        raise click.BadParameter(str(error)) from error


def level(_: click.Context, __: click.Parameter, value: Any) -> Level:
    """``must`` or ``should``."""
    return Level(str(value).upper())
