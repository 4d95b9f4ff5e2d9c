"""How binding a requirement is."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How binding a requirement is, after RFC 2119."""

    MUST = "MUST"  # ordinary clients break without it
    SHOULD = "SHOULD"  # reference behaviour that some clients rely on
    MAY = "MAY"  # a detail of the reference, worth telling, never failing a run
