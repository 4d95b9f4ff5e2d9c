"""What a report says, collected from the events of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from conformance.requirements.catalogue import place_of
from conformance.requirements.requirement import Level
from conformance.runner.events import (
    CheckFinished,
    Event,
    Interrupted,
    Note,
    OptionsNotRestored,
    RunFinished,
    RunStarted,
    Section,
    ServerLost,
    WritingEnded,
)
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.verdict import Result


# A server is not acquitted of whose MUSTs a larger share could not be seen.
_MOST_HIDDEN = 0.1


class ExitCode(IntEnum):
    """What the command's exit code means."""

    CONFORMANT = 0
    NOT_CONFORMANT = 1  # a MUST is not met, a waiver is out of date, or not all was certified
    USAGE = 2
    NO_TARGET = 3  # not reached, no sdapi, busy, or lost on the way
    SUITE_FAILED = 4  # the suite failed, options stay changed, or it is not one server
    NOTHING_RAN = 5  # or too little could be seen
    INTERRUPTED = 130  # as a shell has it for Ctrl-C


@dataclass(frozen=True, kw_only=True)
class Document:
    """The result of a run.

    Args:
        url: address of the server, without credentials.
        profile: what kind of server it is.
        evidence: the signs it was recognised by.
        mode: how far the run went.
        seed: of the random examples; the same seed makes the same ones.
        started: when the run began.
        seconds: how long it took.
        cost: what was sampled, in pictures of 512x512 at 20 steps.
        planned_cost: what the plan foresaw, in the same unit.
        results: of all requirements chosen, in the catalogue's order, properties after them.
        notes: lines worth reading.
        sections: parts of the report with titles of their own, in the order of their keys' first
            appearance.
        not_put_back: options that could not be put back, in words; empty if all were.
        stopped: why nothing more was written to the server; empty if nothing stopped it.
        interrupted: how far the run came that somebody ended; empty for a whole one.
        lost: how the server went away, in words; empty if it did not.
        version: of this suite.
        name: what the operator calls the server; empty for none.
        command: what repeats the run; ``--only ID`` after it repeats one requirement.
        fail_on: the least binding level whose failure counts.
        certify: whether the run was to leave nothing out that applies to the server.
        programs: ids of the programs that were asked for; empty for all.
    """

    url: str
    profile: str
    evidence: tuple[str, ...] = ()
    mode: str
    seed: int
    started: datetime
    seconds: float = 0.0
    cost: float = 0.0
    planned_cost: float = 0.0
    results: tuple[Result, ...] = ()
    notes: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    not_put_back: str = ""
    stopped: str = ""
    interrupted: str = ""
    lost: str = ""
    version: str = ""
    name: str = ""
    command: str = ""
    fail_on: Level = Level.MUST
    certify: bool = False
    programs: tuple[str, ...] = ()
    _counts: Counter[tuple[Level, Verdict]] = field(
        default_factory=Counter,
        init=False,
        repr=False,
        compare=False,
    )

    def __post_init__(self) -> None:
        self._counts.update((r.requirement.level, r.verdict) for r in self.results)

    def count(self, verdict: Verdict, level: Level | None = None) -> int:
        """How many requirements of a level, or of all, have a verdict.

        Args:
            verdict: to be counted.
            level: of the requirements; None for all.
        """
        levels = Level if level is None else (level,)
        return sum(self._counts[each, verdict] for each in levels)

    @property
    def unmet(self) -> tuple[Result, ...]:
        """The results to look at, most binding first: unmet, errors, waivers out of date."""
        order = list(Level)
        found = [r for r in self.results if r.verdict.to_look_at]
        return tuple(sorted(found, key=lambda r: order.index(r.requirement.level)))

    @property
    def not_certified(self) -> tuple[Result, ...]:
        """What a run left out that was to leave nothing out."""
        missing = {Verdict.NOT_RUN, Verdict.SKIPPED}
        return tuple(r for r in self.results if self.certify and r.verdict in missing)

    def sections_shown(self, *, urgent: bool) -> tuple[Section, ...]:
        """The sections that have lines.

        Args:
            urgent: those that come before everything else, or those that do not.
        """
        return tuple(s for s in self.sections if s.lines and s.urgent is urgent)

    @property
    def mostly_hidden(self) -> bool:
        """Whether a gateway hid so many MUSTs that the others acquit nobody."""
        binding = [r for r in self.results if r.requirement.level is Level.MUST]
        hidden = sum(bool(r.hidden_by) for r in binding)
        return hidden > _MOST_HIDDEN * (hidden + sum(r.verdict.looked_at for r in binding))

    @property
    def title(self) -> str:
        """What to call the server: its name, or its address."""
        return self.name or self.url

    def replay(self, name: str) -> str:
        """The command that repeats one requirement; the seed matters to random examples alone.

        Args:
            name: id of the requirement.
        """
        random = f" --seed {self.seed}" if name.startswith("PROPERTY") else ""
        return f"{self.command or 'sdapi-check ' + self.url} --only {name}{random}"

    def exit_code(self, fail_on: Level | None = None) -> ExitCode:
        """What the command ends with.

        Args:
            fail_on: the least binding level whose failure counts: MUST or SHOULD; the
                document's own by default.
        """
        if self.not_put_back or self.stopped:
            return ExitCode.SUITE_FAILED
        if self.interrupted:
            return ExitCode.INTERRUPTED
        return self._exit_code_of_results(fail_on or self.fail_on)

    def _exit_code_of_results(self, fail_on: Level) -> ExitCode:
        bad = {Verdict.FAIL, Verdict.WAIVED_BUT_PASSED}
        if fail_on is not Level.MUST:
            bad.add(Verdict.WARN)
        if any(result.verdict in bad for result in self.results):
            return ExitCode.NOT_CONFORMANT
        if self.count(Verdict.ERROR):
            return ExitCode.SUITE_FAILED
        if self.lost:
            return ExitCode.NO_TARGET
        if self.mostly_hidden or not any(result.verdict.looked_at for result in self.results):
            return ExitCode.NOTHING_RAN
        if self.not_certified or any(section.fails for section in self.sections):
            return ExitCode.NOT_CONFORMANT
        return ExitCode.CONFORMANT


_DISTRIBUTION = "sdapi-conformance"


class Collector:
    """Gathers the result document from events.

    Args:
        started: when the run began; now by default.
        name: what the operator calls the server; empty for none.
        command: what repeats the run.
        fail_on: the least binding level whose failure counts.
        programs: ids of the programs that were asked for.
    """

    def __init__(
        self,
        started: datetime | None = None,
        *,
        name: str = "",
        command: str = "",
        fail_on: Level = Level.MUST,
        programs: tuple[str, ...] = (),
    ) -> None:
        self._started = started or datetime.now(UTC)
        self._results: list[Result] = []
        self._whole: Document | None = None
        self._head = Document(
            url="",
            profile="",
            mode="",
            seed=0,
            started=self._started,
            version=suite_version(),
            name=name,
            command=command,
            fail_on=fail_on,
            programs=programs,
        )

    def handle(self, event: Event) -> None:
        """Take one event into the document.

        Args:
            event: of the run.
        """
        if isinstance(event, CheckFinished):
            self._results.append(event.result)
        if isinstance(event, Section):
            kept = {each.key: each for each in self._head.sections} | {event.key: event}
            self._head = replace(self._head, sections=tuple(kept.values()))
        self._head = _with_event(self._head, event)
        self._whole = None

    @property
    def programs(self) -> tuple[str, ...]:
        """Names of the programs that the run is about; none where it is about the server."""
        return self._head.programs

    @property
    def document(self) -> Document:
        """The document so far, its results in the order of reports."""
        if self._whole is None:
            results = sorted(self._results, key=lambda result: place_of(result.id))
            self._whole = replace(self._head, results=tuple(results))
        return self._whole


def suite_version() -> str:
    """The installed version of this suite; ``unknown`` in a bare checkout."""
    # It loads as slowly as a command reads its options.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def _with_event(document: Document, event: Event) -> Document:
    match event:
        case RunStarted():
            return replace(
                document,
                url=event.url,
                profile=str(event.profile),
                evidence=event.profile.evidence,
                mode=event.mode.value,
                seed=event.seed,
                planned_cost=event.plan.cost,
                certify=event.certify,
            )
        case RunFinished():
            return replace(document, seconds=event.seconds, cost=event.cost)
        case _:
            return replace(document, **_texts_of(document, event))


def _texts_of(document: Document, event: Event) -> dict[str, Any]:
    """What an event that has nothing but words changes."""
    match event:
        case Note():
            return {"notes": (*document.notes, event.text)}
        case OptionsNotRestored():
            return {"not_put_back": event.text}
        case WritingEnded():
            return {"stopped": document.stopped or event.text}
        case Interrupted():
            return {"interrupted": f"interrupted after {event.done} of {event.total}"}
        case ServerLost():
            return {"lost": event.text}
        case _:
            return {}
