"""A profile that stands in for a recorded server: its lists, hashes and rules."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.registry import backend_of
from mockserver.fixtures.check import check_set
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import load_profile, profile_names
from mockserver.recording.identity import identify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mockserver.profiles.profile import Profile


#: The list of a recorded set that holds them.
HASHES = "network-hashes"
_KEYS = {"loras": "Lora hashes", "embeddings": "TI hashes"}


def hashes_in(info: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The hashes that a generation's ``info`` says.

    Args:
        info: the parsed text ``info`` of an answer of txt2img.

    Returns:
        ``loras``, ``embeddings`` and ``vaes``: short hash by name; a kind without any is left out.
    """
    parameters = info.get("extra_generation_params")
    parameters = parameters if isinstance(parameters, dict) else {}
    found = {kind: _pairs(parameters.get(key)) for kind, key in _KEYS.items()}
    name, short = info.get("sd_vae_name"), info.get("sd_vae_hash")
    found["vaes"] = {name: short} if isinstance(name, str) and isinstance(short, str) else {}
    return {kind: hashes for kind, hashes in found.items() if hashes}


def _pairs(text: Any) -> dict[str, str]:
    """``name: hash, name: hash``, as infotexts write it; names hold neither colon nor comma."""
    if not isinstance(text, str):
        return {}
    parts = (part.strip().partition(": ") for part in text.split(","))
    return {name: short for name, colon, short in parts if colon and short}


@dataclass(frozen=True)
class StandIn:
    """What answers as a recorded server.

    Attributes:
        profile: the rules, with the recorded set as their fixtures.
        nowebui: whether the server was started without its web UI.
        auth: whether it was recorded with credentials, and so asks for some.
        cors_origins: pages that it let ask, as its cmd-flags say; hosts are redacted in them.
        sentence: what was made of the recording, where that needs saying; else "".
    """

    profile: Profile
    nowebui: bool = False
    sentence: str = ""
    auth: bool = False
    cors_origins: tuple[str, ...] = ()


def stand_in(folder: Path, profile: str | None = None) -> StandIn:
    """What answers as the server that was recorded into `folder`.

    Args:
        folder: written by ``sdapi-mock record``, or any fixture set.
        profile: name of a profile whose rules are to hold; as the recorder found by default.

    Raises:
        FixtureError: the set is not whole.
        ProfileError: there is no such profile.
    """
    place = folder.resolve()
    manifest = check_set(place)
    named, sentence = str(manifest.get("profile", "")), ""
    if profile is None and named in profile_names():
        profile = named
    if profile is None:
        found = identify(FixtureSet(place).lists())
        profile = found.profile
        missing = f"the recording's profile {named!r} is not known here" if named else ""
        sentence = "; ".join(part for part in (missing, found.sentence) if part)
    rules = dataclasses.replace(load_profile(profile), fixtures=str(place))
    nowebui = bool(manifest.get("nowebui")) and "nowebui" in backend_of(rules).starts
    return StandIn(rules, nowebui, sentence, bool(manifest.get("auth")), _origins(place))


def _origins(place: Path) -> tuple[str, ...]:
    """The origins of ``--cors-allow-origins``; none where no flags were recorded."""
    fixtures = FixtureSet(place)
    flags = fixtures.get("cmd-flags") if "cmd-flags" in fixtures.names else {}
    listed = flags.get("cors_allow_origins") if isinstance(flags, dict) else None
    return tuple(part for part in listed.split(",") if part) if isinstance(listed, str) else ()
