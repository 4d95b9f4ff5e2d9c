"""Finding out what kind of server answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.catalogue.applies import UPSTREAM
from conformance.target.clue import seen_clues, weigh
from conformance.target.milestone import version_by_features, version_by_name
from conformance.target.profile import UNKNOWN, ServerProfile

if TYPE_CHECKING:
    from conformance.catalogue import Version
    from conformance.target.probe import Probe


def detect(probe: Probe, programs: tuple[str, ...] = ()) -> ServerProfile:
    """Find out what kind of server answers, by as many independent signs as there are.

    Args:
        probe: its answers to the cheap reads.
        programs: what its first pictures call it; without them the version is that of the
            newest feature it has.
    """
    clues = seen_clues(probe, programs)
    family = weigh(clues) or UNKNOWN
    profile = ServerProfile(family, None, tuple(clue.sentence for clue in clues))
    return _with_version(profile, probe, programs) if family == UPSTREAM else profile


def _with_version(
    profile: ServerProfile,
    probe: Probe,
    programs: tuple[str, ...],
) -> ServerProfile:
    found = [version_by_features(probe), version_by_name(programs)]
    known = [item for item in found if item is not None]
    version: Version | None = None
    for candidate, _ in known:
        # The later wins: what a server has, and what it says it is, both are promises.
        if version is None or candidate.parts[: len(version.parts)] >= version.parts:
            version = candidate
    seen = ServerProfile(profile.family, version, profile.evidence)
    return seen.with_evidence(*(f"{sentence}: {v}" for v, sentence in known))
