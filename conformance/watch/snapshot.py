"""What a server offers, as far as an upgrade may change it, and how two such snapshots differ."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API, OPENAPI, OpenApi, absent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from conformance.detection.probe import Probe
    from conformance.detection.target import Target


class Facet(StrEnum):
    """A part of a snapshot; the names are those of ``--ignore``."""

    VERSION = "version"
    PROGRAM = "program"
    OPTIONS = "options"
    ENDPOINTS = "endpoints"
    FIELDS = "fields"
    SAMPLERS = "samplers"
    SCHEDULERS = "schedulers"
    MODELS = "models"
    VAES = "vaes"
    LORAS = "loras"
    EMBEDDINGS = "embeddings"
    UPSCALE_MODES = "upscale-modes"
    SCRIPTS = "scripts"
    EXTENSIONS = "extensions"


_EMPTY: dict[Facet, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Snapshot:
    """What a server offered at one moment.

    Args:
        facets: facet -> its names, sorted; a facet that could not be read is missing.
    """

    facets: Mapping[Facet, tuple[str, ...]] = field(default_factory=lambda: _EMPTY)

    def over(self, older: Snapshot) -> Snapshot:
        """The same, with the facets that it lacks as an older one has them.

        Args:
            older: of the same server.
        """
        return Snapshot({**older.facets, **self.as_known(older).facets})

    def as_known(self, older: Snapshot) -> Snapshot:
        """The same, less a version that was read without a picture where the older had one.

        A picture names the program that made it, and without one the version is a guess.

        Args:
            older: of the same server.
        """
        guessed = Facet.PROGRAM in older.facets and Facet.PROGRAM not in self.facets
        return self.without({Facet.VERSION}) if guessed else self

    def without(self, ignored: Collection[Facet]) -> Snapshot:
        """The same, less the facets that do not matter.

        Args:
            ignored: facets to leave out.
        """
        return Snapshot({k: v for k, v in self.facets.items() if k not in ignored})


@dataclass(frozen=True)
class Difference:
    """A facet in which two snapshots differ.

    Args:
        facet: which.
        added: names that only the newer one has, sorted.
        removed: names that only the older one has, sorted.
    """

    facet: Facet
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def text(self) -> str:
        """On one line, with the first few names."""
        if self.facet in {Facet.VERSION, Facet.PROGRAM}:
            return f"{self.facet} {_all(self.removed)} -> {_all(self.added)}"
        parts = [_counted("+", self.added), _counted("-", self.removed)]
        return f"{self.facet} {', '.join(part for part in parts if part)}"


# Names that a line lists before it counts the rest.
_FEW = 5


def _all(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "unknown"


def _counted(sign: str, names: tuple[str, ...]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return f"{sign}{len(names)} ({', '.join(names[:_FEW])}{more})"


def differences(old: Snapshot, new: Snapshot) -> tuple[Difference, ...]:
    """Where two snapshots differ; a facet that one of them lacks is no difference.

    Args:
        old: the earlier one.
        new: the later one.

    Returns:
        One item for each facet that differs, in the order of ``Facet``.
    """
    new = new.as_known(old)
    found = []
    for facet in Facet:
        if facet in old.facets and facet in new.facets:
            before, after = set(old.facets[facet]), set(new.facets[facet])
            if before != after:
                added, removed = sorted(after - before), sorted(before - after)
                found.append(Difference(facet, tuple(added), tuple(removed)))
    return tuple(found)


def take_snapshot(target: Target) -> Snapshot:
    """The snapshot of a server that was recognised; sends no further request.

    Args:
        target: whose cheap reads are over.

    Returns:
        Every facet that its answers show; a list whose route is absent is empty.
    """
    probe = target.probe
    found: dict[Facet, tuple[str, ...] | None] = {
        Facet.VERSION: (str(target.profile),),
        Facet.PROGRAM: _versions(target.programs) or None,
    }
    found |= _of_document(probe)
    for facet, (path, names) in _LISTS.items():
        found[facet] = _names(probe, f"{API}/{path}", names)
    return Snapshot({k: tuple(sorted(set(v))) for k, v in found.items() if v is not None})


# What an infotext ends in; the rest of it is about the picture.
_VERSION = re.compile(r"\bVersion: ([^,\n]+)")


def _versions(programs: tuple[str, ...]) -> tuple[str, ...]:
    """How pictures call the program that made them, without what they say of themselves."""
    named = (_VERSION.findall(text) or ([] if ": " in text else [text]) for text in programs)
    return tuple(version.strip() for versions in named for version in versions if version.strip())


def _of_document(probe: Probe) -> dict[Facet, tuple[str, ...] | None]:
    document = OpenApi.read(probe.json(OPENAPI))
    if not document.paths:
        return {}
    routes = (f"{m} {path}" for path, methods in document.paths.items() for m in methods)
    return {Facet.ENDPOINTS: tuple(routes), Facet.FIELDS: tuple(document.fields)}


def _names(probe: Probe, path: str, read: Callable[[Any], list[Any]]) -> tuple[str, ...] | None:
    value = probe.json(path)
    if value is None:
        return () if absent(probe.ask(path)) else None
    try:
        found = read(value)
    # A list of another shape is a matter of the checks.
    except (AttributeError, KeyError, TypeError):
        return None
    return tuple(str(name) for name in found)


def _each(key: str) -> Callable[[Any], list[Any]]:
    return lambda value: [item[key] for item in value]


def _embeddings(value: Any) -> list[Any]:
    return [*value["loaded"], *value.get("skipped", ())]


def _scripts(value: Any) -> list[Any]:
    return [f"{tab} {name}" for tab, names in value.items() for name in names]


def _extensions(value: Any) -> list[Any]:
    return [_extension(item) for item in value]


def _extension(item: Any) -> str:
    off = "" if item.get("enabled", True) else " (disabled)"
    return f"{item['name']} {item.get('version') or ''}".rstrip() + off


_LISTS: dict[Facet, tuple[str, Callable[[Any], list[Any]]]] = {
    Facet.OPTIONS: ("options", lambda value: list(value.keys())),
    Facet.SAMPLERS: ("samplers", _each("name")),
    Facet.SCHEDULERS: ("schedulers", _each("name")),
    Facet.MODELS: ("sd-models", _each("model_name")),
    Facet.VAES: ("sd-vae", _each("model_name")),
    Facet.LORAS: ("loras", _each("name")),
    Facet.EMBEDDINGS: ("embeddings", _embeddings),
    Facet.UPSCALE_MODES: ("latent-upscale-modes", _each("name")),
    Facet.SCRIPTS: ("scripts", _scripts),
    Facet.EXTENSIONS: ("extensions", _extensions),
}
