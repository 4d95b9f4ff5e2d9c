"""One server under pytest: recognised once, judged requirement by requirement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from conformance.client.address import read_credentials
from conformance.deployment.connection import Connection
from conformance.deployment.undo_journal.leftovers import journal_for
from conformance.detection.profile import ServerProfile
from conformance.detection.readiness import Patience
from conformance.report.failure_text import failure_lines
from conformance.requirements.requirement import Level
from conformance.runner.check_context import ContextSettings, open_context
from conformance.runner.events import Event, Note, OptionsNotRestored
from conformance.runner.registry import all_checks
from conformance.runner.run import Run, RunSettings
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.properties.property import Property
    from conformance.requirements.requirement import Requirement
    from conformance.runner.plan import Mode, Plan


def end_test(result: Result, url: str, seed: int, fail_on: Level = Level.MUST) -> None:
    """End the test as the verdict says: pass, fail, skip, or xfail for what need not be met.

    Args:
        result: the verdict.
        url: of the server, for the command that repeats it.
        seed: of the random examples.
        fail_on: the least binding level whose failure fails the test: MUST or SHOULD.
    """
    __tracebackhide__ = True
    if result.verdict.met:
        return
    random = f" --seed {seed}" if result.id.startswith("PROPERTY") else ""
    text = "\n".join(failure_lines(result, f"sdapi-check {url} --only {result.id}{random}"))
    binding = result.verdict is Verdict.WARN and fail_on is Level.SHOULD
    if result.verdict in {Verdict.FAIL, Verdict.ERROR} or binding:
        pytest.fail(text, pytrace=False)
    if result.verdict.unmet:
        pytest.xfail(f"{result.requirement.level}: {result.actual}")
    pytest.skip(f"{result.verdict}: {result.reason}")


@dataclass(frozen=True, kw_only=True)
class SessionSettings:
    """How pytest judges a server.

    Args:
        url: its address.
        mode: how far to go.
        auth: ``user:password``, None for none.
        profile: what kind of server it is; None to find out.
        seed: of the random examples.
        examples: of each property.
        alone: whether nobody else uses the server, so that there is nobody to wait for.
    """

    url: str
    mode: Mode
    auth: str | None = None
    profile: str | None = None
    seed: int = 0
    examples: int = 5
    alone: bool = False


class Session:
    """One server under pytest.

    Args:
        settings: how it is judged.

    Raises:
        ConformanceError: it cannot be reached, or cannot be judged; the text says why.
    """

    def __init__(self, settings: SessionSettings) -> None:
        self.settings = settings
        self._events: list[Event] = []
        given = None if settings.profile is None else ServerProfile.parse(settings.profile)
        reach = Connection(url=settings.url, auth=read_credentials(settings.auth))
        journal = None
        if not settings.alone:
            journal = journal_for(reach.base, None, writes=settings.mode.writes, say=self._say)
        lab_settings = ContextSettings(auth=reach.credentials, journal=journal)
        self.context = open_context(reach.client(), lab_settings, given)
        patience = None if settings.alone else Patience()
        run_settings = RunSettings(mode=settings.mode, seed=settings.seed, patience=patience)
        self._run = Run(self.context, run_settings, self._events.append)
        self._plan: Plan | None = None

    def plan(self, requirements: Sequence[Requirement]) -> None:
        """Decide what of these is looked at; made once."""
        if self._plan is None:
            self._plan = self._run.prepare(requirements, all_checks())

    def result(self, requirement: Requirement) -> Result:
        """The verdict on one requirement, looked at now."""
        self.plan([requirement])
        assert self._plan is not None  # noqa: S101 - just made
        for planned in self._plan.checks:
            if planned.requirement.id == requirement.id:
                return self._run.look(planned)
        left_out = {result.id: result for result in self._plan.left_out}
        reason = "it was not part of the plan"
        missing = Result(requirement=requirement, verdict=Verdict.NOT_RUN, reason=reason)
        return left_out.get(requirement.id, missing)

    def try_property(self, item: Property) -> Result:
        """The verdict on one property, tried now."""
        self.plan([])
        requirement, mode = item.requirement, self.settings.mode
        if not self.context.profile.promises(requirement):
            reason = f"it applies to {requirement.applies}, and this is {self.context.profile}"
            return _left_out(requirement, Verdict.NOT_APPLICABLE, reason)
        if not mode.allows(requirement):
            return _left_out(requirement, Verdict.NOT_RUN, mode.refusal(requirement))
        return item.check(self.context, self.settings.seed, self.settings.examples)

    def _say(self, words: str) -> None:
        self._events.append(Note(words))

    def close(self) -> str:
        """Put everything back; what could not be, in words."""
        self._run.finish()
        self.context.client.close()
        left = [event.words for event in self._events if isinstance(event, OptionsNotRestored)]
        return "; ".join(left)


def _left_out(requirement: Requirement, verdict: Verdict, reason: str) -> Result:
    return Result(requirement=requirement, verdict=verdict, reason=reason)
