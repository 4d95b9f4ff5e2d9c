"""What checking a requirement costs, and does to, the server."""

from __future__ import annotations

from enum import StrEnum


class Cost(StrEnum):
    """What a check costs the server."""

    FREE = "free"  # answered from memory, or refused at once
    CHEAP = "cheap"  # some work, but no picture is sampled
    GENERATES = "generates"  # at least one small picture is sampled


class Effect(StrEnum):
    """What a check does to the server, mildest first."""

    READS = "reads"  # nothing
    GENERATES = "generates"  # takes a turn in the queue; the last job's traces stay
    WRITES = "writes settings"  # sets options, and puts them back
    INTERRUPTS = "interrupts"  # disturbs work: interrupt, skip, refresh, unload and reload
    DESTRUCTIVE = "destructive"  # may leave something behind: files, a training run

    @property
    def rank(self) -> int:
        """Place from the mildest, 0, on."""
        return list(Effect).index(self)
