"""How far a run may go."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.catalogue import Effect

if TYPE_CHECKING:
    from conformance.catalogue import Requirement


class Mode(StrEnum):
    """How far a run may go, mildest first; each goes as far as the one before, and further."""

    SMOKE = "smoke"  # a readiness probe: some reads, one picture
    SAFE = "safe"  # all reads, small pictures; no setting is written
    RESTORE = "restore"  # options are written too, and put back
    FULL = "full"  # jobs are interrupted, models unloaded, things created; no server is stopped

    @property
    def writes(self) -> bool:
        """Whether options are written on purpose."""
        return _FURTHEST[self].rank >= Effect.WRITES.rank

    def allows(self, requirement: Requirement) -> bool:
        """Whether a requirement may be checked."""
        if self is Mode.SMOKE and not requirement.smoke:
            return False
        return requirement.effect.rank <= _FURTHEST[self].rank

    def refusal(self, requirement: Requirement) -> str:
        """Why a requirement that is not allowed is left out, and what would allow it."""
        if self is Mode.SMOKE:
            return "mode smoke looks at few requirements; --mode safe looks at more"
        least = next(mode for mode in Mode if requirement.effect.rank <= _FURTHEST[mode].rank)
        return f"its effect is '{requirement.effect}'; --mode {least} allows that"


_FURTHEST = {
    Mode.SMOKE: Effect.GENERATES,
    Mode.SAFE: Effect.GENERATES,
    Mode.RESTORE: Effect.WRITES,
    Mode.FULL: Effect.DESTRUCTIVE,
}
