"""Packaged recordings: how their servers were started, and what unrecorded cases left behind."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from mockserver.core.errors import MockError
from mockserver.fixtures.fixture_set import fixtures_root
from mockserver.profiles.loader import load_profile, profile_names

if TYPE_CHECKING:
    from pathlib import Path


T = TypeVar("T")


class TableFileError(MockError):
    """A file of tables cannot be used."""


def read_tables(path: Path, name: str, cls: type[T]) -> tuple[T, ...]:
    """The tables ``[[name]]`` of a file.

    Args:
        path: of a TOML file.
        name: of the array.
        cls: a dataclass, one of which each table becomes.

    Raises:
        TableFileError: unreadable, not TOML, or a key is missing or unknown.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        found = tuple(cls(**item) for item in raw.pop(name, []))
    except OSError as error:
        raise TableFileError(f"{path}: {error.strerror}; name a readable file") from error
    except (ValueError, TypeError) as error:
        raise TableFileError(f"{path}: {error}; mend that place") from error
    if raw:
        raise TableFileError(f"{path}: only [[{name}]] belongs here; mend that place")
    return found


@dataclass(frozen=True)
class Prelude:
    """One request that is sent before a case, and why."""

    recording: str
    case: str
    reason: str
    method: str
    path: str
    json: Any = None


def preludes_of(recording: str) -> dict[str, list[Prelude]]:
    """Case id to what is sent before it, for a packaged recording; empty for any other.

    Args:
        recording: name of the file without ``.jsonl``.

    Source: ``fixtures/recordings/preludes.toml``.
    """
    found: dict[str, list[Prelude]] = {}
    for prelude in read_tables(
        fixtures_root() / "recordings" / "preludes.toml", "prelude", Prelude
    ):
        if prelude.recording == recording:
            found.setdefault(prelude.case, []).append(prelude)
    return found


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
    """Whether each case of a packaged recording began on a server as it had started.

    Args:
        recording: name of the file without ``.jsonl``.
    """
    return recording in _PUT_BACK


def packaged_recordings(fixtures: str) -> list[Path]:
    """The recordings of a fixture set's server, in the order of STARTS.

    Args:
        fixtures: name of the set.
    """
    folder = fixtures_root() / "recordings"
    files = [folder / f"{fixtures}{suffix}{_SUFFIX}" for suffix in STARTS]
    return [file for file in files if file.is_file()]


def profile_of(recording: str) -> str:
    """Name of the profile of a recording's server.

    The packaged profile whose fixture set the recording is named after, that of the newest
    upstream version for a file of any other name.

    Args:
        recording: name of the file without ``.jsonl``.
    """
    named = [n for n in profile_names() if _is_of(recording, load_profile(n).fixtures)]
    own = [name for name in named if load_profile(name).fixtures == name]
    return next(iter([*own, *named]), DEFAULT)


def _is_of(recording: str, fixtures: str) -> bool:
    return any(recording == f"{fixtures}{suffix}" for suffix in STARTS | EXTENDED)


def start_of(recording: str) -> dict[str, Any]:
    """Fields of Config with which a recording's server is simulated.

    Args:
        recording: name of the file without ``.jsonl``.
    """
    every = STARTS | EXTENDED
    suffixes = [suffix for suffix in every if suffix and recording.endswith(suffix)]
    return every[max(suffixes, key=len, default="")]
