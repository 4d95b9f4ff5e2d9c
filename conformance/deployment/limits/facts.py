"""The limits of a server as facts in a report, and which programs need more."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from conformance.deployment.limits.probing import (
    MIB,
    body_route,
    bursts,
    longest,
    refused_anyway,
    unreadable_anyway,
    uploads,
)
from conformance.requirements.client_programs import load_clients
from conformance.runner.events import Entry, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.deployment.limits.probing import Burst, Longest, Upload
    from conformance.runner.check_context import CheckContext


KEY = "limits"
# A photograph as PNG takes about two bytes a pixel, and base64 a third more.
_BYTES_A_PIXEL = 2 * 4 / 3
#: The edge of the largest picture that programs commonly send to img2img.
EDGE = 2048
_GRID = 64
_NAMED = 6


def needed(edge: int = EDGE) -> int:
    """About how many bytes an img2img of a square photograph sends.

    Args:
        edge: of the picture, in pixels.
    """
    return round(edge * edge * _BYTES_A_PIXEL)


def largest_edge(size: int) -> int:
    """The edge of about the largest square photograph that fits into a body.

    Args:
        size: of the body, in bytes.
    """
    return int(sqrt(size / _BYTES_A_PIXEL)) // _GRID * _GRID


def readable_size(size: int) -> str:
    """A size as people write it, such as ``1.5 MiB``.

    Args:
        size: in bytes.
    """
    return f"{size / MIB:.1f}".removesuffix(".0") + " MiB"


def look_at_limits(context: CheckContext) -> Section:
    """Measure the limits of a server, and make a section of them.

    Args:
        context: of the server, whose checks are over.

    Returns:
        Facts, one a line; they are no verdicts.
    """
    # Before the large bodies drive what the run sent out of the memory.
    took = longest(context)
    path = body_route(context)
    unsent = "no documented route takes one unread" if path is None else ""
    unsent = unsent or refused_anyway(context, path or "")
    made = [] if unsent else uploads(context, path or "")
    unread = unreadable_anyway(context)
    reads = [] if unread else bursts(context)
    entries = (body_entry(made, unsent), at_once_entry(reads, unread), request_entry(took))
    short = any(entry.level == "short" for entry in entries)
    return Section(
        key=KEY,
        title="Limits",
        lines=tuple(" ".join((entry.sentence, *entry.details)) for entry in entries),
        tone="warn" if short else "info",
        entries=entries,
    )


def body_entry(made: Sequence[Upload], unsent: str = "") -> Entry:
    """The largest body, and what does not fit.

    Args:
        made: bodies of growing size.
        unsent: why there are none; empty where there are some.
    """
    title = "The largest body"
    if not made:
        sentence = f"The largest body was not looked at: {unsent}."
        return Entry(id="LIMIT-BODY", level="unknown", title=title, sentence=sentence)
    last = made[-1]
    if not last.refusal:
        tried = "larger ones were not tried"
        sentence = f"A body of {readable_size(last.size)} is taken; {tried}."
        return Entry(id="LIMIT-BODY", level="fact", title=title, sentence=sentence)
    before = made[-2].size if len(made) > 1 else 0
    taken = f"A body of {readable_size(before)} is taken" if before else "Small bodies are taken"
    sentence = f"{taken}, and of one of {readable_size(last.size)} {last.refusal}."
    level = "short" if last.size < 2 * needed() else "fact"
    details = _too_small(before or last.size) if level == "short" else ()
    return Entry(id="LIMIT-BODY", level=level, title=title, sentence=sentence, details=details)


def _too_small(size: int) -> tuple[str, ...]:
    """Who needs more than a body of this size."""
    senders = [client.id for client in load_clients() if _sends_pictures(client.need_ids)]
    more = f" and {len(senders) - _NAMED} more" if len(senders) > _NAMED else ""
    edge = largest_edge(size)
    sends = f"An img2img of {EDGE}x{EDGE} sends some {readable_size(needed())}"
    lost = f"photographs beyond about {edge}x{edge} may not get through"
    programs = f"{', '.join(senders[:_NAMED])}{more}"
    return (f"{sends}; {lost}.", f"Programs that send pictures: {programs}.")


def _sends_pictures(names: Sequence[str]) -> bool:
    return any(name.startswith(("IMG2IMG-", "EXTRAS-")) for name in names)


def at_once_entry(reads: Sequence[Burst], unread: str = "") -> Entry:
    """How many requests at once are served.

    Args:
        reads: bursts of growing size.
        unread: why there are none; empty where there are some.
    """
    title = "Requests at once"
    if not reads:
        sentence = f"Requests at once were not looked at: {unread}."
        return Entry(id="LIMIT-AT-ONCE", level="unknown", title=title, sentence=sentence)
    last = reads[-1]
    if not last.refusals:
        sentence = f"{last.count} requests at once are served, the slowest in {last.slowest:.2f} s."
        return Entry(id="LIMIT-AT-ONCE", level="fact", title=title, sentence=sentence)
    sentence = f"Of {last.count} requests at once {last.answered} are served; {last.endings}."
    return Entry(id="LIMIT-AT-ONCE", level="short", title=title, sentence=sentence)


def request_entry(took: Longest) -> Entry:
    """How long a request may take, as far as the run saw.

    Args:
        took: the longest requests.
    """
    title = "The longest request"
    sentence = "No request was answered."
    if took.answered is not None:
        asked, seconds = took.answered, took.answered.elapsed
        which = f"{asked.method} {asked.path.partition('?')[0]}"
        sentence = f"The longest request took {seconds:.1f} s ({which}), and was answered."
    if took.cut_off is None:
        return Entry(id="LIMIT-REQUEST", level="fact", title=title, sentence=sentence)
    cut = took.cut_off
    details = (f"A gateway gave up on one after {cut.elapsed:.1f} s ({cut.status}).",)
    return Entry(id="LIMIT-REQUEST", level="short", title=title, sentence=sentence, details=details)
