"""Folders of the server's machine, and what stands for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.recording.redaction.standins import FOLDER, WEBUI, is_stand_in

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        """Learn from an answer of cmd-flags which folders are the webui's own."""
        if not isinstance(flags, dict):
            return
        for name, place in _FLAGS.items():
            folder = flags.get(name)
            if isinstance(folder, str) and (folder.startswith(("/", "\\")) or ":" in folder[:2]):
                self._add_root(folder, WEBUI + place)

    def start_behind(self, texts: Iterable[str]) -> None:
        """Leave the numbers that are in use in these texts to what they stand for there."""
        pattern = re.compile(re.escape(FOLDER) + r"(\d+)")
        used = [int(number) for text in texts for number in pattern.findall(text)]
        self._highest = max([self._highest, *used])

    def _add_root(self, folder: str, stand_in: str) -> None:
        segments = tuple(_segments(folder))
        if segments and segments not in self._roots and not is_stand_in(segments[0]):
            self._roots[segments] = stand_in

    def stand_in(self, path: str) -> str:
        """The path with its folder's stand-in; its own file name stays, as lists tell it too.

        Separators behind the folder stay as they are.
        """
        segments = _segments(path)
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
