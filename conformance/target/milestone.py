"""Upstream's version, told by the routes and fields that it has."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from conformance.catalogue import Version
from conformance.target.openapi import OpenApi
from conformance.target.probe import OPENAPI, PATHS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.target.probe import Probe

_FILE = files("conformance.target") / "data" / "milestones.toml"


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
    """The releases that can be told apart, newest first."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))["milestone"]
    return tuple(
        Milestone(Version.parse(e["version"]), tuple(e["routes"]), tuple(e["fields"]))
        for e in table
    )


def version_by_features(probe: Probe) -> tuple[Version, str] | None:
    """The newest release of which a trace is there, and the trace; None without any.

    A trace in the document or in an answer is enough: a server that lost one of them is
    judged by the version it is, and not excused.
    """
    openapi = OpenApi.read(probe.json(OPENAPI))
    for milestone in milestones():
        for field in milestone.fields:
            if field in openapi.fields:
                return milestone.version, f"txt2img takes {field}"
        for route in milestone.routes:
            if route in openapi.paths or (route in PATHS and probe.has(route)):
                return milestone.version, f"it has {route}"
    return None


def version_by_name(programs: Iterable[str]) -> tuple[Version, str] | None:
    """The version that infotexts or infos name, such as ``v1.10.1``; None without any."""
    for program in programs:
        try:
            return Version.parse(program), f"its pictures say version {program}"
        except ValueError:
            continue
    return None
