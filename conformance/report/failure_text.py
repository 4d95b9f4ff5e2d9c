"""The text of a failure, and of a cause with all that follows from it."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.client.curl import curl_command, fits_a_line, shown_body
from conformance.client.redaction import redact_json, redact_text
from conformance.client.rendering import shorten_json, shorten_text
from conformance.report.layout import command_lines, filled
from conformance.report.redacted import ShownExchange
from conformance.report.remedies import remedy_of
from conformance.requirements.requirement import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.exchange import Exchange
    from conformance.report.causes import Cause
    from conformance.verdict import Result


TEXT_WIDTH = 96
_EXCERPT = 400
_LABEL = 10
# A narrower terminal has its labels on lines of their own.
_NARROW = 60


def _curl(exchange: Exchange) -> str:
    return exchange.curl if isinstance(exchange, ShownExchange) else curl_command(exchange)


@dataclass(frozen=True)
class Style:
    """How failures are written.

    Args:
        width: columns of a paragraph.
        commands: columns of a command; None for any number.
        curl: makes a command of an exchange.
    """

    width: int = TEXT_WIDTH
    commands: int | None = None
    curl: Callable[[Exchange], str] = _curl


_PLAIN = Style()


def failure_lines(result: Result, replay: str, style: Style = _PLAIN) -> list[str]:
    """A failure as lines of plain text, the first of them its title.

    Args:
        result: of a requirement that is not met, or of an error of the suite.
        replay: the command that repeats it.
        style: how it is written.
    """
    lines = claim_lines(result, style)
    lines += _field("Helps", remedy_of(result), style)
    for exchange in result.exchanges[:1]:
        lines += _field("Request", request_line(exchange), style)
        lines += _field("Answer", answer_excerpt(exchange), style)
        lines += _command("Curl", printable(style.curl(exchange)), style)
    lines += _command("Replay", replay, style)
    return lines + _command("Explain", f"sdapi-check --explain {result.id}", style)


def claim_lines(result: Result, style: Style = _PLAIN) -> list[str]:
    """What a requirement promises, and what was found, without the requests that show it.

    Args:
        result: as for ``failure_lines``.
        style: how it is written.
    """
    lines = [title(result), *filled(printable(result.requirement.sentence), style.width, "  ")]
    lines += _field("Expected", result.expected, style)
    lines += _field("Actual", result.actual or result.reason, style)
    # Only waivers give a reason to what was found out.
    return lines + _field("Waiver", result.reason if result.actual else "", style)


def cause_lines(cause: Cause, replay: str, style: Style = _PLAIN) -> list[str]:
    """A cause as lines: the failure that shows it best, and the ids of what follows from it.

    Args:
        cause: of what is not met.
        replay: the command that repeats its head.
        style: how it is written.
    """
    lines = failure_lines(cause.head, replay, style)
    if len(cause.routes) > 1:
        lines += _field("Routes", ", ".join(cause.routes), style)
    if cause.follows:
        ids = ", ".join(result.id for result in cause.follows)
        lines += _field("Follows", f"{counted(cause.follows)}: {ids}", style)
    return lines


def counted(results: Iterable[Result]) -> str:
    """How many results there are of each level, as in ``3 MUST, 1 SHOULD``.

    Args:
        results: to be counted.
    """
    count = Counter(result.requirement.level for result in results)
    return ", ".join(f"{count[level]} {level}" for level in Level if count[level])


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


def printable(text: str) -> str:
    """The text without what would move a terminal's cursor or cannot be encoded.

    Args:
        text: any.
    """
    visible = "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
    return visible.encode("utf-8", errors="backslashreplace").decode("utf-8")


def _field(label: str, text: str, style: Style) -> list[str]:
    """A labelled paragraph."""
    if not text:
        return []
    if style.width < _NARROW:
        return [f"  {label}:", *filled(printable(text), style.width, "    ")]
    return filled(printable(text), style.width, f"  {label + ':':<{_LABEL}}", " " * (_LABEL + 2))


def _command(label: str, command: str, style: Style) -> list[str]:
    """A labelled command, to be copied."""
    if style.commands is not None and style.commands < _NARROW:
        first, *rest = command_lines(command, style.commands, "    ")
        return [f"  {label}:", f"    {first}", *rest]
    indent = " " * (_LABEL + 2)
    first, *rest = command_lines(command, style.commands, indent)
    return [f"  {label + ':':<{_LABEL}}{first}", *rest]


def _shortened(text: str, secrets: tuple[str, ...]) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return redact_text(shorten_text(text), secrets)
    return json.dumps(redact_json(shorten_json(value), secrets), ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}... ({len(text)} characters)"


class BodyFiles:
    """Writes such bodies into a folder for temporary files, which is made when one is needed.

    Args:
        longest: characters of a whole command that needs no file.
    """

    def __init__(self, longest: int | None = None) -> None:
        self._longest = longest
        self._folder: Path | None = None
        self._numbers = count(1)

    def command(self, exchange: Exchange) -> str:
        """The request as a curl command of one line.

        Args:
            exchange: the request.
        """
        if isinstance(exchange, ShownExchange):
            return exchange.curl
        if exchange.request_body is None:
            return curl_command(exchange)
        if fits_a_line(exchange):
            line = curl_command(exchange)
            if self._longest is None or len(line) <= self._longest:
                return line
        try:
            return curl_command(exchange, body_file=str(self._written(shown_body(exchange))))
        except OSError:
            return curl_command(exchange)

    def _written(self, body: bytes) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="sdapi-check-"))
        path = self._folder / f"body-{next(self._numbers)}"
        path.write_bytes(body)
        return path
