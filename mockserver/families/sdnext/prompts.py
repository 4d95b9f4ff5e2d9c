"""Prompts as newer versions read them: without blanks around them, one of each braces' choices.

Source: modules/styles.py, apply_curly_braces_to_prompt; recorded: t2i-prompt/leading-space,
style-brace, percent of sdnext-2026-07.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random


_BRACES = re.compile(r"\{([^{}]*)\}")
_WEIGHT = re.compile(r"^\s*([\d.]+)::")


def _chosen(choices: list[str], source: random.Random) -> str:
    """One of several, by the weights that stand before them (``2::fox``)."""
    weights = [_WEIGHT.match(choice) for choice in choices]
    found = [float(match[1]) if match and match[1] != "." else 1.0 for match in weights]
    plain = [_WEIGHT.sub("", choice) for choice in choices]
    return source.choices(plain, found)[0] if any(found) else plain[0]


def resolved(text: Any, source: random.Random) -> Any:
    """A prompt with its braces resolved, the innermost first, without blanks around it.

    Args:
        text: the prompt; null stays null.
        source: chooses.
    """
    if not isinstance(text, str):
        return text
    while match := _BRACES.search(text):
        text = text[: match.start()] + _chosen(match[1].split("|"), source) + text[match.end() :]
    return text.strip()
