"""One run of the command on one server, the embedded mock where none is named."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.embedded import STEP_IN_ALL
from conformance.cli.further_looks import looks_of
from conformance.cli.options import insists_on_looks
from conformance.cli.program import PROGRAM
from conformance.client.connection import Pace
from conformance.detection.readiness import INTERVAL, Patience, when_awake
from conformance.errors import SelectionError
from conformance.requirements.catalogue import EXPECT_AREA, choose
from conformance.requirements.client_programs import find_client, needed_by
from conformance.runner.check_context import ContextSettings, open_context
from conformance.runner.events import Event, Note
from conformance.runner.plan import Limits, Mode, Plan, RunSettings, as_it_is, make_plan
from conformance.runner.registry import LONG_JOBS, checks_of
from conformance.runner.retries import LIMIT, RateLimit
from conformance.runner.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from conformance.cli.further_looks import Look
    from conformance.client.options import OptionJournal
    from conformance.deployment.connection import Connection
    from conformance.deployment.expectations.checks import Demands
    from conformance.detection.profile import ServerProfile
    from conformance.properties.property import Property
    from conformance.requirements.client_programs import ClientProgram
    from conformance.requirements.requirement import Requirement
    from conformance.runner.check_context import CheckContext
    from conformance.runner.registry import Check


# Pictures that a run may cost which the operator set no limit for.
_BUDGET = 1.0
# Checks that are looked at at the same time: one waits for the server, one for its turn, and one
# judges.
_AT_ONCE = 3
# Seconds between two looks at a server that may work for somebody else.
_HURRY = 0.2


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What the user chose.

    Args:
        mode: how far the run may go.
        only: words that choose requirements; all if empty.
        skip: words that leave requirements out.
        profile: what kind of server it is; None to find out.
        seed: of the random examples.
        examples: of each property; 0 for none.
        size: edge of the small pictures.
        budget: pictures that may be sampled; None for one picture, and in mode full for any.
        rate: requests a second at most; None for no limit.
        retry_limit: seconds to wait altogether where an answer asks to come later.
        patience: seconds to wait for a server that works for others; 0 not to look.
        generate: whether any picture may be sampled.
        certify: whether the run is to leave nothing out.
        demands: what the operator asks of the server beyond the catalogue; None for nothing.
        clients: programs whose needs alone are looked at, as MUSTs; all requirements if empty.
        looks: what is found out beyond the requirements, each a section of the report.
        insists: whether the looks are taken in a part of the requirements too.
    """

    mode: Mode
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    profile: ServerProfile | None = None
    seed: int = 0
    examples: int = 5
    size: int = 64
    budget: float | None = None
    rate: float | None = None
    retry_limit: float = LIMIT
    patience: float = 60.0
    generate: bool = True
    certify: bool = False
    demands: Demands | None = None
    clients: tuple[ClientProgram, ...] = ()
    looks: tuple[Look, ...] = ()
    insists: bool = False

    @property
    def most_pictures(self) -> float | None:
        """Pictures that may be sampled; None for no limit."""
        if self.budget is None and self.mode is not Mode.FULL:
            return _BUDGET
        return self.budget

    def requirements(self) -> tuple[Requirement, ...]:
        """The requirements that the words choose.

        Raises:
            SelectionError: a word chooses nothing.
        """
        words = [word for word in self.only if not _names_property(word)]
        if self.only and not words:
            return ()
        skipped = [word for word in self.skip if not _names_property(word)]
        chosen = choose(words, skipped)
        asked = self.demands.checks if self.demands is not None else {}
        demanded = tuple(r for r in chosen if r.id in asked)
        promised = tuple(r for r in chosen if r.area != EXPECT_AREA)
        return (*(needed_by(self.clients, promised) if self.clients else promised), *demanded)

    def properties(self) -> tuple[Property, ...]:
        """The properties that the words choose; none where only requirements are named."""
        wanted = [w.upper() for w in self.only if _names_property(w)]
        unwanted = [w.upper() for w in self.skip if _names_property(w)]
        known = all_properties() if wanted or unwanted else ()
        for word in (*wanted, *unwanted):
            if not _named(known, [word]):
                near = get_close_matches(word, [item.requirement.id for item in known], n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise SelectionError(f"{word!r} is no property{hint}")
        if self.mode is Mode.SMOKE or not self.examples:
            return ()
        if not wanted and (self.only or self.clients):
            return ()
        return tuple(
            p
            for p in all_properties()
            if (not wanted or _starts(p, wanted)) and not (unwanted and _starts(p, unwanted))
        )

    def wanted(self) -> tuple[Requirement, ...]:
        """Requirements and properties that the words choose; raises as ``requirements``."""
        return (*self.requirements(), *(p.requirement for p in self.properties()))

    def load(self) -> tuple[tuple[Requirement, ...], dict[str, Check]]:
        """What is wanted, and what decides about it; the modules of the checks are loaded."""
        if self.properties():
            # While the server is waited for, and not in the midst of the run.
            import conformance.properties.trials  # noqa: F401, PLC0415 - Hypothesis loads slowly
        return self.wanted(), self.checks()

    def checks(self) -> dict[str, Check]:
        """Id -> what decides about it, properties with as many examples as chosen."""
        shipped = checks_of({requirement.area for requirement in self.requirements()})
        tried = {p.requirement.id: p.as_check(self.seed, self.examples) for p in self.properties()}
        return {**shipped, **tried, **(self.demands.checks if self.demands is not None else {})}


def all_properties() -> tuple[Property, ...]:
    """The properties that the suite has."""
    from conformance.properties.property import PROPERTIES  # noqa: PLC0415 - Hypothesis loads slowly

    return PROPERTIES


def connect(
    connection: Connection,
    run_options: RunOptions,
    say: Callable[[str], None],
    journal: OptionJournal | None = None,
    before_each: Callable[[], None] | None = None,
) -> CheckContext:
    """Reach a server, once it is awake; raises as ``open_context``.

    Args:
        connection: how to reach it.
        run_options: what the user chose.
        say: gets a line about what is waited for.
        journal: written before options are changed; None for none.
        before_each: called before each attempt; may raise what ends the waiting.
    """

    def attempt() -> CheckContext:
        if before_each is not None:
            before_each()
        return open_context(connection.client(), settings, run_options.profile)

    settings = ContextSettings(
        size=run_options.size,
        timeouts=connection.timeouts,
        auth=connection.credentials,
        second_auth=connection.second_auth,
        budget=run_options.most_pictures,
        rate=RateLimit(run_options.rate),
        retry_limit=run_options.retry_limit,
        say=say,
        journal=journal,
    )
    pace = Pace(interval=INTERVAL, limit=connection.wait)
    return when_awake(attempt, pace, say)


def planned(
    profile: ServerProfile,
    run_options: RunOptions,
    long_jobs: Mapping[str, int] = MappingProxyType({}),
) -> Plan:
    """What a run over such a server would look at, and for how much; nothing is asked.

    Args:
        profile: what kind of server it is.
        run_options: what the user chose.
        long_jobs: name of a long job -> pixel-steps, where the speed of the server is known.
    """
    limits = Limits(
        profile=profile,
        mode=run_options.mode,
        size=run_options.size,
        budget=run_options.most_pictures,
        generate=run_options.generate,
        long_jobs=long_jobs,
    )
    return make_plan(run_options.wanted(), run_options.checks(), limits)


def open_run(
    context: CheckContext,
    run_options: RunOptions,
    handlers: Sequence[Callable[[Event], None]],
    remarks: Sequence[str] = (),
) -> Run:
    """The run over a server, whoever steps through it: the command at once, pytest test by test.

    Args:
        context: of the server, which is recognised.
        run_options: what the user chose.
        handlers: get every event.
        remarks: what a reader has to know beforehand, in sentences; the first events.
    """

    def emit(event: Event) -> None:
        for handler in handlers:
            handler(event)

    # A readiness probe looks twice too, but in a hurry.
    gap = _HURRY if run_options.mode is Mode.SMOKE else Patience.gap
    patience = Patience(limit=run_options.patience, gap=gap) if run_options.patience else None
    settings = RunSettings(
        mode=run_options.mode,
        seed=run_options.seed,
        patience=patience,
        generate=run_options.generate,
        certify=run_options.certify,
        amend=as_it_is if run_options.demands is None else run_options.demands.amend,
        at_once=_AT_ONCE,
    )
    for remark in remarks:
        emit(Note(remark))
    return Run(context, settings, emit)


def _names_property(word: str) -> bool:
    return word.upper().startswith("PROPERTY")


def _named(items: Iterable[Property], words: Iterable[str]) -> list[Property]:
    words = tuple(words)
    return [item for item in items if _starts(item, words)]


def _starts(item: Property, words: Iterable[str]) -> bool:
    return item.requirement.id.startswith(tuple(words))


# Pixel-steps of each long job on the embedded mock: they last for half a second.
EMBEDDED_JOBS = dict.fromkeys(LONG_JOBS, int(0.5 / STEP_IN_ALL * 512 * 512))
_EXAMPLES = 5
_AS_GIVEN = ("only", "skip", "profile", "seed", "size", "budget", "rate", "generate", "certify")


def run_options_of(given: Mapping[str, Any], *, live: bool) -> RunOptions:
    """What a run is to do.

    Args:
        given: the options' values by name.
        live: whether it is somebody's server, not the embedded mock.

    Raises:
        click.UsageError: options that contradict each other.
        SelectionError: no such program.
    """
    mode = Mode(given["mode"] or (Mode.SAFE if live else Mode.FULL))
    examples = given["examples"]
    if examples is None:
        examples = _EXAMPLES
    _insist_on_all(given, mode)
    insists = insists_on_looks(given)
    whole = live and not (given["only"] or given["for"])
    return RunOptions(
        mode=mode,
        examples=examples,
        # Nobody else uses the embedded mock.
        patience=given["patience"] if live else 0.0,
        clients=tuple(map(find_client, given["for"] or ())),
        looks=looks_of(given, mode, whole=whole) if whole or insists else (),
        insists=insists,
        retry_limit=given.get("retry_limit", LIMIT),
        **{name: given[name] for name in _AS_GIVEN},
    )


def command_of(given: Mapping[str, Any], where: str) -> str:
    """The command that repeats a run, to which ``--only ID`` can be added.

    Args:
        given: the options' values by name.
        where: the words that name the server, without credentials; empty for the embedded mock.
    """
    mode = f"--mode {given['mode']}" if given["mode"] else ""
    programs = [f"--for {name}" for name in given["for"] or ()]
    return " ".join(part for part in (PROGRAM, where, mode, *programs) if part)


def _insist_on_all(given: Mapping[str, Any], mode: Mode) -> None:
    """A certified run leaves nothing out, and so takes no option that does."""
    if not given["certify"]:
        return
    if mode is not Mode.FULL:
        raise click.UsageError("--certify leaves nothing out: add --mode full")
    refused = [f"--{n}" for n in ("only", "skip", "for", "budget") if given[n] not in {(), None}]
    refused += [] if given["generate"] else ["--no-generate"]
    if refused:
        raise click.UsageError(f"--certify leaves nothing out: go without {', '.join(refused)}")
