"""Calls that read the server's lists, its options and its flags; none changes anything."""

from __future__ import annotations

from typing import Any, TypeVar

from conformance.client.caller import Caller, read_json
from conformance.client.reading import read_object, read_record, read_records
from conformance.client.records import (
    Checkpoint,
    Embeddings,
    Extension,
    FaceRestorer,
    Hypernetwork,
    LatentUpscaleMode,
    Lora,
    Memory,
    PromptStyle,
    RealesrganModel,
    Sampler,
    Scheduler,
    ScriptInfo,
    Scripts,
    Upscaler,
    Vae,
)

T = TypeVar("T")


class ListCalls(Caller):
    """Each call raises ServerRefused, MalformedAnswer or ConnectionFailed."""

    def samplers(self) -> list[Sampler]:
        """GET samplers."""
        return self._list(Sampler, "samplers")

    def schedulers(self) -> list[Scheduler]:
        """GET schedulers, from v1.10."""
        return self._list(Scheduler, "schedulers")

    def upscalers(self) -> list[Upscaler]:
        """GET upscalers."""
        return self._list(Upscaler, "upscalers")

    def latent_upscale_modes(self) -> list[LatentUpscaleMode]:
        """GET latent-upscale-modes, from v1.6."""
        return self._list(LatentUpscaleMode, "latent-upscale-modes")

    def sd_models(self) -> list[Checkpoint]:
        """GET sd-models."""
        return self._list(Checkpoint, "sd-models")

    def sd_vaes(self) -> list[Vae]:
        """GET sd-vae, from v1.6; Forge has sd-modules in its place."""
        return self._list(Vae, "sd-vae")

    def hypernetworks(self) -> list[Hypernetwork]:
        """GET hypernetworks."""
        return self._list(Hypernetwork, "hypernetworks")

    def face_restorers(self) -> list[FaceRestorer]:
        """GET face-restorers."""
        return self._list(FaceRestorer, "face-restorers")

    def realesrgan_models(self) -> list[RealesrganModel]:
        """GET realesrgan-models."""
        return self._list(RealesrganModel, "realesrgan-models")

    def prompt_styles(self) -> list[PromptStyle]:
        """GET prompt-styles."""
        return self._list(PromptStyle, "prompt-styles")

    def loras(self) -> list[Lora]:
        """GET loras, from v1.3."""
        return self._list(Lora, "loras")

    def script_info(self) -> list[ScriptInfo]:
        """GET script-info, from v1.3."""
        return self._list(ScriptInfo, "script-info")

    def extensions(self) -> list[Extension]:
        """GET extensions, from v1.7; those with a git remote alone."""
        return self._list(Extension, "extensions")

    def embeddings(self) -> Embeddings:
        """GET embeddings, from v1.0."""
        return self._record(Embeddings, "embeddings")

    def scripts(self) -> Scripts:
        """GET scripts, from v1.0."""
        return self._record(Scripts, "scripts")

    def memory(self) -> Memory:
        """GET memory, from v1.0."""
        return self._record(Memory, "memory")

    def options(self) -> dict[str, Any]:
        """GET options: name -> value."""
        value, exchange = self.read("GET", "options")
        return read_object(value, exchange)

    def cmd_flags(self) -> dict[str, Any]:
        """GET cmd-flags: name -> value; may hold passwords in clear."""
        value, exchange = self.read("GET", "cmd-flags")
        return read_object(value, exchange)

    def openapi(self) -> dict[str, Any]:
        """GET /openapi.json, which only the webui and its forks have."""
        exchange = self.ask_path("GET", "/openapi.json")
        return read_object(read_json(exchange), exchange)

    def _list(self, cls: type[T], route: str) -> list[T]:
        value, exchange = self.read("GET", route)
        return read_records(cls, value, exchange)

    def _record(self, cls: type[T], route: str) -> T:
        value, exchange = self.read("GET", route)
        return read_record(cls, value, exchange)
