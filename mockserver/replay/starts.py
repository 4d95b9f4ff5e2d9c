"""How the server of a packaged recording was started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.fixtureset.location import fixtures_root
from mockserver.profile import load_profile, profile_names

if TYPE_CHECKING:
    from pathlib import Path

#: What follows a fixture set's name in the name of a recording: how its server was started.
STARTS: dict[str, dict[str, Any]] = {
    "": {},
    "-fresh": {"fresh": True},
    "-first-start": {"fresh": True},
    "-auth": {"auth": (("user", "pass"),)},
    "-extra": {},
    "-nowebui": {"nowebui": True},
}
#: The same for servers with extensions.
EXTENDED: dict[str, dict[str, Any]] = {
    "-cn-ad": {"extensions": ("controlnet", "adetailer")},
    "-cn-ad-auth": {"extensions": ("controlnet", "adetailer"), "auth": (("user", "pass"),)},
    "-cn-ad-nowebui": {"extensions": ("controlnet", "adetailer"), "nowebui": True},
    "-cn-1.1.447": {"extensions": ("controlnet@1.1.447", "adetailer")},
    "-cn-lists": {"extensions": ("controlnet",)},
    "-ad-lists": {"extensions": ("adetailer",)},
    "-others": {"extensions": ("all",)},
    "-others-agent-flow": {"extensions": ("all",)},
}
_SUFFIX = ".jsonl"
#: What a recording of unknown origin is replayed against.
DEFAULT = "a1111-1.10.1"


#: Recordings whose server was put back to its start before each case.
_PUT_BACK = ("sdnext-2026-07", "sdnext-2026-07-first-start")


def starts_anew(recording: str) -> bool:
    """Whether each case of a packaged recording began on a server as it had started."""
    return recording in _PUT_BACK


def packaged_recordings(fixtures: str) -> list[Path]:
    """The recordings of a fixture set's server, in the order of STARTS."""
    folder = fixtures_root() / "recordings"
    files = [folder / f"{fixtures}{suffix}{_SUFFIX}" for suffix in STARTS]
    return [file for file in files if file.is_file()]


def profile_of(recording: str) -> str:
    """Name of the profile of a recording's server.

    The packaged profile whose fixture set the recording is named after, that of the newest
    upstream version for a file of any other name.
    """
    named = [n for n in profile_names() if _is_of(recording, load_profile(n).fixtures)]
    own = [name for name in named if load_profile(name).fixtures == name]
    return next(iter([*own, *named]), DEFAULT)


def _is_of(recording: str, fixtures: str) -> bool:
    return any(recording == f"{fixtures}{suffix}" for suffix in STARTS | EXTENDED)


def start_of(recording: str) -> dict[str, Any]:
    """Fields of Config with which a recording's server is simulated."""
    every = STARTS | EXTENDED
    suffixes = [suffix for suffix in every if suffix and recording.endswith(suffix)]
    return every[max(suffixes, key=len, default="")]
