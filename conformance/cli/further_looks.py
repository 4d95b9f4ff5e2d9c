"""What a run finds out beyond the requirements, each a section of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from conformance.errors import ConformanceError
from conformance.runner.events import Note, Section
from conformance.runner.plan import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.deployment.connection import Connection
    from conformance.runner.check_context import CheckContext
    from conformance.runner.run import Run

    Look = Callable[[Connection, CheckContext], Section]


LEVELS = ("high", "medium", "low")
_DECORATORS = (
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
)
try_fetch_option = click.option(
    "--try-fetch",
    is_flag=True,
    help="Let the server be asked for a picture at an address of this machine, to see whether it "
    "fetches it; for a server on this machine.",
)


def further_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that ``looks_of`` reads."""
    for decorate in reversed((*_DECORATORS, try_fetch_option)):
        command = decorate(command)
    return command


def looks_of(given: Mapping[str, Any], mode: Mode, *, live: bool) -> tuple[Look, ...]:
    """What the options ask to be looked at beyond the requirements.

    Args:
        given: the options' values by name.
        mode: how far the run may go.
        live: whether it is somebody's server, not the embedded mock.
    """
    whole = live and not (given["only"] or given["for"])
    asked = given["security"]
    if asked is None:
        asked = insists(given) or (whole and mode is not Mode.SMOKE)
    looks: tuple[Look, ...] = (security_look(given),) if asked else ()
    return (*looks, limits) if whole and mode is Mode.FULL else looks


def insists(given: Mapping[str, Any]) -> bool:
    """Whether the operator asks for a look, so that it is taken in a part of a run too.

    Args:
        given: the options' values by name.
    """
    return bool(given["security"] or given["fail_on_security"] or given["try_fetch"])


def limits(_connection: Connection, context: CheckContext) -> Section:
    """The look at limits: bodies of some MiB, and a few cheap reads at once.

    Args:
        _connection: not needed.
        context: of the server.
    """
    from conformance.deployment.limits.facts import look_at_limits  # noqa: PLC0415 - seldom

    return look_at_limits(context)


def security_look(given: Mapping[str, Any], *, thorough: bool = False) -> Look:
    """The look at security that the options ask for.

    Args:
        given: the options' values by name.
        thorough: whether every route is tried with wrong credentials.
    """

    def security(connection: Connection, context: CheckContext) -> Section:
        from conformance.security.finding import Level, section  # noqa: PLC0415 - not in each run
        from conformance.security.look import Wish, look  # noqa: PLC0415 - the same

        limit = given["fail_on_security"]
        fail_on = None if limit is None else Level(limit)
        wish = Wish(thorough=thorough, try_fetch=given["try_fetch"])
        found = look(connection, context, wish)
        return section(found, context.client.address.base, fail_on=fail_on)

    return security


def look_further(looks: Iterable[Look], connection: Connection, run: Run) -> None:
    """Take every look, and make its section part of the run.

    Args:
        looks: to be taken.
        connection: how the operator reaches the server.
        run: whose checks are over; nothing is looked at where it ended early.
    """
    if run.ended_early:
        return
    for each in looks:
        try:
            run.publish(each(connection, run.context))
        except ConformanceError as error:
            run.publish(Note(f"{each.__name__} was not looked at: {error}"))
