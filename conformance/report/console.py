"""The report on a terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

import click

from conformance.report.causes import Cause, causes, is_new, key_of
from conformance.report.document import Collector
from conformance.report.failure_text import TEXT_WIDTH, BodyFiles, Style, cause_lines, counted
from conformance.report.layout import filled, fitted, width_of
from conformance.report.programs import answer_line, program_lines, reported
from conformance.report.summary import table_lines, verdict_line
from conformance.requirements.requirement import Level
from conformance.runner.events import (
    CheckFinished,
    CheckStarted,
    Event,
    Note,
    OptionsNotRestored,
    RunFinished,
    RunStarted,
    Section,
    ServerLost,
)
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.report.document import Document
    from conformance.report.proofs import Key


_COLOURS = {
    Verdict.FAIL: "red",
    Verdict.ERROR: "magenta",
    Verdict.WAIVED_BUT_PASSED: "red",
    Verdict.WARN: "yellow",
    Verdict.INFO: "blue",
}
_TONES = {"good": "green", "bad": "red", "warn": "yellow", "info": "blue"}
# Characters of a line of its own where nothing says how wide a terminal is.
_WIDTH = 79
_MINUTE = 60
# No program needs fewer requirements than this, so that fewer say nothing good of any.
_FEWEST_NEEDS = 2
# So many causes are shown, while a run goes on and at its end.
_MOST = 10


class Console:
    """Writes what happens as it happens, and the report at the end.

    Progress and colour go to a terminal alone; ``NO_COLOR`` switches the colour off. A run that
    asks for some programs writes nothing before its answer about them.

    Args:
        out: where to write.
        replay: the command that repeats one requirement, by its id.
        fail_on: the least binding level whose failure counts.
        verbose: list the requirements that were not looked at, and why, and every cause.
        programs: ids of the programs that were asked for.
        elsewhere: names of the files in which everything is to be read.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each thing that users choose
        self,
        out: TextIO,
        replay: Callable[[str], str],
        fail_on: Level = Level.MUST,
        *,
        verbose: bool = False,
        programs: tuple[str, ...] = (),
        elsewhere: tuple[str, ...] = (),
    ) -> None:
        self._out = out
        self._replay = replay
        self._fail_on = fail_on
        self._verbose = verbose
        self._elsewhere = elsewhere
        self._live = out.isatty()
        self._colour = self._live and not os.environ.get("NO_COLOR")
        self._width = width_of(out)
        self._collector = Collector(programs=programs)
        self._shown: dict[Key, Result] = {}

    def handle(self, event: Event) -> None:
        """Write what an event is worth.

        Args:
            event: of the run.
        """
        self._collector.handle(event)
        match event:
            case RunStarted():
                self._start(event)
            case CheckStarted():
                left = f", {_duration(event.left)} left" if event.left is not None else ""
                self._progress(f"[{event.number}/{event.total}] {event.requirement.id}{left} ")
            case CheckFinished():
                self._finished(event.result)
            case Note() if self._answers_first:
                self._progress(event.text)
            case Note():
                self._line(event.text)
            case OptionsNotRestored() | ServerLost():
                self._line(event.text, "red")
            case RunFinished():
                self._report()

    @property
    def _answers_first(self) -> bool:
        return bool(self._collector.programs)

    def _start(self, event: RunStarted) -> None:
        if self._answers_first:
            return
        self._line(_head(event))
        if self._verbose:
            for sentence in event.profile.evidence:
                self._line(f"  {sentence}")

    def _finished(self, result: Result) -> None:
        if self._answers_first:
            return
        if result.verdict.to_look_at:
            self._failed(result)
        elif self._verbose and not result.verdict.met:
            self._line(self._short(f"{result.verdict}: {result.id}, {result.reason}"))

    def _failed(self, result: Result) -> None:
        """A line for each cause that is new, as far as that can be seen by now."""
        new = is_new(result, self._shown)
        if not self._verbose and (not new or len(self._shown) >= _MOST):
            return
        self._shown.setdefault(key_of(result), result)
        waived = result.verdict is Verdict.WAIVED
        sentence = result.reason if waived else result.actual or result.reason
        line = f"{result.verdict} {result.id}: {sentence}"
        self._line(self._short(line), _COLOURS.get(result.verdict))

    def _report(self) -> None:
        self._clear()
        document = self._collector.document
        if self._answers_first:
            answers = [answer_line(outlook, document) for outlook in reported(document)]
            for sentence in (*answers, *document.notes):
                self._line(sentence)
        self._sections(document.sections_shown(urgent=True))
        self._causes(document)
        self._write("")
        for line in table_lines(document, self._width):
            self._write(line)
        self._sections(document.sections_shown(urgent=False))
        self._write("")
        met = all(result.verdict.met for result in document.results)
        few = met and len(document.results) < _FEWEST_NEEDS
        for line in () if self._answers_first or few else program_lines(document):
            self._line(line)
        if document.not_put_back:
            self._line(document.not_put_back, "red")
        self._line(f"{document.seconds:.1f} s, {document.cost:.3f} pictures")
        good = document.exit_code(self._fail_on) == 0
        self._line(verdict_line(document, self._fail_on), "green" if good else "red")

    def _causes(self, document: Document) -> None:
        if not document.unmet:
            return
        found = causes(document)
        shown = found if self._verbose else self._worth_showing(found)
        style = self._style()
        for cause in shown:
            self._cause(cause, style)
        left = [cause for cause in found if cause not in shown]
        if left:
            heads = counted(cause.head for cause in left)
            where = ", ".join(self._elsewhere) or "-v shows them, --report all.html keeps them"
            count = f"{len(left)} more cause{'s' if len(left) > 1 else ''}"
            self._write("")
            self._line(f"{count} ({heads}): {where}")

    def _worth_showing(self, found: tuple[Cause, ...]) -> list[Cause]:
        """Many MAYs, and what is waived, would bury the others."""
        buried = {Verdict.WAIVED} if len(found) <= _MOST else {Verdict.INFO, Verdict.WAIVED}
        return [cause for cause in found if cause.verdict not in buried][:_MOST]

    def _style(self) -> Style:
        width = min(self._width or TEXT_WIDTH, TEXT_WIDTH)
        return Style(width, self._width, BodyFiles(self._width).command)

    def _cause(self, cause: Cause, style: Style) -> None:
        head, *rest = cause_lines(cause, self._replay(cause.head.id), style)
        self._write("")
        self._write(self._styled(head, _COLOURS.get(cause.verdict)))
        for line in rest:
            self._write(line)

    def _sections(self, sections: tuple[Section, ...]) -> None:
        for section in sections:
            self._write("")
            self._line(section.title, _TONES.get(section.tone))
            for sentence in section.brief or section.lines:
                for line in filled(sentence, self._width or TEXT_WIDTH, "  "):
                    self._write(line)

    def _progress(self, text: str) -> None:
        if self._live:
            self._out.write("\r\x1b[K" + text[: (self._width or _WIDTH) - 1])
            self._out.flush()

    def _clear(self) -> None:
        self._progress("")

    def _line(self, text: str, colour: str | None = None) -> None:
        self._clear()
        for line in fitted(text, self._width):
            self._write(self._styled(line, colour))

    def _short(self, text: str) -> str:
        """A sentence on two lines at most, cut at a blank."""
        line = " ".join(text.split())
        room = 2 * (self._width or _WIDTH)
        if len(line) <= room:
            return line
        return line[: room - 3].rpartition(" ")[0] + "..."

    def _styled(self, text: str, colour: str | None) -> str:
        return click.style(text, fg=colour) if self._colour and colour else text

    def _write(self, text: str) -> None:
        self._out.write(text + "\n")


def _head(event: RunStarted) -> str:
    cost = f", about {event.plan.cost:.2f} pictures" if event.plan.cost else ""
    checks = f"{len(event.plan.checks)} checks"
    return f"{event.url}: {event.profile}, mode {event.mode}, {checks}{cost}"


def _duration(seconds: float) -> str:
    """About how long, in one unit."""
    if seconds < _MINUTE:
        return f"about {max(round(seconds), 1)} s"
    return f"about {round(seconds / _MINUTE)} min"
