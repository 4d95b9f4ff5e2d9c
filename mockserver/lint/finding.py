"""Finding: one thing about a request that its author should know."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


#: The server refuses the request.
REFUSED = "refused"
#: The server leaves a part of it out, without a word.
IGNORED = "ignored"
#: The server does something else than was asked, without a word.
CHANGED = "changed"
#: The server does as asked; there is a better way to ask, or something to know.
NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing about a request.

    Attributes:
        rule: its id: ``unknown-field``, ``unknown-sampler``.
        kind: REFUSED, IGNORED, CHANGED or NOTE.
        place: where in the request: ``sampler_name``, ``override_settings.sd_vae``.
        effect: what the server will do, a sentence without its full stop.
        advice: what was most likely meant, or what helps; "" for nothing.
    """

    rule: str
    kind: str
    place: str
    effect: str
    advice: str = ""

    def __str__(self) -> str:
        """One line for the journal, the header and the console."""
        return f"{self.effect}; {self.advice}" if self.advice else self.effect


def nearest(name: object, known: Iterable[str], cutoff: float = 0.72) -> str:
    """The known name that was most likely meant; "" for none.

    Args:
        name: as it was sent.
        known: names that exist.
        cutoff: how alike they must be, 0 to 1.
    """
    names = list(known)
    plain = plain_name(name)
    same = [other for other in names if plain_name(other) == plain]
    if same:
        return same[0]
    lower = {other.lower(): other for other in reversed(names)}
    close = get_close_matches(str(name).lower(), list(lower), n=1, cutoff=cutoff)
    return lower[close[0]] if close else ""


def plain_name(name: object) -> str:
    """A name without capitals, blanks, dashes and underscores.

    Args:
        name: any name.
    """
    return "".join(sign for sign in str(name).lower() if sign.isalnum() or sign == "+")


def meant(name: object, known: Iterable[str], cutoff: float = 0.72) -> str:
    """``did you mean 'x'?``, or "" where nothing is near.

    Args:
        name: as it was sent.
        known: names that exist.
        cutoff: how alike they must be, 0 to 1.
    """
    found = nearest(name, known, cutoff)
    return f"did you mean {found!r}?" if found else ""
