"""File-system paths in text, and the folders of the server's machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.redaction.knowledge import ORDINARY
from mockserver.redaction.names import FOLDER, WEBUI, Kind, is_stand_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mockserver.redaction.knowledge import KnownSecrets


#: Flags of the webui that name a folder, and where that folder lies by default.
#: Source: modules/paths_internal.py and modules/cmd_args.py at v1.10.1.
_FLAGS = {
    "data_dir": "",
    "models_dir": "/models",
    "ckpt_dir": "/models/Stable-diffusion",
    "vae_dir": "/models/VAE",
    "embeddings_dir": "/embeddings",
    "hypernetwork_dir": "/models/hypernetworks",
    "localizations_dir": "/localizations",
    "textual_inversion_templates_dir": "/textual_inversion_templates",
    "lora_dir": "/models/Lora",
    "lyco_dir_backcompat": "/models/LyCORIS",
    "gfpgan_dir": "/GFPGAN",
    "codeformer_models_path": "/models/Codeformer",
    "gfpgan_models_path": "/models/GFPGAN",
    "esrgan_models_path": "/models/ESRGAN",
    "bsrgan_models_path": "/models/BSRGAN",
    "realesrgan_models_path": "/models/RealESRGAN",
    "dat_models_path": "/models/DAT",
    "ldsr_models_path": "/models/LDSR",
    "scunet_models_path": "/models/ScuNET",
    "swinir_models_path": "/models/SwinIR",
}
_SEPARATORS = re.compile(r"\\+/|[\\/]+")
_DRIVE = re.compile(r"[A-Za-z]:$")
#: A last segment that is a file of a kind that everybody has: its name says nothing of a place.
_FILE = re.compile(
    r"[^/\\]*\.(?:safetensors|ckpt|pth?|bin|gguf|onnx|vae|ya?ml|json|csv|txt|png|jpe?g|webp|gif"
    r"|py|css|js|html?|sft|pkl|npz|zip|log|toml|bat|sh|exe|dll|so)",
    re.IGNORECASE,
)


def _segments(path: str) -> list[str]:
    return [part for part in _SEPARATORS.split(path) if part]


class Folders:
    """Which folder is which stand-in; two that differ never get the same one."""

    def __init__(self) -> None:
        self._roots: dict[tuple[str, ...], str] = {}
        self._numbered: dict[tuple[str, ...], int] = {}
        self._highest = 0

    def learn_flags(self, flags: Any) -> None:
        """Learn from an answer of cmd-flags which folders are the webui's own.

        Args:
            flags: the answer of cmd-flags.
        """
        if not isinstance(flags, dict):
            return
        for name, place in _FLAGS.items():
            folder = flags.get(name)
            if isinstance(folder, str) and (folder.startswith(("/", "\\")) or ":" in folder[:2]):
                self._add_root(folder, WEBUI + place)

    def start_behind(self, texts: Iterable[str]) -> None:
        """Leave the numbers that are in use in these texts to what they stand for there.

        Args:
            texts: of an earlier recording.
        """
        pattern = re.compile(re.escape(FOLDER) + r"(\d+)")
        used = [int(number) for text in texts for number in pattern.findall(text)]
        self._highest = max([self._highest, *used])

    def _add_root(self, folder: str, stand_in: str) -> None:
        segments = tuple(_segments(folder))
        if segments and segments not in self._roots and not is_stand_in(segments[0]):
            self._roots[segments] = stand_in

    def stand_in(self, path: str) -> str:
        """The path with its folder's stand-in; its own file name stays, as lists show it too.

        Separators behind the folder stay as they are.

        Args:
            path: absolute, of either kind of system.
        """
        segments = _segments(path)
        if not segments:
            return path
        drive = segments[0] if _DRIVE.match(segments[0]) else ""
        first = segments[1] if drive and len(segments) > 1 else segments[0]
        if is_stand_in(first):
            return path
        for length in range(len(segments), 0, -1):
            known = self._roots.get(tuple(segments[:length]))
            if known:
                return drive + known + _behind(path, length)
        kept = 1 if len(segments) > 1 and _FILE.fullmatch(segments[-1]) else 0
        folder = tuple(segments[: len(segments) - kept])
        return f"{drive}{FOLDER}{self._number(folder)}" + _behind(path, len(folder))

    def _number(self, folder: tuple[str, ...]) -> int:
        if folder not in self._numbered:
            self._highest += 1
            self._numbered[folder] = self._highest
        return self._numbered[folder]


def _behind(path: str, length: int) -> str:
    """What is left of a path behind its first segments, its separator first."""
    parts = re.findall(r"(?:\\+/|[\\/])*[^\\/]+", path)
    return "".join(parts[length:])


if TYPE_CHECKING:
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
        note: called with each path.
    """

    def __init__(self, folders: Folders, known: KnownSecrets, note: Note) -> None:
        self._folders = folders
        self._known = known
        self._note = note

    def redact(self, text: str) -> str:
        """The text with stand-ins for all folders in it.

        Args:
            text: any.
        """
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

    def redact_homes(self, text: str) -> str:
        """The text with stand-ins for quoted paths below somebody's home alone.

        Args:
            text: any.
        """

        def change(found: re.Match[str]) -> str:
            home = _HOME.search(found["path"])
            if home is None:
                return found[0]
            self._known.add_user(home["user"])
            return self._change(found)

        return _QUOTED.sub(change, text)

    def _change(self, found: re.Match[str]) -> str:
        path = found["path"]
        plain = path.replace("\\/", "/")
        parts = [part for part in plain.split("/") if part]
        if not _segments(plain):
            return found[0]
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
