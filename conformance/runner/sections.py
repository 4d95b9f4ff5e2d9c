"""What a run adds to its report by itself: sections, and options that stay changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.errors import RestoreError
from conformance.runner.events import OptionsNotRestored, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


_NOT_RUN = (
    "What would write or disturb was not run; what this run had changed was put back wherever it "
    "was seen."
)


def too_fast(names: Sequence[str]) -> Iterator[Section]:
    """What could not be watched, for the report and its verdict line; nothing without names.

    Args:
        names: ids of the requirements.
    """
    if not names:
        return
    count = len(names)
    yield Section(
        key="too-fast",
        title="Too fast to be watched",
        lines=(
            "Jobs were over before all of this could be seen; a higher --budget makes them longer.",
            f"Not looked at: {', '.join(names)}.",
        ),
        tone="info",
        short=f"{count} not watched: the server is too fast",
    )


def writing_ended(words: str) -> Section:
    """Why nothing more was written to the server, before everything else.

    Args:
        words: the reason, as a clause.
    """
    return Section(
        key="stopped",
        title="Nothing more was written to this server",
        lines=(_sentence(words), _NOT_RUN),
        tone="bad",
        urgent=True,
    )


def not_restored(error: BaseException, remedy: str) -> OptionsNotRestored:
    """Options that stay changed, and the command that puts them back.

    Args:
        error: why: they could not be put back, or somebody ended the run meanwhile.
        remedy: the command; empty where nothing is noted.
    """
    broken = isinstance(error, RestoreError)
    words = str(error) if broken else "putting options back was interrupted"
    later = f"; later, put them back with: {remedy}" if remedy else ""
    return OptionsNotRestored(f"{words}{later}")


def left_on_disk(things: Mapping[str, Sequence[str]]) -> Iterator[Section]:
    """What stays on the server's disk, by name; nothing where nothing does.

    Args:
        things: each with the ids of the requirements that left it.
    """
    lines = tuple(_sentence(f"{words} ({', '.join(ids)})") for words, ids in things.items())
    if lines:
        yield Section(key="leftovers", title="Left on the server's disk", lines=lines, tone="info")


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
