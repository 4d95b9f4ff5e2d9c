"""Checkpoints: which there are, what names them, which is loaded.

Source: modules/sd_models.py; recorded: options/switch-model*, t2i-override/model-*.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import FixtureError, ServerError
from mockserver.profiles.profile import ModelRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mockserver.backends.a1111.options import OptionStore


_NEWEST = ModelRules()
_SHORT = 10
_CHECKSUM = re.compile(r"\s*\[[^\]]+\]\s*$")


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint file.

    Attributes:
        name: path below the models folder (``sub/tiny c.ckpt``).
        model_name: the same without extension, ``/`` as ``_``.
        filename: full path.
        sha256: of the whole file; None until it was loaded once.
        config: path of its own configuration, mostly None.
        old_hash: eight hex digits, of versions that hash a part of the file; None since.
    """

    name: str
    model_name: str
    filename: str
    sha256: str | None
    config: str | None = None
    old_hash: str | None = None

    @classmethod
    def of(cls, listed: dict[str, Any]) -> Checkpoint:
        """A checkpoint from an item of ``/sdapi/v1/sd-models``.

        Args:
            listed: the item.
        """
        title, short = listed["title"], listed.get("hash")
        return cls(
            title.removesuffix(f" [{short}]"),
            listed["model_name"],
            listed["filename"],
            listed.get("sha256"),
            listed.get("config"),
            None if "sha256" in listed else short,
        )

    @cached_property
    def short_hash(self) -> str | None:
        """The first 10 hex digits of the hash, or the old one."""
        if self.old_hash:
            return self.old_hash
        return self.sha256[:_SHORT] if self.sha256 else None

    @property
    def title(self) -> str:
        """``name [short_hash]``; the name alone while the file has not been hashed."""
        return f"{self.name} [{self.short_hash}]" if self.short_hash else self.name

    @cached_property
    def name_for_extra(self) -> str:
        """File name without folder and extension, as ``Model`` in infotexts."""
        return PurePosixPath(self.filename).stem

    @cached_property
    def inpainting(self) -> bool:
        """Whether its U-Net takes nine channels, the masked picture among them.

        The webui looks into the weights; here the name says, as no list shows the weights.
        """
        return "inpaint" in self.name_for_extra.lower()

    @property
    def aliases(self) -> tuple[str, ...]:
        """Everything that names it exactly."""
        plain = (self.model_name, self.title, self.name, self.name_for_extra)
        if self.sha256 is None or self.short_hash is None:
            return plain
        return (*plain, self.short_hash, self.sha256, f"{self.name_for_extra} [{self.short_hash}]")

    def hashed(self, digest: str | None = None) -> Checkpoint:
        """The same with its hash known; a stand-in made of its name where nobody recorded it.

        Args:
            digest: its SHA-256 in hex digits, where it was recorded.
        """
        if self.sha256 or self.old_hash:
            return self
        digest = digest or hashlib.sha256(self.filename.encode()).hexdigest()
        return Checkpoint(self.name, self.model_name, self.filename, digest, self.config)

    def listed(self) -> dict[str, Any]:
        """The item of ``/sdapi/v1/sd-models``."""
        answer = {
            "title": self.title,
            "model_name": self.model_name,
            "hash": self.short_hash,
            "sha256": self.sha256,
            "filename": self.filename,
            "config": self.config,
        }
        if self.old_hash:
            del answer["sha256"]
        return answer


class CheckpointList:
    """All checkpoints, and the loaded one.

    Args:
        listed: the answer of ``/sdapi/v1/sd-models``.
        options: the loaded one is named there.
        hashes: SHA-256 by file name of models that were not hashed yet when they were listed.
        rules: how the version keeps them.
        hashing: whether files are hashed; without (``--no-hashing``) none ever was.

    Attributes:
        current: the loaded one; whoever asks a server without any gets a FixtureError.
        revision: is another as soon as a model is loaded, added or removed.
    """

    current: Checkpoint
    revision: tuple[Any, ...]

    def __init__(
        self,
        listed: Sequence[dict[str, Any]],
        options: OptionStore,
        hashes: Mapping[str, str] | None = None,
        rules: ModelRules = _NEWEST,
        *,
        hashing: bool = True,
    ) -> None:
        self._rules = rules
        self._hashing = hashing
        self._options = options
        self._hashes = hashes or {}
        #: What the option named when nothing had to be loaded: named again, nothing has to be.
        self._settled: Any = None
        known = [Checkpoint.of(item) for item in listed]
        self._set(known if hashing else [replace(one, sha256=None) for one in known])
        self._refreshed = False

    def __iter__(self) -> Iterator[Checkpoint]:
        return iter(self._all)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What a list without any checkpoint lacks is the loaded one."""
            if name == "current":
                raise FixtureError("sd-models.json", "", "it lists no checkpoint", "add one")
            raise AttributeError(name)

    def find(self, alias: Any) -> Checkpoint | None:
        """The checkpoint that `alias` names exactly; of several the last one listed.

        Args:
            alias: title, name, file name, stem or hash.

        Raises:
            ServerError: TypeError, for a list or an object.
        """
        try:
            return self._by_alias.get(alias)
        except TypeError as error:
            raise ServerError("TypeError", str(error)) from error

    def closest(self, text: str | None) -> Checkpoint | None:
        """The checkpoint that `text` names, or whose title has it in it, the shortest first.

        Args:
            text: any part of a title, or one of the aliases.

        Source: ``get_closet_checkpoint_match``; a hash in brackets at the end is left out in
        a second try.
        """
        if not text:
            return None
        exact = self.find(text)
        return exact or self._containing(text) or self._containing(_CHECKSUM.sub("", text))

    @property
    def names(self) -> list[str]:
        """Titles in list order."""
        return [checkpoint.title for checkpoint in self._all]

    def reload(self) -> None:
        """Load what the options name, unless it is loaded; the first one if they name none.

        The title of what was loaded is written into the options, so that an alias posted
        there turns into it.

        Source: ``reload_model_weights``.
        """
        alias = self._options["sd_model_checkpoint"]
        if self._settled is not None and alias == self._settled:
            return
        loaded = self._load(self.find(alias) or next(iter(self._all), None))
        if loaded and self._rules.stores_loaded_title:
            self._options.put("sd_model_checkpoint", loaded.title)
        self._settled = alias if loaded is None else None

    def refresh(self) -> None:
        """Read the models folder anew: what is loaded is then another entry than the listed one.

        Source: recorded: after a refresh a refiner that is the loaded checkpoint is in the
        infotext.
        """
        self._refreshed = True

    def is_loaded(self, checkpoint: Checkpoint) -> bool:
        """Whether an entry of the list is the loaded one; the webui compares entries.

        Args:
            checkpoint: an entry.
        """
        return self.current.name == checkpoint.name and not self._refreshed

    def reload_for_job(self) -> None:
        """Load what the options name, where the version does so in a job."""
        if self._rules.jobs_load_models:
            self.reload()

    def switch(self, checkpoint: Checkpoint) -> None:
        """Load a model for a while (hires pass, refiner): the options keep the other's title.

        Args:
            checkpoint: one of the list.

        Source: ``SkipWritingToConfig``; the hash in the options follows all the same.
        """
        self._load(checkpoint)

    def _load(self, chosen: Checkpoint | None) -> Checkpoint | None:
        """Load `chosen` and give it with its hash; None where it is loaded already."""
        current = vars(self).get("current")
        if chosen is None or (current and current.filename == chosen.filename):
            return None
        loaded = chosen
        if self._hashing:
            loaded = chosen.hashed(self._hashes.get(chosen.filename))
        if self._rules.moves_loaded_last:
            self._set([*(c for c in self._all if c.filename != loaded.filename), loaded])
        elif loaded is not chosen:
            self._set([loaded if c.filename == loaded.filename else c for c in self._all])
        self.current = loaded
        self.revision = self._all, loaded
        self._settled = None
        self._refreshed = False
        if not loaded.old_hash:
            self._options.put("sd_checkpoint_hash", loaded.sha256)
        return loaded

    def listed(self) -> list[dict[str, Any]]:
        """The answer of ``/sdapi/v1/sd-models``."""
        return [checkpoint.listed() for checkpoint in self._all]

    def learn_hash(self, filename: str, sha256: str) -> None:
        """Know a file's hash, which it gets when it is loaded.

        Args:
            filename: its path.
            sha256: 64 hex digits.
        """
        self._hashes = {**self._hashes, filename: sha256}

    def relist(self, found: Sequence[Checkpoint]) -> None:
        """List what lies on the disk now, with the hashes that are known (``list_models``).

        Args:
            found: in list order.
        """
        known = {checkpoint.filename: checkpoint for checkpoint in self._all}
        self._set([known.get(checkpoint.filename, checkpoint) for checkpoint in found])

    def _set(self, checkpoints: list[Checkpoint]) -> None:
        self._all = checkpoints
        self.revision = checkpoints, vars(self).get("current")
        self._settled = None
        titles = self._rules.finds_models_by_title_only
        self._by_alias: dict[Any, Checkpoint] = {
            alias: c for c in checkpoints for alias in ((c.title,) if titles else c.aliases)
        }

    def _containing(self, text: str) -> Checkpoint | None:
        found = [c for c in self._all if text in c.title]
        return min(found, key=lambda c: len(c.title)) if found else None
