"""Textual inversion embeddings: those the model can use, those it cannot, and new ones."""

from __future__ import annotations

from typing import Any

#: Length of a vector of the first Stable Diffusion's text encoder.
SHAPE = 768


class EmbeddingList:
    """All embeddings.

    Args:
        listed: the answer of ``/sdapi/v1/embeddings``.
        folder: where new ones are written, on the simulated server.

    Source: modules/textual_inversion/textual_inversion.py; recorded: group create.
    """

    def __init__(self, listed: dict[str, Any], folder: str) -> None:
        self.loaded: dict[str, dict[str, Any]] = dict(listed["loaded"])
        self.skipped: dict[str, dict[str, Any]] = dict(listed["skipped"])
        self._folder = folder
        self._files = {self.path(name) for name in (*self.loaded, *self.skipped)}

    def path(self, name: str) -> str:
        """The file of an embedding called `name`."""
        return f"{self._folder}/{name}.pt"

    def exists(self, path: str) -> bool:
        """Whether the simulated server has the file."""
        return path in self._files

    def add(self, name: str, vectors: int) -> None:
        """Write and load a new embedding; an empty name makes a file that is never loaded."""
        self._files.add(self.path(name))
        if not name:
            return
        entry = {"step": 0, "sd_checkpoint": None, "sd_checkpoint_name": None}
        loaded = {**self.loaded, name: entry | {"shape": SHAPE, "vectors": vectors}}
        self.loaded = dict(sorted(loaded.items(), key=lambda item: item[0].lower()))

    def listed(self) -> dict[str, Any]:
        """The answer of ``/sdapi/v1/embeddings``."""
        return {"loaded": self.loaded, "skipped": self.skipped}
