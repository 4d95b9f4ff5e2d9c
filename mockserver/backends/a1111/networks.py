"""Extra networks: Lora files, hypernetworks and textual inversion embeddings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


#: Length of a vector of the first Stable Diffusion's text encoder.
SHAPE = 768


class EmbeddingList:
    """All embeddings.

    Args:
        listed: the answer of ``/sdapi/v1/embeddings``.
        folder: where new ones are written, on the simulated server.
        hashes: short hash by name, as infotexts of that server showed them.

    Source: modules/textual_inversion/textual_inversion.py; recorded: group create.
    """

    def __init__(
        self, listed: dict[str, Any], folder: str, hashes: Mapping[str, str] | None = None
    ) -> None:
        self._hashes = hashes or {}
        self.loaded: dict[str, dict[str, Any]] = dict(listed["loaded"])
        self.skipped: dict[str, dict[str, Any]] = dict(listed["skipped"])
        self._folder = folder
        self._files = {self.path(name) for name in (*self.loaded, *self.skipped)}

    def short_hash(self, name: str) -> str:
        """12 hex digits as in ``TI hashes``; made of the name where nobody recorded them.

        Args:
            name: without folder and extension.
        """
        return self._hashes.get(name) or hashlib.sha256(name.encode()).hexdigest()[:_SHORT]

    def path(self, name: str) -> str:
        """The file of an embedding called `name`.

        Args:
            name: without folder and extension.
        """
        return f"{self._folder}/{name}.pt"

    def exists(self, path: str) -> bool:
        """Whether the simulated server has the file.

        Args:
            path: full path.
        """
        return path in self._files

    def add(self, name: str, vectors: int) -> None:
        """Write and load a new embedding; an empty name makes a file that is never loaded.

        Args:
            name: without folder and extension.
            vectors: tokens that it stands for.
        """
        self._files.add(self.path(name))
        if not name:
            return
        entry = {"step": 0, "sd_checkpoint": None, "sd_checkpoint_name": None}
        loaded = {**self.loaded, name: entry | {"shape": SHAPE, "vectors": vectors}}
        self.loaded = dict(sorted(loaded.items(), key=lambda item: item[0].lower()))

    def relist(self, disk: Mapping[str, dict[str, Any]]) -> None:
        """Load what lies on the disk now; what does not fit the model is skipped.

        Args:
            disk: items as they are listed, by name.
        """
        ordered = dict(sorted(disk.items(), key=lambda item: item[0].lower()))
        self.loaded = {name: item for name, item in ordered.items() if item["shape"] == SHAPE}
        self.skipped = {name: item for name, item in ordered.items() if item["shape"] != SHAPE}
        self._files = {self.path(name) for name in ordered}

    def listed(self) -> dict[str, Any]:
        """The answer of ``/sdapi/v1/embeddings``."""
        return {"loaded": self.loaded, "skipped": self.skipped}


_SHORT = 12


@dataclass(frozen=True)
class Lora:
    """One Lora file.

    Attributes:
        name: file name without extension; what ``<lora:name:1>`` says.
        alias: the name that its metadata give it, else `name`.
        path: its file.
        metadata: of the file.
        recorded_hash: what an infotext of that server showed; "" where none did.
    """

    name: str
    alias: str
    path: str
    metadata: dict[str, Any]
    recorded_hash: str = ""

    @property
    def short_hash(self) -> str:
        """12 hex digits as in ``Lora hashes``; made of the path where nobody recorded them."""
        known = self.recorded_hash or self.metadata.get("sshs_model_hash")
        digest = known or hashlib.sha256(self.path.encode()).hexdigest()
        return str(digest)[:_SHORT]


class Networks:
    """All extra networks.

    Args:
        loras: the answer of ``/sdapi/v1/loras``.
        hypernetworks: the answer of ``/sdapi/v1/hypernetworks``.
        embeddings: the embeddings.
        folder: where hypernetworks are written, on the simulated server.
        hashes: short hash of Loras by name, as infotexts of that server showed them.
    """

    def __init__(
        self,
        loras: Sequence[dict[str, Any]],
        hypernetworks: Sequence[dict[str, Any]],
        embeddings: EmbeddingList,
        folder: str,
        hashes: Mapping[str, str] | None = None,
    ) -> None:
        known = hashes or {}
        self.loras = [
            Lora(i["name"], i["alias"], i["path"], i["metadata"], known.get(i["name"], ""))
            for i in loras
        ]
        self.hypernetworks: dict[str, str] = {i["name"]: i["path"] for i in hypernetworks}
        self.embeddings = embeddings
        self._folder = folder

    def find_lora(self, name: str) -> Lora | None:
        """The Lora that a prompt calls `name`: by file name first, then by alias.

        Args:
            name: as a tag has it.
        """
        by_name = [lora for lora in self.loras if lora.name == name]
        by_alias = [lora for lora in self.loras if lora.alias == name]
        return next(iter([*by_name, *by_alias]), None)

    @property
    def lora_names(self) -> dict[str, str]:
        """Short hash of each Lora to its name."""
        return {lora.short_hash: lora.name for lora in self.loras}

    def hypernetwork_path(self, name: str) -> str:
        """The file of a hypernetwork called `name`.

        Args:
            name: without folder and extension.
        """
        return f"{self._folder}/{name}.pt"

    def add_hypernetwork(self, name: str) -> None:
        """Write a new hypernetwork; the list is kept in order of names.

        Args:
            name: without folder and extension.
        """
        found = {**self.hypernetworks, name: self.hypernetwork_path(name)}
        self.hypernetworks = dict(sorted(found.items()))

    def listed_loras(self) -> list[dict[str, Any]]:
        """The answer of ``/sdapi/v1/loras``."""
        return [
            {"name": lora.name, "alias": lora.alias, "path": lora.path, "metadata": lora.metadata}
            for lora in self.loras
        ]

    def listed_hypernetworks(self) -> list[dict[str, Any]]:
        """The answer of ``/sdapi/v1/hypernetworks``."""
        return [{"name": name, "path": path} for name, path in self.hypernetworks.items()]
