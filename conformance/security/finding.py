"""What was found out about one thing, how much it matters, and how a report shows it."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from conformance.runner.events import Entry, Section

if TYPE_CHECKING:
    from collections.abc import Iterable


class Level(StrEnum):
    """How much a finding matters, the worst first."""

    HIGH = "high"  # strangers, or any website, can use, change or read what is not theirs
    MEDIUM = "medium"  # one more step is needed, or only a part is open
    LOW = "low"  # a layer that is missing
    FINE = "fine"  # looked at, and nothing found
    UNKNOWN = "unknown"  # not looked at; the sentence says why

    @property
    def is_found(self) -> bool:
        """Whether something was found."""
        return self in {Level.HIGH, Level.MEDIUM, Level.LOW}

    def at_least(self, other: Level) -> bool:
        """Whether this is found, and as bad as another level or worse.

        Args:
            other: of those that are found.
        """
        order = list(Level)
        return self.is_found and order.index(self) <= order.index(other)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One thing that is looked at.

    Args:
        id: as reports name it, such as ``SEC-CORS``.
        title: what it is about.
        why: who can do what where something is found.
        advice: what the operator can do.
        profile: the requirement of the Local Image Generation Security Profile 2026 that is
            nearest to it; empty for none.
    """

    id: str
    title: str
    why: str
    advice: str
    profile: str = ""


@cache
def topics() -> dict[str, Topic]:
    """Everything that is looked at, by id, in the order of reports."""
    text = (files("conformance.security") / "data" / "topics.toml").read_text(encoding="utf-8")
    return {entry["id"]: Topic(**entry) for entry in tomllib.loads(text)["topic"]}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found out about one topic.

    Args:
        topic: what was looked at.
        level: how much it matters.
        sentence: what was found, as a sentence; never a value that somebody keeps secret.
        details: names, such as those of routes, options and headers.
    """

    topic: Topic
    level: Level
    sentence: str
    details: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Id of the topic."""
        return self.topic.id


def finding(name: str, level: Level, sentence: str, details: Iterable[str] = ()) -> Finding:
    """A finding by the id of its topic.

    Args:
        name: of the topic.
        level: how much it matters.
        sentence: what was found.
        details: names, one each.
    """
    return Finding(topic=topics()[name], level=level, sentence=sentence, details=tuple(details))


_TONES = {Level.HIGH: "bad", Level.MEDIUM: "warn", Level.LOW: "info"}
# Details that a line names; the JSON has all.
_NAMED = 8
KEY = "security"


def section(findings: Iterable[Finding], where: str, *, fail_on: Level | None = None) -> Section:
    """The part of a report on security; the worst comes first.

    Args:
        findings: of a server.
        where: address of the server.
        fail_on: the least bad level that ends the command with 1; None for none.
    """
    order = list(Level)
    ranked = sorted(findings, key=lambda each: order.index(each.level))
    worst = ranked[0].level if ranked else Level.UNKNOWN
    binding = [e for e in ranked if fail_on is not None and e.level.at_least(fail_on)]
    counted = binding or [e for e in ranked if e.level is Level.HIGH]
    return Section(
        key=KEY,
        title=f"Security: {summary(ranked)}",
        lines=tuple(line for each in ranked for line in _lines(each)),
        brief=_brief(ranked, where),
        tone=_TONES.get(worst, "good" if worst is Level.FINE else "none"),
        short=f"security: {summary(counted)}" if counted else "",
        entries=tuple(_entry(each) for each in ranked),
        fails=bool(binding),
    )


def summary(findings: Iterable[Finding]) -> str:
    """Counts by level, as ``1 high, 2 low, 3 fine``.

    Args:
        findings: of a server.
    """
    counts = Counter(each.level for each in findings)
    sentence = {Level.UNKNOWN: "not looked at"}
    parts = [f"{counts[level]} {sentence.get(level, level)}" for level in Level if counts[level]]
    return ", ".join(parts) or "nothing was looked at"


def _lines(each: Finding) -> list[str]:
    if each.level is Level.FINE:
        return [f"fine {each.id}: {each.sentence}"]
    if each.level is Level.UNKNOWN:
        return [f"not looked at {each.id} ({each.topic.title}): {each.sentence}"]
    more = f" [{_named(each.details)}]" if each.details else ""
    head = f"{each.level.upper()} {each.id}: {each.sentence}{more}"
    return [f"{head} {each.topic.why} {each.topic.advice}"]


def _brief(ranked: list[Finding], where: str) -> tuple[str, ...]:
    """What a terminal shows: what matters most, and how to see the rest."""
    shown = [e for e in ranked if e.level in {Level.HIGH, Level.MEDIUM}]
    lines = [f"{each.level.upper()} {each.id}: {each.sentence}" for each in shown]
    return (*lines, f"All of it, and what to do: sdapi-check security {where}")


def _named(details: tuple[str, ...]) -> str:
    more = f" and {len(details) - _NAMED} more" if len(details) > _NAMED else ""
    return "; ".join(details[:_NAMED]) + more


def _entry(each: Finding) -> Entry:
    return Entry(
        id=each.id,
        level=str(each.level),
        title=each.topic.title,
        sentence=each.sentence,
        details=each.details,
    )
