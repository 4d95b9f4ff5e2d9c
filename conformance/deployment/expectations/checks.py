"""Turns expectations into requirements and checks, which run as all others do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.checks.support import expect
from conformance.deployment.expectations.access import Guard, guarded, hidden, origins
from conformance.deployment.expectations.expectations import LISTS, Expectations
from conformance.deployment.expectations.limits import limit_checks
from conformance.deployment.expectations.lists import presence, settings
from conformance.detection.probe import API
from conformance.errors import TimedOut
from conformance.requirements.catalogue import EXPECT_AREA
from conformance.runner.budget import PICTURE
from conformance.runner.registry import Check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.deployment.expectations.expectations import Timed
    from conformance.deployment.waivers import Waivers
    from conformance.detection.profile import ServerProfile
    from conformance.runner.check_context import CheckContext
    from conformance.verdict import Result


_PATH = f"{API}/txt2img"


def timed(requests: tuple[Timed, ...]) -> Callable[[CheckContext], None]:
    """The check that each request is served in its time; time in the server's queue counts.

    Args:
        requests: with the seconds that each may take.
    """

    def look(context: CheckContext) -> None:
        for each in requests:
            _in_time(context, each)

    return look


def _in_time(context: CheckContext, each: Timed) -> None:
    expected = f"{each.pixel_steps / PICTURE:.2f} pictures within {each.seconds:g} s"
    known = context.settings.timeouts
    # A slow answer is waited for, as far as the operator waits for any, and measured.
    timeouts = replace(known, read=max(known.read, each.seconds))
    try:
        exchange = context.exchange("POST", _PATH, json=dict(each.request), timeout=timeouts)
    except TimedOut as error:
        raise Failed(expected, str(error), error.exchange) from error
    expect.ok(exchange)
    took = exchange.elapsed
    expect.that(took <= each.seconds, expected, f"it took {took:.1f} s", exchange)


@dataclass(frozen=True)
class Demands:
    """What an operator asks of one target beyond the catalogue.

    Args:
        expectations: of the target.
        waivers: of the target; None for none.
        headers: names of the headers that let a request in, besides Authorization.
    """

    expectations: Expectations = field(default_factory=Expectations)
    waivers: Waivers | None = None
    headers: tuple[str, ...] = ()

    @cached_property
    def checks(self) -> Mapping[str, Check]:
        """Id -> check, of what is expected."""
        made = {f"{EXPECT_AREA}-{name}": function for name, function in self._functions().items()}
        found = {name: Check(name, function) for name, function in made.items()}
        longest = self.expectations.longest
        if longest:
            name = f"{EXPECT_AREA}-LONGEST"
            pixels = sum(each.pixel_steps for each in longest)
            found[name] = Check(name, timed(longest), own_pixels=pixels)
        return found

    def amend(self, result: Result, profile: ServerProfile) -> Result:
        """A result, with what the waivers make of it.

        Args:
            result: of a check.
            profile: of the server.
        """
        return result if self.waivers is None else self.waivers.amend(result, profile)

    def _functions(self) -> dict[str, Callable[[CheckContext], None]]:
        wanted = self.expectations
        made = {
            key.upper().replace("_", "-"): presence(key, names)
            for key in LISTS
            if (names := wanted.lists.get(key, ()))
        }
        if wanted.options:
            made["OPTIONS"] = settings(wanted.options)
        if wanted.auth:
            made["AUTH"] = guarded(Guard(wanted.auth, wanted.open, self.headers))
        if wanted.allow or wanted.refuse:
            made["CORS"] = origins(wanted.allow, wanted.refuse)
        if wanted.secrets_hidden:
            made["SECRETS"] = hidden
        made |= limit_checks(wanted.limits)
        if self.waivers is not None and self.waivers.waivers:
            made["WAIVERS"] = in_force(self.waivers)
        return made


def in_force(waivers: Waivers) -> Callable[[CheckContext], None]:
    """The check that no waiver has expired; asks the server for nothing.

    Args:
        waivers: of the target.
    """

    def look(context: CheckContext) -> None:
        """The waivers that concern this kind of server."""
        over = [w for w in waivers.concerning(context.profile) if w.expired(waivers.today)]
        if over:
            message = "; ".join(f"{w.place} expired on {w.expires}" for w in over)
            raise Failed("every waiver to be in force", message)

    return look
