"""World: the files that lie on the simulated machine, which may change while the webui runs.

A file that is added is on the disk at once; the webui sees it when it looks again, at a
``refresh-*``. Styles are in one file that the webui reads when it is asked for them.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.checkpoints import Checkpoint
from mockserver.backends.a1111.networks import Lora
from mockserver.backends.a1111.styles import Style
from mockserver.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mockserver.backends.a1111.checkpoints import CheckpointList
    from mockserver.backends.a1111.networks import Networks


_MODELS = "/webui/models"
_SUFFIXES = (".safetensors", ".ckpt", ".pt")


class Files(ABC):
    """Files of one kind."""

    def __init__(self) -> None:
        self._disk: dict[str, Any] | None = None

    def __iter__(self) -> Iterator[str]:
        return iter(self._there())

    def __contains__(self, name: object) -> bool:
        return name in self._there()

    @property
    def names(self) -> list[str]:
        """Names of the files on the disk."""
        return list(self._there())

    def remove(self, name: str) -> None:
        """Delete a file.

        Args:
            name: without its suffix.

        Raises:
            BadInput: there is none of that name.
        """
        there = self._there()
        if name not in there:
            raise BadInput(f"no {self._what} {name!r}; there are: {', '.join(there) or 'none'}")
        del there[name]
        self._changed()

    def refresh(self) -> None:
        """Let the webui look at the disk; without a change since the last time nothing happens."""
        if self._disk is not None:
            self._show(self._disk)

    _what = "file"

    def _there(self) -> dict[str, Any]:
        if self._disk is None:
            self._disk = self._listed()
        return self._disk

    @abstractmethod
    def _listed(self) -> dict[str, Any]:
        """What the webui knows of the disk when it starts."""

    @abstractmethod
    def _show(self, disk: Mapping[str, Any]) -> None:
        """Let the webui know the files that are there."""

    def _changed(self) -> None:  # noqa: B027 - mostly nothing happens
        """What happens at once when the disk changes; mostly nothing."""


class ModelFiles(Files):
    """Checkpoints.

    Args:
        checkpoints: those that the webui knows.
    """

    _what = "checkpoint"

    def __init__(self, checkpoints: CheckpointList) -> None:
        super().__init__()
        self._checkpoints = checkpoints

    def add(self, name: str, *, content: bytes | None = None, sha256: str | None = None) -> None:
        """Put a checkpoint on the disk; refresh-checkpoints shows it.

        Its hash is unknown until it was loaded once, as on a real webui.

        Args:
            name: ``my-model``, ``sub/my-model.ckpt``.
            content: what the file holds, of which the hash is made; its name by default.
            sha256: the hash itself.
        """
        path = name if name.endswith(_SUFFIXES) else f"{name}.safetensors"
        stem = str(PurePosixPath(path).with_suffix("")).replace("/", "_")
        filename = f"{self._folder()}/{path}"
        data = path.encode() if content is None else content
        self._checkpoints.learn_hash(filename, sha256 or hashlib.sha256(data).hexdigest())
        self._there()[stem] = Checkpoint(path, stem, filename, None)

    def _folder(self) -> str:
        known = next(iter(self._checkpoints), None)
        if known is None:
            return f"{_MODELS}/Stable-diffusion"
        return known.filename.removesuffix(known.name).rstrip("/")

    def _listed(self) -> dict[str, Any]:
        return {found.model_name: found for found in self._checkpoints}

    def _show(self, disk: Mapping[str, Any]) -> None:
        self._checkpoints.relist(sorted(disk.values(), key=lambda found: found.filename.lower()))


class LoraFiles(Files):
    """LoRAs.

    Args:
        networks: those that the webui knows.
    """

    _what = "LoRA"

    def __init__(self, networks: Networks) -> None:
        super().__init__()
        self._networks = networks

    def add(
        self, name: str, *, alias: str | None = None, metadata: Mapping[str, Any] | None = None
    ) -> None:
        """Put a LoRA on the disk; refresh-loras shows it.

        Args:
            name: what ``<lora:name:1>`` says.
            alias: the name that its metadata give it.
            metadata: as its file holds them.
        """
        path = f"{_MODELS}/Lora/{name}.safetensors"
        self._there()[name] = Lora(name, alias or name, path, dict(metadata or {}))

    def _listed(self) -> dict[str, Any]:
        return {found.name: found for found in self._networks.loras}

    def _show(self, disk: Mapping[str, Any]) -> None:
        self._networks.loras = sorted(disk.values(), key=lambda found: found.name.lower())


class EmbeddingFiles(Files):
    """Textual inversion embeddings.

    Args:
        networks: those that the webui knows.
    """

    _what = "embedding"

    def __init__(self, networks: Networks) -> None:
        super().__init__()
        self._networks = networks

    def add(self, name: str, *, vectors: int = 1, shape: int = 768) -> None:
        """Put an embedding on the disk; refresh-embeddings shows it.

        Args:
            name: what prompts say.
            vectors: how many it has.
            shape: length of each; one that is not 768 does not fit the model and is skipped.
        """
        entry = {"step": None, "sd_checkpoint": None, "sd_checkpoint_name": None}
        self._there()[name] = {**entry, "shape": shape, "vectors": vectors}

    def _listed(self) -> dict[str, Any]:
        found = self._networks.embeddings
        return {**found.loaded, **found.skipped}

    def _show(self, disk: Mapping[str, Any]) -> None:
        self._networks.embeddings.relist(disk)


class StyleRows(Files):
    """Styles: rows of styles.csv.

    Args:
        styles: returns those that the webui knows, by name.
        show: hands it others.
    """

    _what = "style"

    def __init__(
        self,
        styles: Callable[[], Mapping[str, Style]],
        show: Callable[[dict[str, Style]], None],
    ) -> None:
        super().__init__()
        self._styles = styles
        self._show_styles = show

    def add(self, name: str, prompt: str = "", negative_prompt: str = "") -> None:
        """Write a style; it is there at once.

        Args:
            name: what a request's ``styles`` says.
            prompt: laid over the prompt, with ``{prompt}`` for its place.
            negative_prompt: likewise.
        """
        self._there()[name] = Style(name, prompt, negative_prompt)
        self._changed()

    def _listed(self) -> dict[str, Any]:
        return dict(self._styles())

    def _show(self, disk: Mapping[str, Any]) -> None:
        self._show_styles(dict(disk))

    def _changed(self) -> None:
        self._show(self._there())


class World:
    """All that lies on the simulated machine.

    Args:
        checkpoints: those that the webui knows.
        networks: likewise.
        styles: likewise.

    Attributes:
        models: checkpoints.
        loras: LoRAs.
        embeddings: embeddings.
        styles: styles.
    """

    def __init__(self, checkpoints: CheckpointList, networks: Networks, styles: StyleRows) -> None:
        self.models = ModelFiles(checkpoints)
        self.loras = LoraFiles(networks)
        self.embeddings = EmbeddingFiles(networks)
        self.styles = styles

    def refresh(self, name: str) -> None:
        """Let the webui look at the disk for a route's files.

        Args:
            name: ``refresh-checkpoints``, ``refresh-loras``, ``refresh-embeddings``.
        """
        shown = {
            "refresh-checkpoints": self.models,
            "refresh-loras": self.loras,
            "refresh-embeddings": self.embeddings,
        }
        if name in shown:
            shown[name].refresh()

    def fill(self, wanted: Mapping[str, Any]) -> None:
        """Add files of several kinds, and let the webui see them at once.

        Args:
            wanted: ``{"models": ["my-model"], "loras": [{"name": "x", "alias": "y"}]}``.

        Raises:
            BadInput: an unknown kind of file.
        """
        kinds = {"models": self.models, "loras": self.loras, "embeddings": self.embeddings}
        every: dict[str, Any] = {**kinds, "styles": self.styles}
        for kind, items in wanted.items():
            if kind not in every:
                raise BadInput(f"a world has no {kind!r}; it has {', '.join(every)}")
            if not isinstance(items, list | tuple):
                raise BadInput(f"{kind} is a list of names, or of objects with a name")
            for item in items:
                _add(every[kind], kind, item)
        for found in kinds.values():
            found.refresh()


def _add(files: Any, kind: str, item: object) -> None:
    """Add one file as JSON shows it: its name, or an object with its name and more."""
    given = {"name": item} if isinstance(item, str) else item
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise BadInput(f"{kind} is a list of names, or of objects with a name")
    try:
        files.add(**given)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"{kind}: {given['name']!r} cannot be added so ({error})") from error
