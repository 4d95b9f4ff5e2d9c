"""Routes beside the web UI's API: those of OpenAI, and stable-diffusion.cpp's own, with its jobs.

Source: examples/server/routes_openai.cpp, routes_sdcpp.cpp and async_jobs.cpp.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from mockserver.backends.sdcpp.generation import drawn
from mockserver.backends.sdcpp.nlohmann.parser import Fields, JsonError, parse
from mockserver.backends.sdcpp.recipe_reader import plain_recipe, recipe_of, resolved
from mockserver.core.clock import FifoLock
from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from mockserver.backends.sdcpp.recipe import Recipe
    from mockserver.backends.sdcpp.server import Sdcpp


_ACCEPTED, _INVALID, _NOT_FOUND, _FULL = 202, 400, 404, 429
_FORMATS = ("png", "jpeg", "webp")
_SIZE = re.compile(r"\s*([+-]?\d+)[^x]*x\s*([+-]?\d+)")
_MODEL = {"id": "sd-cpp-local", "object": "model", "owned_by": "local"}
_MOST_JOBS = 8

#: Status and body of an answer.
Answer = tuple[int, Any]


def models() -> dict[str, Any]:
    """``GET /v1/models``: one model, whatever is loaded."""
    return {"data": [_MODEL]}


def openai_generation(server: Sdcpp, raw: bytes) -> dict[str, Any]:
    """``POST /v1/images/generations``; waits its turn.

    Args:
        server: the simulated server.
        raw: the bytes of the request's body.

    Raises:
        JsonError: no JSON object, or a value of another type.
        HTTPError: 400 with the server's words, 500 for a picture beyond all memory.
    """
    if not raw:
        raise HTTPError(_INVALID, "empty body")
    fields = Fields(parse(raw))
    prompt, count = fields.text("prompt", ""), max(1, fields.whole("n", 1))
    size, format_ = fields.text("size", ""), fields.text("output_format", "png")
    fields.whole("output_compression", 100)
    if not prompt:
        raise HTTPError(_INVALID, "prompt required")
    _check_format(format_)
    match = _SIZE.match(size)
    width, height = (int(match[1]), int(match[2])) if match else (512, 512)
    asked = plain_recipe(server, prompt, count=count, width=width, height=height)
    pictures = drawn(server, resolved(server, asked), format_)
    return {
        "created": int(server.clock.now()),
        "data": [{"b64_json": picture.base64()} for picture in pictures],
        "output_format": format_,
    }


def _check_format(format_: str) -> None:
    if format_ not in _FORMATS:
        text = "invalid output_format, must be one of [png, jpeg, webp]"
        raise HTTPError(_INVALID, text)


@dataclass
class Job:
    """A generation that its client asks for again.

    Attributes:
        id: of the job.
        recipe: what is drawn.
        format: of the pictures.
        created: in seconds since 1970; started and completed likewise, 0 for not yet.
        status: of the job, in the server's words.
        pictures: in base64, once they are drawn.
        problem: why it failed.
    """

    id: str
    recipe: Recipe
    format: str
    created: int
    started: int = 0
    completed: int = 0
    status: str = "queued"
    pictures: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def pending(self) -> bool:
        """Whether it is neither done nor given up."""
        return self.status in {"queued", "generating"}


class Jobs:
    """The jobs of one server, drawn one after the other, each behind the answer about it.

    Args:
        server: the simulated server.
    """

    def __init__(self, server: Sdcpp) -> None:
        self._server = server
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()
        self._turn = FifoLock()

    def post(self, raw: bytes) -> Answer:
        """``POST /sdcpp/v1/img_gen``.

        Args:
            raw: the bytes of the request's body.
        """
        try:
            job = self._added(raw)
        except HTTPError as refusal:
            return refusal.status, {"error": refusal.detail}
        except JsonError as error:
            syntax = "parse_error" in str(error)
            name = "invalid json" if syntax else "server_error"
            return _INVALID if syntax else 500, {"error": name, "message": str(error)}
        Thread(target=self._work, args=(job,), daemon=True).start()
        said = {"id": job.id, "kind": "img_gen", "status": "queued", "created": job.created}
        return _ACCEPTED, {**said, "poll_url": f"/sdcpp/v1/jobs/{job.id}"}

    def _added(self, raw: bytes) -> Job:
        if not raw:
            raise HTTPError(_INVALID, "empty body")
        fields = Fields(parse(raw))
        said = fields.body if isinstance(fields.body, dict) else {}
        recipe = recipe_of(self._server, said)
        format_ = fields.text("output_format", "png")
        fields.whole("output_compression", 100)
        _check_format(format_)
        with self._lock:
            if sum(job.pending for job in self._jobs.values()) >= _MOST_JOBS:
                raise HTTPError(_FULL, "job queue is full")
            created = int(self._server.clock.now())
            name = f"job_{created:x}_{len(self._jobs) + 1:08x}"
            self._jobs[name] = Job(name, recipe, format_, created)
            return self._jobs[name]

    def _work(self, job: Job) -> None:
        with self._turn:
            if job.status != "queued":
                return
            job.status, job.started = "generating", int(self._server.clock.now())
            try:
                pictures = drawn(self._server, job.recipe, job.format)
                job.pictures = [picture.base64() for picture in pictures]
                job.status = "completed"
            except HTTPError as refusal:
                job.problem, job.status = str(refusal.detail), "failed"
            job.completed = int(self._server.clock.now())

    def get(self, name: str) -> Answer:
        """``GET /sdcpp/v1/jobs/{id}``.

        Args:
            name: the job's id.
        """
        job = self._jobs.get(name)
        return (200, self._as_json(job)) if job else (_NOT_FOUND, {"error": "job not found"})

    def cancel(self, name: str) -> Answer:
        """``POST /sdcpp/v1/jobs/{id}/cancel``.

        Args:
            name: the job's id.
        """
        job = self._jobs.get(name)
        if job is None:
            return _NOT_FOUND, {"error": "job not found"}
        if job.status == "generating":
            text = "job is currently generating and cannot be interrupted yet"
            return 409, {"error": text}
        if job.status == "queued":
            job.status, job.problem = "cancelled", "job cancelled by client"
            job.completed = int(self._server.clock.now())
        return 200, self._as_json(job)

    def _as_json(self, job: Job) -> dict[str, Any]:
        queued = [other.id for other in self._jobs.values() if other.status == "queued"]
        said: dict[str, Any] = {
            "id": job.id,
            "kind": "img_gen",
            "status": job.status,
            "created": job.created,
            "started": job.started or None,
            "completed": job.completed or None,
            "queue_position": queued.index(job.id) + 1 if job.id in queued else 0,
            "result": None,
            "error": None,
        }
        if job.status == "completed":
            images = [{"index": i, "b64_json": text} for i, text in enumerate(job.pictures)]
            said["result"] = {"output_format": job.format, "images": images}
        elif job.problem:
            code = "cancelled" if job.status == "cancelled" else "generation_failed"
            said["error"] = {"code": code, "message": job.problem}
        return said


_BUILT_IN = (
    "None",
    "Lanczos",
    "Nearest",
    "Latent",
    "Latent (nearest)",
    "Latent (nearest-exact)",
    "Latent (antialiased)",
    "Latent (bicubic)",
    "Latent (bicubic antialiased)",
)
_FEATURES = {
    "init_image": True,
    "mask_image": True,
    "control_image": True,
    "ref_images": True,
    "lora": True,
    "vae_tiling": True,
    "hires": True,
    "cache": True,
    "cancel_queued": True,
    "cancel_generating": False,
}


def capabilities(server: Sdcpp) -> dict[str, Any]:
    """``GET /sdcpp/v1/capabilities``: what the server has, and what it takes for granted.

    Args:
        server: the simulated server.
    """
    path = PurePosixPath(server.model)
    mode, formats, defaults = "img_gen", list(_FORMATS), _defaults(server)
    names = [str(row["name"]) for row in server.listed("upscalers")]
    known = [{"name": name, "model": False} for name in _BUILT_IN]
    known += [{"name": name, "model": True} for name in names if name not in _BUILT_IN]
    return {
        "model": {"name": path.name, "stem": path.stem, "path": str(path)},
        "current_mode": mode,
        "supported_modes": [mode],
        "defaults": defaults,
        "defaults_by_mode": {mode: defaults},
        "limits": {
            "min_width": 64,
            "max_width": 4096,
            "min_height": 64,
            "max_height": 4096,
            "max_batch_count": 8,
            "max_queue_size": _MOST_JOBS,
        },
        "samplers": _listed_names(server, "samplers"),
        "schedulers": _listed_names(server, "schedulers"),
        "output_formats": formats,
        "output_formats_by_mode": {mode: formats},
        "features": _FEATURES,
        "features_by_mode": {mode: _FEATURES},
        "loras": [{"name": row["name"], "path": row["path"]} for row in server.listed("loras")],
        "upscalers": known,
    }


def _listed_names(server: Sdcpp, name: str) -> list[str]:
    return [row["name"] for row in server.listed(name) if row["name"] != "default"]


def _default_passes(recipe: Recipe) -> dict[str, Any]:
    """How a picture is sampled, enlarged and decoded where a request says nothing."""
    skipped = asdict(recipe.skipped)
    hires = recipe.hires
    guidance = {
        "txt_cfg": recipe.cfg_scale,
        "img_cfg": None,
        "distilled_guidance": recipe.distilled_guidance,
        "slg": {
            "layers": skipped["layers"],
            "layer_start": skipped["start"],
            "layer_end": skipped["end"],
            "scale": skipped["scale"],
        },
    }
    return {
        "sample_params": {
            "scheduler": "default",
            "sample_method": "default",
            "sample_steps": recipe.steps,
            "eta": None,
            "shifted_timestep": recipe.shifted_timestep,
            "flow_shift": None,
            "guidance": guidance,
        },
        "hires": {
            "enabled": False,
            "upscaler": hires.upscaler,
            "scale": hires.scale,
            "target_width": 0,
            "target_height": 0,
            "steps": 0,
            "denoising_strength": hires.denoising,
            "custom_sigmas": [],
            "upscale_tile_size": hires.tile,
        },
        "vae_tiling_params": {
            "enabled": False,
            "temporal_tiling": False,
            "tile_size_x": 0,
            "tile_size_y": 0,
            "target_overlap": 0.5,
            "rel_size_x": 0.0,
            "rel_size_y": 0.0,
            "extra_tiling_args": "",
        },
    }


def _defaults(server: Sdcpp) -> dict[str, Any]:
    recipe = plain_recipe(server, "")
    return {
        "prompt": "",
        "negative_prompt": "",
        "clip_skip": recipe.clip_skip,
        "width": recipe.size[0],
        "height": recipe.size[1],
        "strength": recipe.strength,
        "seed": recipe.seed,
        "batch_count": 1,
        "auto_resize_ref_image": recipe.resizes_references,
        "increase_ref_index": recipe.counts_references,
        "control_strength": recipe.control_strength,
        **_default_passes(recipe),
        "cache_mode": "",
        "cache_option": "",
        "scm_mask": "",
        "scm_policy_dynamic": True,
        "output_format": "png",
        "output_compression": 100,
    }
