"""How a failure reads, in one order everywhere.

Id and level; the requirement; expected; actual; the request; an excerpt of the answer; the
curl line; how to repeat it; how to have it explained.
"""

from __future__ import annotations

import json
from textwrap import wrap
from typing import TYPE_CHECKING

from conformance.client.redaction import redact_json, redact_text
from conformance.client.rendering import curl_command, shorten_json, shorten_text

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.verdict import Result


_WIDTH = 96
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
    return [indent + line for line in wrap(clean, _WIDTH, break_long_words=False)] or [indent]


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
