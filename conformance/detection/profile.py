"""The kind of a server: its family, its version, and the routes that it claims to have."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from conformance.errors import TargetError
from conformance.requirements.applicability import FAMILIES, Applies, Version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.requirements.requirement import Requirement


# The family of a server of which nothing is known: it has to keep what everybody has to.
UNKNOWN = "unknown"
_ALSO = {"koboldcpp": "kobold"}
_ALSO_WHOLE = {"ersatzforge": "forge-ersatz"}
#: Names that tell versions of families apart whose numbers do not.
_TOLD_APART = {"forge": ("neo", "ersatz")}


@dataclass(frozen=True)
class ServerProfile:
    """What kind of server is judged.

    Args:
        family: one of ``FAMILIES``.
        version: as far as it is known; None for families whose versions are not told apart.
        evidence: what it was told by, in sentences.
    """

    family: str
    version: Version | None = None
    evidence: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def parse(cls, text: str) -> ServerProfile:
        """Read ``a1111-1.10.1``, ``a1111`` (the newest) or ``sdnext``, as ``--profile`` takes it.

        What the mock calls its profiles is understood too: ``koboldcpp-1.111``,
        ``ersatzforge``. Versions of families whose versions are not told apart count for nothing.

        Raises:
            TargetError: no such family or version.
        """
        named = text.strip().lower()
        family, _, version = _ALSO_WHOLE.get(named, named).partition("-")
        family = _ALSO.get(family, family)
        if family not in FAMILIES:
            words = f"there are {', '.join(FAMILIES)}, and versions as in a1111-{NEWEST}"
            raise TargetError(f"{text!r} is no profile; {words}")
        if family != "a1111" and version not in _TOLD_APART.get(family, ()):
            version = ""
        if family == "a1111" and not version:
            version = NEWEST
        try:
            known = Version.parse(version) if version else None
        except ValueError as error:
            raise TargetError(f"{text!r} is no profile: {error}") from error
        return cls(family, known, (f"told by the user: {text}",))

    def __str__(self) -> str:
        return self.family if self.version is None else f"{self.family} {self.version}"

    def promises(self, requirement: Requirement) -> bool:
        """Whether a requirement applies to this kind of server."""
        return requirement.applies.matches(self.family, self.version)

    def with_evidence(self, *sentences: str) -> ServerProfile:
        """The same profile with more evidence."""
        return replace(self, evidence=(*self.evidence, *sentences))


# What a bare "a1111" means on the command line.
NEWEST = "1.10.1"


_FILE = files("conformance.detection") / "data" / "routes.toml"


@cache
def known_routes() -> Mapping[str, Applies]:
    """Method and path of every route any kind of server has -> the kinds that have it."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))["routes"]
    return {route: Applies.parse(text) for route, text in table.items()}


def claims(profile: ServerProfile, method: str, path: str) -> bool:
    """Whether a server of this profile has to have a route; the query of ``path`` is ignored."""
    applies = known_routes().get(f"{method} {path.partition('?')[0]}")
    return applies is not None and applies.matches(profile.family, profile.version)
