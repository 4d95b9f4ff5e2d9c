"""Short words for the judge's tests: one check against one server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doubles import URL, served

from conformance.checks import all_checks
from conformance.client import Client
from conformance.detection.profile import ServerProfile
from conformance.detection.target import Target
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.check_context import CheckContext, ContextSettings
from conformance.runner.judge import judge

if TYPE_CHECKING:
    from doubles import Server

    from conformance.properties.property import Property
    from conformance.verdict import Result


def make_context(profile: str | None = None, url: str = URL, **settings: Any) -> CheckContext:
    """A context of the server at the doubles' address, or below a path of it."""
    auth = settings.get("auth")
    # The doubles need no proxy, and looking for one at each request takes a tenth of a run.
    client = Client(url, auth=auth, proxies={})
    given = None if profile is None else ServerProfile.parse(profile)
    return CheckContext(Target(client, given), ContextSettings(**settings))


def tried(item: Property, context: CheckContext, seed: int, count: int) -> Result:
    """The result of one property against the server of a context."""
    return judge(item.requirement, item.as_check(seed, count).function, context)


def judged(server: Server, name: str, profile: str | None = "a1111-1.10.1", **more: Any) -> Result:
    """The result of one check against one server."""
    with served(server):
        context = make_context(profile, **more)
        return judge(load_catalogue()[name], all_checks()[name].function, context)


def settled(server: Server, name: str, profile: str | None = "a1111-1.10.1", **more: Any) -> Result:
    """As ``judged``, with every option put back afterwards, as the engine does."""
    with served(server):
        context = make_context(profile, **more)
        result = judge(load_catalogue()[name], all_checks()[name].function, context)
        context.options.close()
        return result
