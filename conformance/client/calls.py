"""The typed calls of the client: generations, control of jobs, and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from conformance.client.answers import (
    GenerationAnswer,
    PngInfo,
    Progress,
    UpscaledImage,
    UpscaledImages,
)
from conformance.client.fields import ExtrasFields, check_fields
from conformance.client.image import PictureSource, encode_image
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
    read_object,
    read_record,
    read_records,
)
from conformance.client.requester import Requester, read_json
from conformance.errors import MalformedAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.client.connection import Timeouts
    from conformance.client.payload import Img2Img, Payload, Txt2Img


class GenerationCalls(Requester):
    """Each call raises ServerRefused, MalformedAnswer or ConnectionFailed.

    Attributes:
        family: kind of the server, where it is known: ``forge``. Payloads with fields that it
            does not have are refused with PayloadError before they are sent.
    """

    family: str | None = None

    def _fit(self, payload: Payload) -> None:
        if self.family is not None:
            payload.check_for(self.family)

    def txt2img(self, payload: Txt2Img, *, timeout: Timeouts | None = None) -> GenerationAnswer:
        """POST txt2img; waits in the server's queue and for the pictures.

        Args:
            payload: the request.
            timeout: in place of the client's; None for those.

        Returns:
            The pictures, and what the server says of them.
        """
        self._fit(payload)
        value, exchange = self.read("POST", "txt2img", json=payload.to_json(), timeout=timeout)
        return GenerationAnswer.read(value, exchange)

    def img2img(self, payload: Img2Img, *, timeout: Timeouts | None = None) -> GenerationAnswer:
        """POST img2img; waits in the server's queue and for the pictures.

        Args:
            payload: the request, with its init images.
            timeout: in place of the client's; None for those.

        Returns:
            The pictures, and what the server says of them.
        """
        self._fit(payload)
        value, exchange = self.read("POST", "img2img", json=payload.to_json(), timeout=timeout)
        return GenerationAnswer.read(value, exchange)

    def extra_single_image(
        self,
        image: PictureSource,
        **fields: Unpack[ExtrasFields],
    ) -> UpscaledImage:
        """POST extra-single-image: upscale one picture.

        Args:
            image: a picture, its file, or base64 of it.
            fields: of the request, such as ``upscaling_resize=2``.

        Raises:
            PayloadError: names the field that is unknown, of a wrong type or impossible.
        """
        body = _extras_body(fields, {"image": encode_image(image)})
        value, exchange = self.read("POST", "extra-single-image", json=body)
        return read_record(UpscaledImage, value, exchange)

    def extra_batch_images(
        self,
        images: Sequence[tuple[str, PictureSource]],
        **fields: Unpack[ExtrasFields],
    ) -> UpscaledImages:
        """POST extra-batch-images: upscale pictures, each with a file name.

        Args:
            images: file name -> picture, its file, or base64 of it.
            fields: of the request, for all pictures.

        Raises:
            PayloadError: names the field that is unknown, of a wrong type or impossible.
        """
        named = [{"data": encode_image(image), "name": name} for name, image in images]
        body = _extras_body(fields, {"imageList": named})
        value, exchange = self.read("POST", "extra-batch-images", json=body)
        return read_record(UpscaledImages, value, exchange)

    def png_info(self, image: PictureSource) -> PngInfo:
        """POST png-info: read the words in a picture; nothing is generated.

        Args:
            image: a picture, its file, or base64 of it.
        """
        body = {"image": encode_image(image)}
        value, exchange = self.read("POST", "png-info", json=body)
        return read_record(PngInfo, value, exchange)

    def interrogate(self, image: PictureSource, model: str = "clip") -> str:
        """POST interrogate: a caption for a picture; downloads the model at its first use.

        Args:
            image: a picture, its file, or base64 of it.
            model: ``clip`` or ``deepdanbooru``.

        Returns:
            The caption.
        """
        body = {"image": encode_image(image), "model": model}
        value, exchange = self.read("POST", "interrogate", json=body)
        caption = value.get("caption") if isinstance(value, dict) else None
        if not isinstance(caption, str):
            raise MalformedAnswer("an object with a text under 'caption' was expected", exchange)
        return caption


def _extras_body(fields: ExtrasFields, pictures: dict[str, Any]) -> dict[str, Any]:
    check_fields(ExtrasFields, dict(fields))
    return {**fields, **pictures}


class ControlCalls(Requester):
    """Each call raises ServerRefused, MalformedAnswer or ConnectionFailed."""

    def progress(self, *, skip_current_image: bool = False) -> Progress:
        """GET progress; without the preview where ``skip_current_image``.

        Args:
            skip_current_image: whether to leave the preview out.
        """
        query = "?skip_current_image=true" if skip_current_image else ""
        value, exchange = self.read("GET", f"progress{query}")
        return Progress.read(value, exchange)

    def interrupt(self) -> None:
        """POST interrupt: the running job ends with what it has, whoever started it."""
        self.ask("POST", "interrupt")

    def skip(self) -> None:
        """POST skip: the running iteration ends early, whoever started it."""
        self.ask("POST", "skip")

    def set_options(self, values: dict[str, Any]) -> None:
        """POST options: change them for good; ``options_set`` puts them back.

        Args:
            values: option name -> value.
        """
        self.ask("POST", "options", json=values)

    def refresh_checkpoints(self) -> None:
        """POST refresh-checkpoints: read the folder of models anew."""
        self.ask("POST", "refresh-checkpoints")

    def refresh_vae(self) -> None:
        """POST refresh-vae, from v1.6."""
        self.ask("POST", "refresh-vae")

    def refresh_embeddings(self) -> None:
        """POST refresh-embeddings, from v1.8."""
        self.ask("POST", "refresh-embeddings")

    def refresh_loras(self) -> None:
        """POST refresh-loras, from v1.3."""
        self.ask("POST", "refresh-loras")

    def unload_checkpoint(self) -> None:
        """POST unload-checkpoint: the model leaves the card."""
        self.ask("POST", "unload-checkpoint")

    def reload_checkpoint(self) -> None:
        """POST reload-checkpoint: the model comes back to the card."""
        self.ask("POST", "reload-checkpoint")

    def create_embedding(self, **arguments: Any) -> str:
        """POST create/embedding; the server's sentence, which may describe an error.

        Args:
            arguments: of the web UI's function, by name.
        """
        return self._sentence("create/embedding", arguments)

    def create_hypernetwork(self, **arguments: Any) -> str:
        """POST create/hypernetwork; the server's sentence, which may describe an error.

        Args:
            arguments: of the web UI's function, by name.
        """
        return self._sentence("create/hypernetwork", arguments)

    def train_embedding(self, **arguments: Any) -> str:
        """POST train/embedding; the server's sentence, which may describe an error.

        Args:
            arguments: of the web UI's function, by name.
        """
        return self._sentence("train/embedding", arguments)

    def train_hypernetwork(self, **arguments: Any) -> str:
        """POST train/hypernetwork; the server's sentence, which may describe an error.

        Args:
            arguments: of the web UI's function, by name.
        """
        return self._sentence("train/hypernetwork", arguments)

    def server_kill(self) -> None:
        """POST server-kill: the process ends without an answer (ConnectionBroken)."""
        self.ask("POST", "server-kill")

    def server_restart(self) -> None:
        """POST server-restart."""
        self.ask("POST", "server-restart")

    def server_stop(self) -> None:
        """POST server-stop."""
        self.ask("POST", "server-stop")

    def ping(self) -> None:
        """GET /internal/ping, which ``--nowebui`` does not serve."""
        self.ask_path("GET", "/internal/ping")

    def pending_tasks(self) -> list[str]:
        """GET /internal/pending-tasks, from v1.8: ids of the jobs that wait."""
        exchange = self.ask_path("GET", "/internal/pending-tasks")
        tasks = read_object(read_json(exchange), exchange).get("tasks")
        if not isinstance(tasks, list):
            raise MalformedAnswer("an array under 'tasks' was expected", exchange)
        return [str(task) for task in tasks]

    def internal_progress(self, id_task: str | None = None, **fields: Any) -> dict[str, Any]:
        """POST /internal/progress: what the web page knows of one job.

        Args:
            id_task: as ``task(name)``.
            fields: further ones, such as ``live_preview``.
        """
        body = {"id_task": id_task, **fields}
        exchange = self.ask_path("POST", "/internal/progress", json=body)
        return read_object(read_json(exchange), exchange)

    def _sentence(self, route: str, arguments: dict[str, Any]) -> str:
        value, exchange = self.read("POST", route, json=arguments)
        info = read_object(value, exchange).get("info")
        if not isinstance(info, str):
            raise MalformedAnswer("a text under 'info' was expected", exchange)
        return info


T = TypeVar("T")


class ListCalls(Requester):
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
