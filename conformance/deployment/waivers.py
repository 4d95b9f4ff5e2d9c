"""Waivers: requirements whose failure an operator accepts, for a reason and for a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.client.fields import did_you_mean
from conformance.errors import CatalogueError
from conformance.requirements.requirement import Applies
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from conformance.deployment.table import Table
    from conformance.detection.profile import ServerProfile
    from conformance.verdict import Result


KEYS = ("id", "target", "profile", "reason", "link", "expires")


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A requirement whose failure an operator accepts.

    Args:
        id: of the requirement.
        reason: why that is so.
        target: the one it is for; empty for all.
        profile: the kinds of server it is for; None for all.
        link: to more about it, empty for none.
        expires: the last day on which it counts; None for no end.
        place: in the file, for messages.
    """

    id: str
    reason: str
    target: str = ""
    profile: Applies | None = None
    link: str = ""
    expires: date | None = None
    place: str = ""

    def concerns(self, target: str, profile: ServerProfile) -> bool:
        """Whether it is for this target, which is of this kind.

        Args:
            target: name of the target.
            profile: of its server.
        """
        if self.target and self.target != target:
            return False
        return self.profile is None or self.profile.matches(profile.family, profile.version)

    def expired(self, today: date) -> bool:
        """Whether its last day is over.

        Args:
            today: the date.
        """
        return self.expires is not None and self.expires < today

    @property
    def sentence(self) -> str:
        """Reason, last day and link on one line."""
        until = f", until {self.expires}" if self.expires else ""
        link = f" ({self.link})" if self.link else ""
        return f"{self.reason}{link}{until}"


@dataclass(frozen=True)
class Waivers:
    """The waivers of one target, which have the last word on its results.

    Args:
        target: its name.
        waivers: of the whole file.
        today: the day of the run.
    """

    target: str
    waivers: Sequence[Waiver]
    today: date

    def concerning(self, profile: ServerProfile) -> list[Waiver]:
        """Those for this target, which is of this kind.

        Args:
            profile: of the server.
        """
        return [waiver for waiver in self.waivers if waiver.concerns(self.target, profile)]

    def amend(self, result: Result, profile: ServerProfile) -> Result:
        """A result, with what the waivers make of it.

        What is not met becomes waived, what is met becomes red, for then the waiver hides
        nothing but the next failure. A waiver that has expired changes no failure.

        Args:
            result: of a check.
            profile: of the server.
        """
        found = [w for w in self.concerning(profile) if w.id == result.id]
        if not found or not result.verdict.looked_at:
            return result
        if result.verdict.met:
            message = f"it is met, and a waiver says otherwise; remove {found[0].place}"
            return replace(result, verdict=Verdict.WAIVED_BUT_PASSED, reason=message)
        good = [waiver for waiver in found if not waiver.expired(self.today)]
        if good:
            return replace(result, verdict=Verdict.WAIVED, reason=good[0].sentence)
        message = f"its waiver expired on {found[0].expires}; renew or remove {found[0].place}"
        return replace(result, reason=message)


def read_waiver(table: Table, ids: Collection[str], targets: Collection[str]) -> Waiver:
    """Read one ``[[waivers]]``.

    Args:
        table: as in the file.
        ids: of all requirements that can be waived.
        targets: the names of all targets.

    Raises:
        ConfigurationError: an unknown key, id, target or profile, or no reason.
    """
    table.only(KEYS)
    name = table.required("id", "the requirement that is waived, as in LIST-018").upper()
    if name not in ids:
        table.refuse("id", _unknown(name, "requirement", ids))
    target = table.text("target") or ""
    if target and target not in targets:
        table.refuse("target", _unknown(target, "target", targets))
    return Waiver(
        id=name,
        reason=table.required("reason", "why the failure is accepted, for whoever reads the file"),
        target=target,
        profile=_profile(table),
        link=table.text("link") or "",
        expires=table.day("expires"),
        place=f"the waiver of {name} in {table.source.name}",
    )


def _profile(table: Table) -> Applies | None:
    text = table.text("profile")
    if text is None:
        return None
    try:
        return Applies.parse(text)
    except CatalogueError as error:
        table.refuse("profile", f"{error}; it has the form a1111>=1.6, sdnext")


def _unknown(name: str, what: str, known: Collection[str]) -> str:
    hint = did_you_mean(name, known).replace("'", "`")
    return f"{name!r} is no {what}" + (f"; {hint}" if hint else "")
