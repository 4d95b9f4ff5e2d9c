"""The events of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.detection.profile import ServerProfile
    from conformance.requirements.requirement import Requirement
    from conformance.runner.plan import Mode, Plan
    from conformance.verdict import Result


@dataclass(frozen=True)
class RunStarted:
    """The server is recognised, and the plan is made.

    Args:
        url: address of the server, without credentials.
        profile: what kind it is, with the evidence.
        mode: how far the run may go.
        plan: what will be looked at, and what was left out.
        seed: of the random examples.
        certify: whether the run is to leave nothing out.
    """

    url: str
    profile: ServerProfile
    mode: Mode
    plan: Plan
    seed: int
    certify: bool = False


@dataclass(frozen=True)
class Note:
    """Something worth a line: waiting, a detail of the run.

    Args:
        text: the line.
    """

    text: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing in a section, for programs that read the report.

    Args:
        id: what programs find it by, such as ``SEC-CORS``.
        level: how much it matters, in terms of the section.
        title: what was looked at.
        sentence: what was found.
        details: names, one each, such as those of routes.
    """

    id: str
    level: str
    title: str
    sentence: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the report with a title of its own, emitted as soon as it is known.

    Every format shows it: those that are urgent before everything else, the others after what
    is not met. A section replaces an earlier one with the same key.

    Args:
        key: what programs find it by, such as ``leftovers``.
        title: what it is about.
        lines: sentences, one thing each; without any it only counts in the verdict line.
        tone: good, bad, warn, info or none; pages and terminals give it a colour.
        urgent: whether it comes before everything else.
        short: a few words for the verdict line; empty for none.
        brief: what a terminal shows instead of the lines; empty for the lines themselves.
        entries: the same for programs, in the JSON alone.
        fails: whether the operator wants what is in it to end the command with 1.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    tone: str = "none"
    urgent: bool = False
    short: str = ""
    brief: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    fails: bool = False


@dataclass(frozen=True)
class CheckStarted:
    """A check begins.

    Args:
        requirement: what is looked at.
        number: which of the run, from 1.
        total: how many there are.
        left: seconds that the run will still take, None while that is unknown.
    """

    requirement: Requirement
    number: int
    total: int
    left: float | None = None


@dataclass(frozen=True)
class CheckFinished:
    """A requirement has its verdict; those left out by the plan get theirs without a start.

    Args:
        result: the verdict and what it rests on.
        number: which of the run, from 1; 0 where it was left out.
        total: how many there are.
    """

    result: Result
    number: int = 0
    total: int = 0


@dataclass(frozen=True)
class OptionsNotRestored:
    """Options differ from what they were, and could not be put back.

    Args:
        text: which, and what they were.
    """

    text: str


@dataclass(frozen=True)
class WritingEnded:
    """Nothing more is written to the server but what puts options back.

    Args:
        text: why: several states at one address, another program, or options that stay.
    """

    text: str


@dataclass(frozen=True)
class Interrupted:
    """Somebody ended the run before its plan was carried out.

    Args:
        done: checks that were over.
        total: how many there were to be.
    """

    done: int
    total: int


@dataclass(frozen=True)
class ServerLost:
    """Nothing answers there any more; the rest is not run.

    Args:
        text: what happened.
    """

    text: str


@dataclass(frozen=True)
class RunFinished:
    """The run is over.

    Args:
        seconds: how long it took.
        cost: what was sampled, in pictures of 512x512 at 20 steps.
        profile: what kind of server it is, as known by now.
    """

    seconds: float
    cost: float
    profile: ServerProfile


Event = (
    RunStarted
    | Note
    | Section
    | CheckStarted
    | CheckFinished
    | OptionsNotRestored
    | WritingEnded
    | Interrupted
    | ServerLost
    | RunFinished
)
