"""Entries of the server's lists, read leniently enough for every version and implementer.

What only some servers send may be missing; what is there must have the type it should have.
Sources: modules/api/models.py at v1.10.1, extensions-builtin/Lora/scripts/lora_script.py,
and the recorded lists of SD.Next, KoboldCpp and stable-diffusion.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sampler:
    """An entry of samplers."""

    name: str
    aliases: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scheduler:
    """An entry of schedulers, from v1.10; KoboldCpp and stable-diffusion.cpp send two keys."""

    name: str
    label: str
    aliases: list[str] | None = None
    default_rho: float | None = None
    need_inner_model: bool | None = None


@dataclass(frozen=True)
class Upscaler:
    """An entry of upscalers."""

    name: str
    model_name: str | None = None
    model_path: str | None = None
    model_url: str | None = None
    scale: float | None = None


@dataclass(frozen=True)
class LatentUpscaleMode:
    """An entry of latent-upscale-modes, from v1.6."""

    name: str


@dataclass(frozen=True)
class Checkpoint:
    """An entry of sd-models; the hash is null until the file was hashed."""

    title: str
    model_name: str
    filename: str = ""
    hash: str | None = None
    sha256: str | None = None
    config: str | None = None

    @property
    def aliases(self) -> tuple[str, ...]:
        """The names under which options and overrides may speak of it."""
        names = (self.title, self.model_name, self.hash, self.sha256)
        return tuple(name for name in names if name)


@dataclass(frozen=True)
class Vae:
    """An entry of sd-vae, from v1.6."""

    model_name: str
    filename: str = ""


@dataclass(frozen=True)
class Lora:
    """An entry of loras; KoboldCpp sends neither alias nor metadata."""

    name: str
    path: str = ""
    alias: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hypernetwork:
    """An entry of hypernetworks."""

    name: str
    path: str | None = None


@dataclass(frozen=True)
class FaceRestorer:
    """An entry of face-restorers."""

    name: str
    cmd_dir: str | None = None


@dataclass(frozen=True)
class RealesrganModel:
    """An entry of realesrgan-models."""

    name: str
    path: str | None = None
    scale: int | None = None


@dataclass(frozen=True)
class PromptStyle:
    """An entry of prompt-styles."""

    name: str
    prompt: str | None = None
    negative_prompt: str | None = None


@dataclass(frozen=True)
class Embeddings:
    """The answer of embeddings: name -> facts, of those in use and those that do not fit."""

    loaded: dict[str, Any]
    skipped: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scripts:
    """The answer of scripts: the names that txt2img and img2img accept."""

    txt2img: list[str]
    img2img: list[str]


@dataclass(frozen=True)
class ScriptInfo:
    """An entry of script-info, from v1.3."""

    name: str
    is_alwayson: bool
    is_img2img: bool
    args: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Extension:
    """An entry of extensions, from v1.7; Forge sends the commit date as a number."""

    name: str
    enabled: bool
    remote: str | None = None
    branch: str | None = None
    commit_hash: str | None = None
    commit_date: str | int | None = None
    version: str | None = None


@dataclass(frozen=True)
class Memory:
    """The answer of memory: bytes by name, or an ``error`` where there are none."""

    ram: dict[str, Any]
    cuda: dict[str, Any]
