"""Routes beside the web UI's: what its source says of some, what its document says of the rest.

Source: modules/api/server.py, process.py, control.py, endpoints.py and caption.py. No detector,
captioner or control model runs here: what they would find is nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.sdnext.images import encoded, load, read_picture
from mockserver.core.errors import HTTPError
from mockserver.http.answers import json_response, render_standard
from mockserver.http.routing import QUERY, TEXT_OBJECT, Route
from mockserver.imaging.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Response
    from PIL import Image

    from mockserver.backends.sdnext.server import SdNext
    from mockserver.http.routing import Call


_API = "/sdapi/v1/"
_BAD_REQUEST, _NOT_FOUND = 400, 404
#: Routes that end the program, or fetch from elsewhere: a mock does neither.
_LEFT_OUT = frozenset(f"{_API}{name}" for name in ("shutdown", "restart", "server-kill"))
_SHORTEST_IMAGE = 64
_PREPROCESSORS = (
    "None", "OpenPose", "DWPose", "MediaPipe Face", "Canny", "Edge", "LineArt Realistic",
    "LineArt Anime", "HED", "PidiNet", "Midas Depth Hybrid", "Leres Depth", "Zoe Depth",
    "Normal Bae", "SegmentAnything", "MLSD", "Shuffle", "DPT Depth Hybrid", "GLPN Depth",
    "Depth Anything", "Marigold Depth",
)  # fmt: skip
_MASK_MODELS = (
    "None", "Facebook SAM ViT Base", "Facebook SAM ViT Large", "Facebook SAM ViT Huge",
    "SlimSAM Uniform", "SlimSAM Uniform Tiny", "Rembg Silueta", "Rembg U2Net", "Rembg ISNet",
)  # fmt: skip
_COLORMAPS = (
    "autumn", "bone", "jet", "winter", "rainbow", "ocean", "summer", "spring", "cool", "hsv",
    "pink", "hot", "parula", "magma", "inferno", "plasma", "viridis", "cividis", "twilight",
    "shifted", "turbo", "deepgreen",
)  # fmt: skip
_MASK_TYPES = ("None", "Opaque", "Binary", "Masked", "Grayscale", "Color", "Composite")
_MASK_PARAMS = {
    "model": None,
    "auto_mask": "None",
    "mask_only": False,
    "mask_blur": 0.01,
    "mask_erode": 0.01,
    "mask_dilate": 0.01,
    "seg_iou_thresh": 0.5,
    "seg_score_thresh": 0.5,
    "seg_nms_thresh": 0.5,
    "seg_overlap_ratio": 0.3,
    "seg_points_per_batch": 64,
    "seg_topK": 50,
    "seg_colormap": "pink",
    "preview_type": "Composite",
    "seg_live": True,
    "weight_original": 0.5,
    "weight_mask": 0.5,
    "kernel_iterations": 1,
    "invert": False,
}
_PLATFORM = {
    "arch": "x86_64",
    "cpu": "x86_64",
    "system": "Linux",
    "release": "6.8.0",
    "python": "3.11.9",
    "docker": True,
}


def documented_routes(server: SdNext, known: set[tuple[str, str]]) -> Iterator[Route]:
    """The routes of the API that the server's document says of, but for those already known.

    Args:
        server: the simulated server.
        known: method and path of routes that are answered elsewhere.
    """
    routes = Documented(server)
    for path, operations in server.document.get("paths", {}).items():
        for name, operation in operations.items():
            if not path.startswith(_API) or "{" in path or path in _LEFT_OUT:
                continue
            if (name.upper(), path) not in known:
                takes = _takes(operation, server.document)
                yield Route(name.upper(), path, routes.answer(name, path), takes)


def _takes(operation: dict[str, Any], document: dict[str, Any]) -> str:
    body = operation.get("requestBody")
    if body is None:
        return QUERY if operation.get("parameters") else ""
    content: dict[str, Any] = body.get("content", {})
    schema: dict[str, Any] = next((part.get("schema", {}) for part in content.values()), {})
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return name if name in document.get("components", {}).get("schemas", {}) else TEXT_OBJECT


class Documented:
    """What these routes answer.

    Args:
        server: the simulated server.
    """

    def __init__(self, server: SdNext) -> None:
        self._server = server
        self._log: list[str] = []
        self._started = server.clock.now()
        self._own: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
            ("get", "motd"): lambda _: "",
            ("get", "version"): lambda _: self._version(),
            ("get", "platform"): lambda _: _PLATFORM,
            ("get", "log"): self._get_log,
            ("post", "log"): self._post_log,
            ("get", "start"): lambda _: {},
            ("get", "status"): lambda _: self._status(),
            ("get", "nvml"): lambda _: [],
            ("get", "preprocessors"): lambda _: self._preprocessors(),
            ("get", "masking"): lambda _: _masking(),
            ("post", "preprocess"): self._preprocess,
            ("post", "mask"): self._mask,
            ("post", "detect"): self._detect,
            ("post", "control"): self._control,
            ("post", "vqa"): self._described,
            ("post", "caption"): self._described,
            ("post", "tagger"): self._described,
            ("get", "history"): lambda _: [],
            ("post", "history"): lambda _: -1,
            ("get", "extra-networks"): self._networks,
            ("get", "interrogate"): lambda _: ["deepdanbooru"],
            ("get", "checkpoint"): lambda _: self._checkpoint(),
        }

    def answer(self, method: str, path: str) -> Callable[[Call[SdNext]], Any]:
        """The function of one route.

        Args:
            method: of the route.
            path: of the route, with its parameters in braces.
        """
        own = self._own.get((method, path.removeprefix(_API)))
        if own is not None:
            return lambda call: own(call.values)
        operation = self._server.document["paths"][path][method]
        content = operation.get("responses", {}).get("200", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        return lambda _: self._empty(schema)

    def _empty(self, schema: dict[str, Any]) -> Any:
        """The least that fits a schema: empty lists and texts, defaults, null where that goes."""
        if "$ref" in schema:
            name = str(schema["$ref"]).rpartition("/")[2]
            schema = self._server.document.get("components", {}).get("schemas", {}).get(name, {})
        if "default" in schema:
            return schema["default"]
        if any(part.get("type") == "null" for part in schema.get("anyOf", ())):
            return None
        if "anyOf" in schema:
            return self._empty(schema["anyOf"][0])
        if schema.get("type") == "object":
            return {key: self._empty(part) for key, part in schema.get("properties", {}).items()}
        kinds: dict[Any, Any] = {"array": [], "string": "", "boolean": False}
        kinds |= {"integer": 0, "number": 0.0}
        return kinds.get(schema.get("type"))

    def _version(self) -> dict[str, Any]:
        """A copy without git knows nothing of its version, as that which was recorded."""
        return {"app": "sd.next", "version": self._server.profile.version, "branch": "unknown"}

    def _get_log(self, values: dict[str, Any]) -> list[str]:
        lines = self._log[: values["lines"]] if values["lines"] > 0 else list(self._log)
        if values["clear"]:
            self._log.clear()
        return lines

    def _post_log(self, values: dict[str, Any]) -> dict[str, Any]:
        self._log += [str(value) for value in values.values() if value]
        return {}

    def _status(self) -> dict[str, Any]:
        shown = self._server.state.as_dict()
        busy = shown["job_count"] > 0
        timestamp = None if shown["job_timestamp"] == "0" else shown["job_timestamp"]
        found = {
            "status": "running" if busy else "idle",
            "task": shown["job"],
            "timestamp": timestamp,
            "current": shown["job"],
            "id": "",
            "job": shown["job_no"],
            "jobs": shown["job_count"],
            "total": 0,
            "step": shown["sampling_step"],
            "steps": shown["sampling_steps"],
            "queued": self._server.queue.waiting,
            "uptime": int(self._server.clock.now() - self._started),
            "elapsed": None,
            "eta": None,
            "progress": None,
        }
        schemas = self._server.document.get("components", {}).get("schemas", {})
        wanted = schemas.get("ResStatus", {}).get("properties", found)
        return {key: value for key, value in found.items() if key in wanted}

    def _preprocessors(self) -> list[dict[str, Any]]:
        return [{"name": name, "params": {}} for name in _PREPROCESSORS]

    def _preprocess(self, values: dict[str, Any]) -> Any:
        model = values["model"]
        if model not in _PREPROCESSORS:
            return _refused(f"Processor model not found: id={model}")
        image = self._read(values["image"])
        for key, value in (values["params"] or {}).items():
            return _refused(f"Processor invalid parameter: id={model} {key}={value}")
        return {"model": model, "image": self._written(image.convert("L").convert("RGB"))}

    def _mask(self, values: dict[str, Any]) -> Any:
        if values["model"] and values["model"] not in _MASK_MODELS:
            return _refused(f"Mask model not found: id={values['model']}")
        if values["type"] not in _MASK_TYPES:
            return _refused(f"Mask type not found: id={values['type']}")
        image = self._read(values["image"])
        mask = self._read(values["mask"]) if values["mask"] else None
        for key, value in (values["params"] or {}).items():
            if key not in _MASK_PARAMS:
                return _refused(f"Mask invalid parameter: {key}={value}")
        if mask is None:
            return _refused("Mask is none")
        return {"mask": self._written(mask.convert("L").resize(image.size))}

    def _detect(self, values: dict[str, Any]) -> dict[str, Any]:
        self._read(values["image"])
        return {"classes": [], "labels": [], "scores": [], "boxes": [], "images": []}

    def _described(self, values: dict[str, Any]) -> dict[str, Any]:
        """No picture is ever described."""
        image = values.get("image")
        if not image or len(image) < _SHORTEST_IMAGE:
            raise HTTPError(_NOT_FOUND, "Image not found")
        self._read(image)
        name = "answer" if "question" in values else "caption"
        return {name: ""}

    def _control(self, values: dict[str, Any]) -> dict[str, Any]:
        """A picture from the prompt alone, or from the first input."""
        from mockserver.backends.sdnext import generation  # noqa: PLC0415 - start-up time

        inputs = values.get("inputs") or values.get("inits")
        name = "StableDiffusionProcessing" + ("Img2Img" if inputs else "Txt2Img")
        model = self._server.models.get(name)
        known = {field.name for field in model.fields}
        asked = {key: item for key, item in values.items() if key in known and item is not None}
        asked |= {"n_iter": values.get("batch_count") or 1, "alwayson_scripts": {}, "face": None}
        for name in ("sampler_index", "script_name", "script_args", "ip_adapter", "mask"):
            asked.pop(name, None)
        for side in ("width", "height"):
            asked[side] = values.get(f"{side}_before") or 512
        if inputs:
            asked |= {"init_images": inputs[:1], "include_init_images": False}
        filled = model.validate(asked).values
        made = (generation.img2img if inputs else generation.txt2img)(self._server, filled)
        images = (
            [image.base64() for image in made.images] if values.get("send_images", True) else []
        )
        return {"images": images, "processed": [], "params": values, "info": ""}

    def _networks(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        """All networks that the lists name; each of the query's keys chooses among them."""
        found = [
            *(_network("model", row["model_name"], row) for row in self._rows("sd-models")),
            *(_network("lora", row["name"], row) for row in self._rows("loras")),
            *(_network("style", row["name"], {}) for row in self._rows("prompt-styles")),
            *(_network("vae", row["model_name"], row) for row in self._rows("sd-vae")),
        ]
        wanted = {"type" if key == "page" else key: text for key, text in values.items() if text}
        return [
            row for row in found if all(row.get(key, text) == text for key, text in wanted.items())
        ]

    def _rows(self, name: str) -> list[dict[str, Any]]:
        rows = self._server.listed(name) if self._server.fixtures.has(name) else []
        return rows if isinstance(rows, list) else []

    def _checkpoint(self) -> dict[str, Any]:
        row = self._server.loaded_model()
        names = ("title", "filename", "hash")
        found = {"type": "sd", "class": "StableDiffusionPipeline", "name": row.get("model_name")}
        return found | {name: row.get(name) for name in names}

    def _read(self, text: str) -> Image.Image:
        return load(read_picture(text, lenient=self._server.program.lenient_uris))

    def _written(self, image: Image.Image) -> str:
        return encoded(self._server, Painted(lambda: image), None).base64()


def _refused(text: str) -> Response:
    return json_response(render_standard({"error": text}), _BAD_REQUEST)


def _masking() -> dict[str, Any]:
    return {
        "models": list(_MASK_MODELS),
        "colormaps": list(_COLORMAPS),
        "params": _MASK_PARAMS,
        "types": list(_MASK_TYPES),
    }


def _network(kind: str, name: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "title": row.get("title", name),
        "fullname": name,
        "filename": row.get("filename", row.get("path", "")),
        "hash": row.get("hash") or "",
        "preview": "html/card-no-preview.png",
    }
