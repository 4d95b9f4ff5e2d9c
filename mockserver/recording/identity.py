"""Which server was recorded: its version, and the profile whose rules are nearest to it.

Profiles differ in what their packaged sets hold: routes, fields, options, samplers. A
new profile with a set of its own is so found without a line here.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from mockserver.core.simulated import DEFAULT_PROFILE
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import load_profile, profile_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.recording.live_server import LiveServer


#: Where programs show their version: path, key of the version, key of the commit.
_TELLING = (
    ("/internal/sysinfo", "Version", "Commit"),
    ("/sdapi/v1/version", "updated", "hash"),
    ("/api/extra/version", "version", ""),
)
_OK = 200
#: Below it a server is none of those the package knows.
_ALIKE = 0.35
#: What the same version is worth beside the same routes and fields.
_SAME_VERSION = 0.4
_INFOTEXT_VERSION = re.compile(r"(?:^|, )Version: ([^,\n]+)")
_PING = "/internal/ping"


@dataclass(frozen=True)
class Identity:
    """What is known of a server.

    Attributes:
        profile: name of the nearest profile.
        alike: from 0 to 1, how much of what both have is the same.
        known: whether that is enough to say that it is such a server.
        nowebui: whether it was started without its web UI.
        version: as it names it; "" where it does not.
        commit: the same.
    """

    profile: str
    alike: float
    known: bool
    nowebui: bool = False
    version: str = ""
    commit: str = ""

    @property
    def base(self) -> str:
        """Name of the packaged set of that profile."""
        return load_profile(self.profile).fixtures

    @property
    def server(self) -> str:
        """What the program is called."""
        manifest = FixtureSet.packaged(self.base).manifest
        return str(manifest["server"]) if self.known else "unknown"

    @property
    def sentence(self) -> str:
        """What was found, for a terminal."""
        version = f" {self.version}" if self.version else ""
        if self.known:
            mode = ", started with --nowebui" if self.nowebui else ""
            return f"{self.server}{version}{mode}; rules of profile {self.profile}"
        return f"no server that is known here{version}; rules of profile {self.profile} stand in"


def ask_version(server: LiveServer) -> tuple[str, str]:
    """Version and commit as the server shows them, each maybe "".

    Args:
        server: the live server.

    Raises:
        Unreachable: the server does not answer.
    """
    for path, version, commit in _TELLING:
        answer = server.get(path)
        answered = answer.json if answer.status == _OK else None
        if isinstance(answered, dict) and isinstance(answered.get(version), str):
            return _plain(answered[version]), _plain(answered.get(commit))
    return "", ""


def _plain(answered: Any) -> str:
    """A version or commit; anything that does not look like one is not taken."""
    text = answered.strip() if isinstance(answered, str) else ""
    return text if re.fullmatch(r"[\w.+-]{1,64}", text) and text != "unknown" else ""


def version_in(infotext: str) -> str:
    """The version that an infotext ends with; "" where it names none.

    Args:
        infotext: of a picture.
    """
    found = _INFOTEXT_VERSION.search(infotext)
    return _plain(found[1]) if found else ""


def identify(found: Mapping[str, Any], version: str = "", commit: str = "") -> Identity:
    """The server that gave these lists.

    Args:
        found: list name to JSON, the OpenAPI document among them (``openapi``).
        version: as the server has it.
        commit: the same.
    """
    own = frozenset(_features(found))
    rated = {name: _rate(own, name, version) for name in profile_names()}
    best = max(rated, key=lambda name: (rated[name], name == DEFAULT_PROFILE))
    alike = _alike(own, _known_features(load_profile(best).fixtures))
    known = alike >= _ALIKE
    profile = best if known else DEFAULT_PROFILE
    return Identity(profile, round(alike, 2), known, _lacks_web_ui(found, best), version, commit)


def fingerprint(found: Mapping[str, Any]) -> str:
    """What is the same at each start of one server: a digest of its routes, fields and samplers.

    Args:
        found: list name to JSON, as `identify` takes it.
    """
    answered = sorted(_features({k: v for k, v in found.items() if k in {"openapi", "samplers"}}))
    return hashlib.sha256("\n".join(answered).encode(errors="replace")).hexdigest()[:16]


def _rate(own: frozenset[str], name: str, version: str) -> float:
    profile = load_profile(name)
    recorded = str(FixtureSet.packaged(profile.fixtures).manifest.get("version", ""))
    same = _is_version(version, profile.version) or _is_version(version, recorded)
    return _alike(own, _known_features(profile.fixtures)) + _SAME_VERSION * same


def _is_version(answered: str, known: str) -> bool:
    """Whether two versions are the same as far as both go: 1.10 and v1.10.1 are."""
    one, other = (
        re.findall(r"\d+|[a-z]+", text.lower().removeprefix("v")) for text in (answered, known)
    )
    length = min(len(one), len(other))
    return bool(_plain(answered) and _plain(known) and length) and one[:length] == other[:length]


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


@cache
def _known_features(fixtures: str) -> frozenset[str]:
    return frozenset(_features(FixtureSet.packaged(fixtures).lists()))


def _features(found: Mapping[str, Any]) -> Iterator[str]:
    """Routes and fields of the API, names of options and samplers, keys of lists."""
    for name, value in found.items():
        if name == "openapi":
            yield from _documented(value)
            continue
        yield f"list {name}"
        if name in {"options", "cmd-flags"} and isinstance(value, dict):
            yield from (f"{name} {key}" for key in value)
        first = value[0] if isinstance(value, list) and value else None
        if isinstance(first, dict):
            yield from (f"{name} has {key}" for key in first)
        if name == "samplers" and isinstance(value, list):
            yield from (f"sampler {item.get('name')}" for item in value if isinstance(item, dict))


def _documented(document: Any) -> Iterator[str]:
    paths = document.get("paths") if isinstance(document, dict) else None
    for path, operations in (paths or {}).items():
        if path.startswith("/sdapi/"):
            yield from (f"{method} {path}" for method in operations)
    schemas = (document.get("components") or {}).get("schemas") if paths else None
    for schema, declared in (schemas or {}).items():
        if schema not in {"Options", "Flags"}:
            yield from (f"{schema}.{field}" for field in declared.get("properties", ()))


def _lacks_web_ui(found: Mapping[str, Any], profile: str) -> bool:
    base = FixtureSet.packaged(load_profile(profile).fixtures)
    if not base.has("openapi") or not isinstance(found.get("openapi"), dict):
        return False
    return _PING in base.get("openapi")["paths"] and _PING not in found["openapi"].get("paths", {})
