"""File-system paths in text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mockserver.recording.redaction.ledger import Kind
from mockserver.recording.redaction.ordinary import ORDINARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.recording.redaction.folders import Folders
    from mockserver.recording.redaction.knowledge import Knowledge

    Note = Callable[[Kind], None]

#: What a path's segment may hold in the middle of a text, and with spaces before a separator.
_SOLID = r"[^\s/\\\"'<>|*?:;,()\[\]{}=&#`]+"
_LOOSE = rf"{_SOLID}(?: {_SOLID}){{0,3}}"
_POSIX = re.compile(
    rf"(?<![\w./\\<~%$#+-])(?P<path>\\*/(?:{_LOOSE}\\*/)*{_SOLID}\\*/?)",
)
_QUOTED = re.compile(
    r"(?P<quote>[\"'`])(?P<path>(?:\\*/|[A-Za-z]:\\*/|[A-Za-z]:\\)[^\"'`\n]+)(?P=quote)"
)
_WINDOWS = re.compile(
    rf"(?<![A-Za-z0-9])(?P<path>[A-Za-z]:(?:\\{{1,4}}|/)(?:{_LOOSE}(?:\\{{1,4}}|/))*(?:{_SOLID})?)"
)
_SHARE = re.compile(rf"(?<![\\\w])(?P<path>\\{{2,8}}(?P<host>[\w.-]+)(?:\\{{1,4}}{_LOOSE})+)")
_TILDE = re.compile(rf"(?<![\w/\\])(?P<path>~[\w.-]*[/\\]+(?:{_LOOSE}[/\\]+)*{_SOLID})")
_FILE_URL = re.compile(r"file:(?:\\*/){2}(?=\\*/)", re.IGNORECASE)
_HOME = re.compile(
    r"(?:^|(?<=[/\\]))(?:home|Users|users|Documents and Settings)(?:\\{1,4}|/)+"
    r"(?P<user>[^/\\\"'<>|:*?\n]+)"
)
#: First parts of paths of the API and its pages: they say nothing of the server's machine.
_ROUTES = re.compile(
    r"/(?:sdapi|controlnet|internal|sd_extra_networks|adetailer|_mock)(?:/|$)"
    r"|/(?:docs|redoc|openapi\.json|config|login|logout|user|token|app_id|info|theme\.css|robots\.txt"
    r"|startup-events|queue|upload|reset|run|api|favicon\.ico|docs/oauth2-redirect)/?(?:$|[?#])"
    r"|/(?:run/predict|queue/(?:join|data|push|status)|api/(?:v1|extra|latest|predict))(?:/|$)|/file="
    r"|/path/to/"
)
#: A path as the value of a parameter (``/file=/home/...``, ``?filename=C:\\...``).
_VALUE = re.compile(r"(?<==)(?P<path>(?:\\*/|[A-Za-z]:[\\/])[^&\s\"'<>|]+)")
_ROOTED = re.compile(r"(?:\\*/(?!\\*/)|[A-Za-z]:(?:\\|\\*/)|\\{2,8}\w|~[\w.-]*[/\\])[^\n\"<>|]+")
_TWO = 2


class PathRedactor:
    """Puts stand-ins for folders into texts.

    Args:
        folders: which stand-in is whose.
        known: learns the names of users whose homes are named; knows the API's routes.
        note: told of each path.
    """

    def __init__(self, folders: Folders, known: Knowledge, note: Note) -> None:
        self._folders = folders
        self._known = known
        self._note = note

    def redact(self, text: str) -> str:
        """The text with stand-ins for all folders in it."""
        if "/" not in text and "\\" not in text:
            return text
        for home in _HOME.finditer(text):
            self._known.add_user(home["user"])
        text = _VALUE.sub(self._change, _FILE_URL.sub("file:", text))
        if _ROOTED.fullmatch(text) and text.count(" ") <= text.count("/") + text.count("\\"):
            return self._stand_in(text)
        for pattern in (_QUOTED, _SHARE, _WINDOWS, _TILDE, _POSIX):
            text = pattern.sub(self._change, text)
        return text

    def _change(self, found: re.Match[str]) -> str:
        path = found["path"]
        plain = path.replace("\\/", "/")
        parts = [part for part in plain.split("/") if part]
        if plain.startswith("/") and len(parts) < _TWO and parts[0] not in ORDINARY.roots:
            return found[0]
        return found[0].replace(path, self._stand_in(path))

    def _stand_in(self, path: str) -> str:
        plain = path.replace("\\/", "/")
        if _ROUTES.match(plain) or plain.partition("?")[0] in self._known.routes:
            return path
        stand_in = self._folders.stand_in(plain)
        if stand_in == plain:
            return path
        self._note(Kind.PATH)
        return stand_in
