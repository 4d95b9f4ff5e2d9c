"""Everything that is looked at, one topic after the other."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.security import credentials, served_files, settings, versions, websites
from conformance.security.asker import Asker
from conformance.security.fetching import fetching
from conformance.security.finding import Level, topics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.deployment.connection import Connection
    from conformance.runner.check_context import CheckContext
    from conformance.security.finding import Finding


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the operator wants of the look at security.

    Args:
        fail_on: the least bad level that ends the command with 1; None for none.
        thorough: whether wrong credentials are tried on every route, not on three.
        try_fetch: whether the server may be asked to fetch an address of this machine.
    """

    fail_on: Level | None = None
    thorough: bool = False
    try_fetch: bool = False


def look(connection: Connection, context: CheckContext, wish: Wish) -> tuple[Finding, ...]:
    """Find out what strangers can see and do; nothing is changed, and no picture is made.

    Args:
        connection: how the operator reaches the server.
        context: of the server, recognised.
        wish: of the operator.

    Returns:
        A finding for each topic, in the order of reports.

    Raises:
        Unreachable: the server went away.
    """
    with closing(Asker(connection, context)) as asker:
        found = [each for topic in _topics(asker, wish) for each in topic()]
    order = list(topics())
    return tuple(sorted(found, key=lambda each: order.index(each.id)))


def _topics(asker: Asker, wish: Wish) -> tuple[Callable[[], Iterator[Finding]], ...]:
    return (
        lambda: credentials.credentials(asker),
        lambda: credentials.wrong_credentials(asker, every=wish.thorough),
        lambda: credentials.stop_routes(asker),
        lambda: websites.cors(asker),
        lambda: websites.host_names(asker),
        lambda: settings.secrets(asker),
        lambda: settings.home_folders(asker),
        lambda: settings.flags(asker),
        lambda: settings.extensions(asker),
        lambda: served_files.served_files(asker),
        lambda: fetching(asker, allowed=wish.try_fetch),
        lambda: versions.encryption(asker),
        lambda: versions.published_advisories(asker),
        lambda: websites.page_headers(asker),
        lambda: websites.page_routes(asker),
    )
