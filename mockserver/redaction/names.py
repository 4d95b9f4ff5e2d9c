"""Names that give secrets away, and what was redacted instead."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from functools import lru_cache
from typing import Any

#: Instead of a password, a token, a cookie.
SECRET = "REDACTED"  # noqa: S105 - the opposite of a password
#: Instead of a host; ``.invalid`` is reserved for names that never exist (RFC 2606).
HOST = "host.invalid"
#: Instead of an address of a network; 192.0.2.0/24 is reserved for documentation (RFC 5737).
ADDRESS = "192.0.2.1"
#: Instead of a user's name.
USER = "someone"
#: Instead of the webui's own folder, as in the packaged recordings.
WEBUI = "/webui"
#: Instead of any other folder, with a number.
FOLDER = "/folder-"

_STANDING = re.compile(r"(?:[A-Za-z]:)?(?:webui|folder-\d+)")


def is_stand_in(first: str) -> bool:
    """Whether the first segment of a path already is a stand-in.

    Args:
        first: the segment.
    """
    return _STANDING.fullmatch(first) is not None


_WORDS = (
    r"auth|authorization|authtoken|auth[_-]?token|password|passwd|passphrase|pwd"
    r"|secrets?|tokens?|api[_-]?keys?|apikeys?|access[_-]?keys?|private[_-]?keys?"
    r"|secret[_-]?(?:access[_-]?)?keys?|access[_-]?key[_-]?ids?"
    r"|credentials?|cookies?|session[_-]?(?:id|key)|ngrok|signature|bearer"
)
_NAME = re.compile(rf"(?:.*[_\-. ])?(?:{_WORDS})|(?:user[_-])?pass", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Response headers that say nothing about who runs the server; all others are left out.
KEPT_HEADERS = frozenset(
    {
        "access-control-allow-credentials",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-origin",
        "access-control-max-age",
        "allow",
        "content-type",
        "location",
        "vary",
        "www-authenticate",
    }
)
#: Request headers that change how the API answers; all others are left out.
KEPT_REQUEST_HEADERS = frozenset(
    {
        "accept",
        "access-control-request-headers",
        "access-control-request-method",
        "authorization",
        "content-type",
        "origin",
    }
)


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether what stands under this name is a secret (``api_auth``, ``civitaiToken``).

    Args:
        name: of a flag, an option or a field.
    """
    return _NAME.fullmatch(_HUMP.sub("_", name.strip("-"))) is not None


#: Texts that are tokens by their look, whatever they are called.
TOKENS = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}"
    r"|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}"
    r"|AIza[\w-]{30,}|r8_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}|rpa_[A-Z0-9]{20,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
)
#: A scheme of the Authorization header and what it carries.
AUTHORIZATION = re.compile(r"\b(Basic|Bearer)(\s+)([A-Za-z0-9+/=._~-]{4,})", re.IGNORECASE)
#: ``password=...``, ``"token": "..."``, ``?key=...``.
ASSIGNED = re.compile(
    rf"(?P<name>(?<!\w)(?:[\w-]*[_-])?(?:{_WORDS})|(?<=[?&])(?:key|sig|code))"
    r"(?P<between>\\*[\"']?\s*[=:]\s*\\*[\"']?)"
    r"(?P<value>(?![{(\[])[^\s&;,\"'\\<>\])}]+)",
    re.IGNORECASE,
)
#: ``--api-auth VALUE``: an option of a command line, its value behind a space or a comma.
OPTION = re.compile(
    rf"(?P<name>--(?:[\w-]*-)?(?:{_WORDS}))(?P<between>\\*[\"']?,?\s+\\*[\"']?)"
    r"(?P<value>[^\s\"',\\]+)",
    re.IGNORECASE,
)
#: What stands where a secret could, and is none.
PLAIN_VALUES = frozenset(
    {"basic", "bearer", "digest", "none", "null", "true", "false", "string", "str", "redacted"}
)


class Kind(StrEnum):
    """What a redacted text was."""

    CREDENTIAL = "credentials"
    HOST = "host names"
    ADDRESS = "network addresses"
    USER = "user names"
    PATH = "file-system paths"
    METADATA = "picture metadata"
    HEADER = "headers"
    OPAQUE = "unreadable bodies"


#: Places named for each kind; what lies beyond them is only counted.
_PLACES = 200
_ITEM = re.compile(r"/\d+(?=/|$)")


class RedactionLog:
    """Counts by kind and place."""

    def __init__(self) -> None:
        self._found: dict[Kind, Counter[str]] = {}

    def note(self, kind: Kind, place: str) -> None:
        """Count one redaction at `place` (a file, then the place inside it; items as ``*``).

        Args:
            kind: of what was redacted.
            place: file, and the place inside it, for the log.
        """
        self._found.setdefault(kind, Counter())[_ITEM.sub("/*", place)] += 1

    def add(self, counted: dict[str, Any]) -> None:
        """Count what an earlier, interrupted recording had counted.

        Args:
            counted: as ``as_json`` gave it.

        Raises:
            ValueError, TypeError, AttributeError: `counted` is not from `as_json`.
        """
        for kind, entry in counted.items():
            places = self._found.setdefault(Kind(kind), Counter())
            named = {str(place): int(count) for place, count in entry["places"].items()}
            places.update(named)
            others = int(entry["count"]) - sum(named.values())
            if others:
                places["elsewhere"] += others

    def __bool__(self) -> bool:
        return bool(self._found)

    def as_json(self) -> dict[str, Any]:
        """Kind to its count and the places where most of it was."""
        return {
            kind.value: {
                "count": self._found[kind].total(),
                "places": dict(self._found[kind].most_common(_PLACES)),
            }
            for kind in Kind
            if self._found.get(kind)
        }

    def lines(self) -> list[str]:
        """One line a kind, for a terminal."""
        found = []
        for kind, entry in self.as_json().items():
            places = list(entry["places"])
            shown = ", ".join(places[:3]) + (", ..." if len(places) > 3 else "")  # noqa: PLR2004 - a line's worth
            found.append(f"{entry['count']} {kind} ({shown})")
        return found
