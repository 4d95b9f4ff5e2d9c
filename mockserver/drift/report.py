"""Drift for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.drift.differences import Change, Weight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.drift.compare import Drift
    from mockserver.drift.differences import Difference


_SIGNS = {Change.ADDED: "+", Change.GONE: "-", Change.RETYPED: "!", Change.CHANGED: "~"}
_TITLES = {
    Weight.API: "the API, for any client",
    Weight.INSTALLATION: "this installation: its models, settings and folders",
}
_LONGEST = 60


def as_text(drift: Drift, weights: tuple[Weight, ...]) -> Iterator[str]:
    """Lines for a terminal: by weight and file, one place a line.

    Args:
        drift: what differs.
        weights: which of it is shown in full; of the rest only the number.
    """
    for weight, title in _TITLES.items():
        found = drift.of(weight)
        if not found:
            continue
        if weight not in weights:
            yield f"not counted: {len(found)} in {title}"
            continue
        yield f"{len(found)} in {title}"
        file = ""
        for difference in found:
            if difference.file != file:
                file = difference.file
                yield f"  {file}"
            yield f"    {_line(difference)}"
    if drift.volatile:
        yield f"not counted: {drift.volatile} that differ at each request"
    if drift.not_asked:
        yield f"not looked at, as they cost pictures (--budget): {', '.join(drift.not_asked)}"


def as_json(drift: Drift, about: dict[str, Any]) -> str:
    """One JSON object: what `about` says, the differences, how many were volatile.

    Args:
        drift: what differs.
        about: facts about both servers.
    """
    differences = [difference.as_json() for difference in drift.differences]
    document = {
        **about,
        "differences": differences,
        "volatile": drift.volatile,
        "not_asked": list(drift.not_asked),
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


def _line(difference: Difference) -> str:
    start = f"{_SIGNS[difference.change]} {difference.place or '(the whole list)'}"
    if difference.change is Change.ADDED:
        return f"{start} added: {_short(difference.after)}"
    if difference.change is Change.GONE:
        return f"{start} gone: {_short(difference.before)}"
    values = f"{_short(difference.before)} -> {_short(difference.after)}"
    return f"{start} {difference.change}: {values}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
