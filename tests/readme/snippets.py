"""The snippets of a Markdown page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
_FENCE = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Snippet:
    """A fenced block.

    Args:
        kind: the words behind the fence, as in ``python`` or ``console``.
        text: what is in it.
        line: where it begins.
    """

    kind: str
    text: str
    line: int


def snippets(page: Path = README) -> list[Snippet]:
    """All fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Snippet(m["kind"].strip(), m["text"], text.count("\n", 0, m.start()) + 1)
        for m in _FENCE.finditer(text)
    ]


def of_kind(kind: str) -> list[Snippet]:
    """The README's blocks of one kind."""
    return [snippet for snippet in snippets() if snippet.kind == kind]


def commands(snippet: Snippet) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines it is shown to print."""
    found: list[tuple[str, list[str]]] = []
    for line in snippet.text.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found
