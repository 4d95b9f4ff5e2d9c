"""Values of options, read and refused in the user's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from conformance.catalogue import Level
from conformance.client.credentials import read_credentials
from conformance.errors import ConformanceError
from conformance.target import ServerProfile

if TYPE_CHECKING:
    from conformance.client.credentials import Credentials


def words(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Words of repeated options, each of which may hold several with commas between."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def headers(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """``Name: value``, several times."""
    found = {}
    for value in values:
        name, colon, content = value.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter("a header has the form 'Name: value'")
        found[name.strip()] = content.strip()
    return found


def credentials(_: click.Context, __: click.Parameter, value: str | None) -> Credentials | None:
    """``user:password``."""
    try:
        return read_credentials(value)
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
