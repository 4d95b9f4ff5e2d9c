"""Everything that is looked at, one topic after the other."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.security import credentials, settings, versions, websites
from conformance.security.asker import Asker
from conformance.security.fetching import fetching, served_files
from conformance.security.finding import topics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.deployment.connection import Connection
    from conformance.runner.check_context import CheckContext
    from conformance.security.finding import Finding


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the operator wants of the look at security.

    Args:
        thorough: whether wrong credentials are tried on every route, not on three.
        try_fetch: whether the server may be asked to fetch an address of this machine.
        only: ids of the topics to look at; all if empty.
    """

    thorough: bool = False
    try_fetch: bool = False
    only: tuple[str, ...] = ()


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
        known = _topics(asker, wish)
        chosen = [name for name in topics() if not wish.only or name in wish.only]
        return tuple(each for name in chosen for each in known[name]())


def _topics(asker: Asker, wish: Wish) -> dict[str, Callable[[], Iterator[Finding]]]:
    return {
        "SEC-CREDENTIALS": lambda: credentials.credentials(asker),
        "SEC-WRONG-CREDENTIALS": lambda: credentials.wrong_credentials(asker, every=wish.thorough),
        "SEC-STOP": lambda: credentials.stop_routes(asker),
        "SEC-CORS": lambda: websites.cors(asker),
        "SEC-HOST": lambda: websites.host_names(asker),
        "SEC-SECRETS": lambda: settings.secrets(asker),
        "SEC-HOME": lambda: settings.home_folders(asker),
        "SEC-FLAGS": lambda: settings.flags(asker),
        "SEC-EXTENSIONS": lambda: settings.extensions(asker),
        "SEC-FILES": lambda: served_files(asker),
        "SEC-FETCH": lambda: fetching(asker, allowed=wish.try_fetch),
        "SEC-TLS": lambda: versions.encryption(asker),
        "SEC-ADVISORIES": lambda: versions.published_advisories(asker),
        "SEC-HEADERS": lambda: websites.page_headers(asker),
        "SEC-PAGE": lambda: websites.page_routes(asker),
    }
