"""What a run finds out beyond the requirements, each a section of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.cli.options import insists_on_looks
from conformance.errors import ConformanceError
from conformance.runner.events import Note, Section
from conformance.runner.plan import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.deployment.connection import Connection
    from conformance.runner.check_context import CheckContext
    from conformance.runner.run import Run

    Look = Callable[[Connection, CheckContext], Section]


def looks_of(given: Mapping[str, Any], mode: Mode, *, whole: bool) -> tuple[Look, ...]:
    """What the options ask to be looked at beyond the requirements.

    Args:
        given: the options' values by name.
        mode: how far the run may go.
        whole: whether it is a run over all requirements of somebody's server.
    """
    asked = given["security"]
    if asked is None:
        asked = insists_on_looks(given) or (whole and mode is not Mode.SMOKE)
    looks: tuple[Look, ...] = (security_look(given),) if asked else ()
    return (*looks, limits) if whole and mode is Mode.FULL else looks


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
        """Its name is in the plan, and its findings are a section of the report."""
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
