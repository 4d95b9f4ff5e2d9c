"""Expectations turned into requirements and checks, which run as all others do."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.checks.registry import Check
from conformance.deployment.expectations import LISTS, Expectations
from conformance.deployment.guarded import Guard, guarded
from conformance.deployment.hidden import hidden
from conformance.deployment.origins import origins
from conformance.deployment.presence import presence
from conformance.deployment.requirements import AREA
from conformance.deployment.settings import settings
from conformance.deployment.timed import timed
from conformance.signals import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.deployment.waiver import Waivers
    from conformance.lab import Lab
    from conformance.target import ServerProfile
    from conformance.verdict import Result


@dataclass(frozen=True)
class Demands:
    """What an operator asks of one target beyond the catalogue.

    Args:
        expectations: of the target.
        waivers: of the target; None for none.
        headers: names of the headers that let a request in, beside Authorization.
    """

    expectations: Expectations = field(default_factory=Expectations)
    waivers: Waivers | None = None
    headers: tuple[str, ...] = ()

    @cached_property
    def checks(self) -> Mapping[str, Check]:
        """Id -> check, of what is expected."""
        made = {f"{AREA}-{name}": function for name, function in self._functions().items()}
        found = {name: Check(name, function) for name, function in made.items()}
        longest = self.expectations.longest
        if longest:
            name = f"{AREA}-LONGEST"
            pixels = sum(each.pixel_steps for each in longest)
            found[name] = Check(name, timed(longest), own_pixels=pixels)
        return found

    def amend(self, result: Result, profile: ServerProfile) -> Result:
        """A result, with what the waivers make of it."""
        return result if self.waivers is None else self.waivers.amend(result, profile)

    def _functions(self) -> dict[str, Callable[[Lab], None]]:
        wanted = self.expectations
        made = {
            key.upper(): presence(key, names)
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
        if self.waivers is not None and self.waivers.waivers:
            made["WAIVERS"] = in_force(self.waivers)
        return made


def in_force(waivers: Waivers) -> Callable[[Lab], None]:
    """The check that no waiver has expired; asks the server for nothing."""

    def look(lab: Lab) -> None:
        over = [w for w in waivers.concerning(lab.profile) if w.expired(waivers.today)]
        if over:
            words = "; ".join(f"{w.place} expired on {w.expires}" for w in over)
            raise Failed("every waiver to be in force", words)

    return look
