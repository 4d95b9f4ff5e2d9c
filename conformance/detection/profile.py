"""The kind of a server: family, version and routes, and the fingerprints that identify it."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API, NOWHERE, PATHS
from conformance.errors import TargetError
from conformance.requirements.requirement import FAMILIES, UPSTREAM, Applies, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.detection.probe import Probe
    from conformance.requirements.requirement import Requirement


# The family of a server of which nothing is known: it has to keep what everybody has to.
UNKNOWN = "unknown"
_ALSO = {"koboldcpp": "kobold"}
_ALSO_WHOLE = {"ersatzforge": "forge-ersatz"}
#: Names that distinguish versions of families whose numbers do not.
_DISTINGUISHED = {"forge": ("neo", "ersatz")}


@dataclass(frozen=True)
class ServerProfile:
    """What kind of server is judged.

    Args:
        family: one of ``FAMILIES``.
        version: as far as it is known; None for families whose versions are not distinguished.
        evidence: the signs it was recognised by, in sentences.
    """

    family: str
    version: Version | None = None
    evidence: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def parse(cls, text: str) -> ServerProfile:
        """Read ``a1111-1.10.1``, ``a1111`` (the newest) or ``sdnext``, as ``--profile`` takes it.

        What the mock calls its profiles is understood too: ``koboldcpp-1.111``,
        ``ersatzforge``. A version is ignored where a family has no versions to distinguish.

        Args:
            text: family, or family and version with a dash between.

        Raises:
            TargetError: no such family or version.
        """
        named = text.strip().lower()
        family, _, version = _ALSO_WHOLE.get(named, named).partition("-")
        family = _ALSO.get(family, family)
        if family not in FAMILIES:
            message = f"there are {', '.join(FAMILIES)}, and versions as in a1111-{NEWEST}"
            raise TargetError(f"{text!r} is no profile; {message}")
        if family != "a1111" and version not in _DISTINGUISHED.get(family, ()):
            version = ""
        if family == "a1111" and not version:
            version = NEWEST
        try:
            known = Version.parse(version) if version else None
        except ValueError as error:
            raise TargetError(f"{text!r} is no profile: {error}") from error
        return cls(family, known, (f"named by the user: {text}",))

    def __str__(self) -> str:
        return self.family if self.version is None else f"{self.family} {self.version}"

    def promises(self, requirement: Requirement) -> bool:
        """Whether a requirement applies to this kind of server.

        Args:
            requirement: of the catalogue.
        """
        return requirement.applies.matches(self.family, self.version)

    def with_evidence(self, *sentences: str) -> ServerProfile:
        """The same profile with more evidence.

        Args:
            sentences: the signs.
        """
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
    """Whether a server of this profile has to have a route; the query of ``path`` is ignored.

    Args:
        profile: of the server.
        method: in capitals.
        path: with any query.
    """
    applies = known_routes().get(f"{method} {path.partition('?')[0]}")
    return applies is not None and applies.matches(profile.family, profile.version)


_FINGERPRINTS = files("conformance.detection") / "data" / "fingerprints.toml"


@dataclass(frozen=True)
class Fingerprint:
    """One sign that distinguishes kinds of server; ``data/fingerprints.toml`` lists them.

    Args:
        kind: what is looked at.
        value: what is looked for there.
        families: for whom it speaks.
        weight: how loud.
    """

    kind: str
    value: Any
    families: tuple[str, ...]
    weight: int

    @property
    def sentence(self) -> str:
        """For people: what was seen, and for whom it speaks."""
        return f"{self.kind} {self.value!r} speaks for {', '.join(self.families)}"


@cache
def all_fingerprints() -> tuple[Fingerprint, ...]:
    """The fingerprints that ship with the package."""
    table = tomllib.loads(_FINGERPRINTS.read_text(encoding="utf-8"))["fingerprint"]
    return tuple(Fingerprint(**entry | {"families": tuple(entry["families"])}) for entry in table)


def matching_fingerprints(probe: Probe, programs: Iterable[str] = ()) -> tuple[Fingerprint, ...]:
    """The fingerprints that a server shows.

    Args:
        probe: its answers to the cheap reads.
        programs: what its infotexts and infos call it, such as ``v1.10.1``.
    """
    programs = tuple(programs)
    return tuple(
        each for each in all_fingerprints() if _LOOK[each.kind](probe, each.value, programs)
    )


def best_family(fingerprints: Iterable[Fingerprint]) -> str | None:
    """The family that most speaks for, None if nothing speaks for any; ties go to the first.

    Args:
        fingerprints: what was found, each with what it speaks for.
    """
    votes: Counter[str] = Counter()
    for each in fingerprints:
        for family in each.families:
            votes[family] += each.weight
    return votes.most_common(1)[0][0] if votes else None


def _options(probe: Probe) -> dict[str, Any]:
    value = probe.json(f"{API}/options")
    return value if isinstance(value, dict) else {}


def _items(probe: Probe, name: str) -> list[dict[str, Any]]:
    value = probe.json(f"{API}/{name}")
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _nowhere(probe: Probe, value: str, _programs: tuple[str, ...]) -> bool:
    exchange = probe.ask(NOWHERE)
    if value == "empty":
        return exchange.status is not None and not exchange.body and not exchange.media_type
    return f'"{value}"' in exchange.text if value == "detail" else value in exchange.text


def _header(probe: Probe, value: str, _programs: tuple[str, ...]) -> bool:
    headers = (item for e in probe.answers for item in e.response_headers.items())
    return any(value in f"{name}: {content}".lower() for name, content in headers)


def _hash(probe: Probe, value: str, _programs: tuple[str, ...]) -> bool:
    models = _items(probe, "sd-models")
    return bool(models) and all(model.get("hash") == value for model in models)


def _alias_is_name(probe: Probe, _value: bool, _programs: tuple[str, ...]) -> bool:
    samplers = _items(probe, "samplers")
    return bool(samplers) and all(s.get("aliases") == [s.get("name")] for s in samplers)


_LOOK: dict[str, Callable[[Probe, Any, tuple[str, ...]], bool]] = {
    "openapi-title": lambda probe, value, _: probe.openapi.title == value,
    "openapi-path": lambda probe, value, _: value in probe.openapi.paths,
    "openapi-field": lambda probe, value, _: value in probe.openapi.fields,
    "option": lambda probe, value, _: value in _options(probe),
    "option-count": lambda probe, value, _: len(_options(probe)) == value,
    "nowhere": _nowhere,
    "header": _header,
    "hash": _hash,
    "sampler-key": lambda p, value, _: any(value in s for s in _items(p, "samplers")),
    "alias-is-name": _alias_is_name,
    "version": lambda _, value, programs: any(value in program for program in programs),
}


_MILESTONES = files("conformance.detection") / "data" / "milestones.toml"


@dataclass(frozen=True)
class Milestone:
    """What a release brought.

    Args:
        version: of the release.
        routes: paths that are new in it.
        fields: request fields of txt2img that are new in it.
    """

    version: Version
    routes: tuple[str, ...]
    fields: tuple[str, ...]


@cache
def milestones() -> tuple[Milestone, ...]:
    """The releases that can be distinguished, newest first."""
    table = tomllib.loads(_MILESTONES.read_text(encoding="utf-8"))["milestone"]
    return tuple(
        Milestone(Version.parse(e["version"]), tuple(e["routes"]), tuple(e["fields"]))
        for e in table
    )


def version_by_features(probe: Probe) -> tuple[Version, str] | None:
    """The newest release of which a trace is there, and the trace; None without any.

    A trace in the document or in an answer is enough: a server that lost one of them is
    judged by the version it is, and not excused.

    Args:
        probe: answers to the cheap reads.

    Returns:
        The version, and the sign in words.
    """
    openapi = probe.openapi
    for milestone in milestones():
        for name in milestone.fields:
            if name in openapi.fields:
                return milestone.version, f"txt2img takes {name}"
        for route in milestone.routes:
            if route in openapi.paths or (route in PATHS and probe.has(route)):
                return milestone.version, f"it has {route}"
    return None


def version_by_name(programs: Iterable[str]) -> tuple[Version, str] | None:
    """The version that infotexts or infos name, such as ``v1.10.1``; None without any.

    Args:
        programs: what pictures call the program.

    Returns:
        The version, and the sign in words.
    """
    for program in programs:
        try:
            return Version.parse(program), f"its pictures say version {program}"
        except ValueError:
            continue
    return None


@dataclass(frozen=True)
class Offshoot:
    """A program that grew out of a fork and is distinguished from it as one of its versions.

    Args:
        family: the fork's.
        version: its name.
        named: what its infotexts and infos call it, among other things.
        without_routes: paths that the fork's document has and its own has not; all are looked at.
        without_fields: likewise request fields of txt2img.
    """

    family: str
    version: Version
    named: str
    without_routes: tuple[str, ...] = ()
    without_fields: tuple[str, ...] = ()

    def seen(self, probe: Probe, programs: Iterable[str]) -> str | None:
        """The sign by which a server of the family is this one; None where it is not.

        Args:
            probe: what was asked of the server.
            programs: names that the server gives itself.
        """
        name = next((program for program in programs if self.named in program), None)
        if name is not None:
            return f"its pictures say version {name}"
        openapi = probe.openapi
        gone = [*(set(self.without_routes) - set(openapi.paths))]
        gone += set(self.without_fields) - openapi.fields
        if not openapi.paths or len(gone) < len(self.without_routes) + len(self.without_fields):
            return None
        return f"its document lacks {', '.join(sorted(gone))}"


@cache
def offshoots() -> tuple[Offshoot, ...]:
    """The programs that grew out of forks, those first that lack most."""
    table = tomllib.loads(_FINGERPRINTS.read_text(encoding="utf-8"))["offshoot"]
    return tuple(
        Offshoot(
            e["family"],
            Version.parse(e["version"]),
            e["named"],
            tuple(e.get("without_routes", ())),
            tuple(e.get("without_fields", ())),
        )
        for e in table
    )


def _as_offshoot(profile: ServerProfile, probe: Probe, programs: tuple[str, ...]) -> ServerProfile:
    for offshoot in offshoots():
        sign = offshoot.seen(probe, programs) if offshoot.family == profile.family else None
        if sign is not None:
            reported = ServerProfile(profile.family, offshoot.version, profile.evidence)
            return reported.with_evidence(f"{sign}: {reported}")
    return profile


def detect(probe: Probe, programs: tuple[str, ...] = ()) -> ServerProfile:
    """Find out what kind of server answers, by as many independent signs as there are.

    Args:
        probe: its answers to the cheap reads.
        programs: what its first pictures call it; without them the version is that of the
            newest feature it has.
    """
    found = matching_fingerprints(probe, programs)
    family = best_family(found) or UNKNOWN
    profile = ServerProfile(family, None, tuple(each.sentence for each in found))
    if family != UPSTREAM:
        return _as_offshoot(profile, probe, programs)
    return _with_version(profile, probe, programs)


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
