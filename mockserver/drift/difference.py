"""One difference: where, what kind, how much it weighs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Change(StrEnum):
    """What became of a place."""

    ADDED = "added"
    GONE = "gone"
    RETYPED = "retyped"
    CHANGED = "changed"


class Weight(StrEnum):
    """Whom a difference concerns.

    API: any client. INSTALLATION: the models, settings and folders of that one server.
    VOLATILE: nobody, it is another at each request.
    """

    API = "api"
    INSTALLATION = "installation"
    VOLATILE = "volatile"


@dataclass(frozen=True)
class Difference:
    """One difference between two answers of the same name.

    Attributes:
        file: the set's file (``samplers.json``).
        place: JSON pointer in it, items of lists by name (``/Euler/aliases``) or ``*`` for all.
        change: what became of it.
        before: in the fixture set; None where it is new.
        after: on the live server; None where it is gone.
        weight: whom it concerns.
    """

    file: str
    place: str
    change: Change
    before: Any
    after: Any
    weight: Weight = Weight.API

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "file": self.file,
            "place": self.place,
            "change": self.change.value,
            "weight": self.weight.value,
            "before": self.before,
            "after": self.after,
        }
