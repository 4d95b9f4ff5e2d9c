"""The report on a terminal, and the text of a failure."""

from __future__ import annotations

import json
import os
from textwrap import wrap
from typing import TYPE_CHECKING, TextIO

import click

from conformance.client.redaction import redact_json, redact_text
from conformance.client.rendering import curl_command, shorten_json, shorten_text
from conformance.report.document import Collector
from conformance.report.summary import program_lines, table_lines, verdict_line
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

    from conformance.exchange import Exchange
    from conformance.report.document import Document


_TEXT_WIDTH = 96
_EXCERPT = 400
_LABEL = 10


def failure_lines(result: Result, replay: str) -> list[str]:
    """A failure as lines of plain text, the first of them its title.

    Args:
        result: of a requirement that is not met, or of an error of the suite.
        replay: the command that repeats it.
    """
    lines = [title(result), *_wrapped(result.requirement.sentence, "  ")]
    lines += _field("Expected", result.expected)
    lines += _field("Actual", result.actual or result.reason)
    # Only waivers give a reason to what was found out.
    lines += _field("Waiver", result.reason if result.actual else "")
    for exchange in result.exchanges[:1]:
        lines += _exchange(exchange)
    lines += _field("Replay", replay, whole=True)
    lines += _field("Explain", f"sdapi-check --explain {result.id}", whole=True)
    return lines


def title(result: Result) -> str:
    """Id, level and verdict on one line.

    Args:
        result: to be shown.
    """
    return f"{result.id} ({result.requirement.level}): {result.verdict}"


def request_line(exchange: Exchange) -> str:
    """Method, path and the fields that matter, secrets and pictures taken out.

    Args:
        exchange: to be shown.
    """
    body = exchange.request_body
    path = redact_text(exchange.path, exchange.secrets)
    if body is None:
        return f"{exchange.method} {path}"
    text = _shortened(body.decode("utf-8", errors="replace"), exchange.secrets)
    return f"{exchange.method} {path} {_cut(text)}"


def answer_excerpt(exchange: Exchange) -> str:
    """Status, time and the beginning of the body, secrets and pictures taken out.

    Args:
        exchange: to be shown.
    """
    if exchange.status is None:
        return redact_text(exchange.error or "no answer", exchange.secrets)
    head = f"{exchange.status} in {exchange.elapsed:.2f} s"
    broken = f" ({exchange.error})" if exchange.error else ""
    text = _shortened(exchange.text, exchange.secrets)
    return f"{head}{broken} {_cut(text)}".rstrip()


def _exchange(exchange: Exchange) -> list[str]:
    lines = _field("Request", request_line(exchange))
    lines += _field("Answer", answer_excerpt(exchange))
    return lines + _field("Curl", _printable(curl_command(exchange)), whole=True)


def _field(label: str, text: str, *, whole: bool = False) -> list[str]:
    """A labelled paragraph; ``whole`` keeps it on one line, to be copied."""
    if not text:
        return []
    first = f"  {label + ':':<{_LABEL}}"
    if whole:
        return [first + text]
    rest = " " * len(first)
    parts = _wrapped(text, "")
    return [first + parts[0], *(rest + part for part in parts[1:])]


def _wrapped(text: str, indent: str) -> list[str]:
    clean = _printable(text)
    return [indent + line for line in wrap(clean, _TEXT_WIDTH, break_long_words=False)] or [indent]


def _shortened(text: str, secrets: tuple[str, ...]) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return redact_text(shorten_text(text), secrets)
    return json.dumps(redact_json(shorten_json(value), secrets), ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}... ({len(text)} characters)"


def _printable(text: str) -> str:
    """The text without what would move a terminal's cursor or cannot be encoded."""
    visible = "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
    return visible.encode("utf-8", errors="backslashreplace").decode("utf-8")


_COLOURS = {
    Verdict.FAIL: "red",
    Verdict.ERROR: "magenta",
    Verdict.WAIVED_BUT_PASSED: "red",
    Verdict.WARN: "yellow",
    Verdict.INFO: "blue",
}
_TONES = {"good": "green", "bad": "red", "warn": "yellow", "info": "blue"}
_WIDTH = 79
_MINUTE = 60
# So many failures are shown in full whatever their level.
_FEW = 10


class Console:
    """Writes what happens as it happens, and the report at the end.

    Progress and colour go to a terminal alone; ``NO_COLOR`` switches the colour off.

    Args:
        out: where to write.
        replay: the command that repeats one requirement, by its id.
        fail_on: the least binding level whose failure counts.
        verbose: list the requirements that were not looked at, and why.
    """

    def __init__(
        self,
        out: TextIO,
        replay: Callable[[str], str],
        fail_on: Level = Level.MUST,
        *,
        verbose: bool = False,
    ) -> None:
        self._out = out
        self._replay = replay
        self._fail_on = fail_on
        self._verbose = verbose
        self._live = out.isatty()
        self._colour = self._live and not os.environ.get("NO_COLOR")
        self._collector = Collector()

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
            case Note():
                self._line(event.words)
            case OptionsNotRestored() | ServerLost():
                self._line(event.words, "red")
            case RunFinished():
                self._report()

    def _start(self, event: RunStarted) -> None:
        count = len(event.plan.checks)
        cost = f", about {event.plan.cost:.2f} pictures" if event.plan.cost else ""
        self._line(f"{event.url}: {event.profile}, mode {event.mode}, {count} checks{cost}")
        if self._verbose:
            for sentence in event.profile.evidence:
                self._line(f"  {sentence}")

    def _finished(self, result: Result) -> None:
        if result.verdict.to_look_at:
            waived = result.verdict is Verdict.WAIVED
            sentence = result.reason if waived else result.actual or result.reason
            line = f"{result.verdict} {result.id}: {sentence}"
            self._line(_short(line), _COLOURS.get(result.verdict))
        elif self._verbose and not result.verdict.met:
            self._line(_short(f"{result.verdict}: {result.id}, {result.reason}"))

    def _report(self) -> None:
        self._clear()
        document = self._collector.document
        self._sections(document.sections_shown(urgent=True))
        for result in self._in_full(document):
            self._failure(result)
        self._write("")
        for line in table_lines(document):
            self._write(line)
        self._sections(document.sections_shown(urgent=False))
        self._write("")
        for line in program_lines(document):
            self._write(line)
        if document.not_put_back:
            self._write(self._styled(document.not_put_back, "red"))
        self._write(f"{document.seconds:.1f} s, {document.cost:.3f} pictures")
        good = document.exit_code(self._fail_on) == 0
        colour = "green" if good else "red"
        self._write(self._styled(verdict_line(document, self._fail_on), colour))

    def _in_full(self, document: Document) -> list[Result]:
        """The failures to show in full; many MAYs, and what is waived, would bury the others."""
        few = self._verbose or len(document.unmet) <= _FEW
        buried = {Verdict.WAIVED} if few else {Verdict.INFO, Verdict.WAIVED}
        return [r for r in document.unmet if self._verbose or r.verdict not in buried]

    def _failure(self, result: Result) -> None:
        head, *rest = failure_lines(result, self._replay(result.id))
        self._write("")
        self._write(self._styled(head, _COLOURS.get(result.verdict)))
        for line in rest:
            self._write(line)

    def _sections(self, sections: tuple[Section, ...]) -> None:
        for section in sections:
            self._write("")
            self._write(self._styled(section.title, _TONES.get(section.tone)))
            for sentence in section.brief or section.lines:
                for line in _wrapped(sentence, "  "):
                    self._write(line)

    def _progress(self, text: str) -> None:
        if self._live:
            self._out.write("\r\x1b[K" + text[:_WIDTH])
            self._out.flush()

    def _clear(self) -> None:
        self._progress("")

    def _line(self, text: str, colour: str | None = None) -> None:
        self._clear()
        self._write(self._styled(text, colour))

    def _styled(self, text: str, colour: str | None) -> str:
        return click.style(text, fg=colour) if self._colour and colour else text

    def _write(self, text: str) -> None:
        self._out.write(text + "\n")


def _duration(seconds: float) -> str:
    """About how long, in one unit."""
    if seconds < _MINUTE:
        return f"about {max(round(seconds), 1)} s"
    return f"about {round(seconds / _MINUTE)} min"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH * 2 else line[: _WIDTH * 2 - 3] + "..."
