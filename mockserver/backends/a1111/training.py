"""Training: train/embedding, train/hypernetwork, and preprocess."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError
from mockserver.core.upstream_errors import Signature, raises_upstream, require

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui


_BEFORE = (
    "learn_rate",
    "batch_size",
    "gradient_step",
    "data_root",
    "log_directory",
    "training_width",
    "training_height",
    "varsize",
    "steps",
    "clip_grad_mode",
    "clip_grad_value",
    "shuffle_tags",
    "tag_drop_out",
    "latent_sampling_method",
    "use_weight",
    "create_image_every",
)
#: Takes another name where the profile has one (before 1.7).
_SAMPLER = "preview_sampler_name"
_PREVIEW = (
    "preview_from_txt2img",
    "preview_prompt",
    "preview_negative_prompt",
    "preview_steps",
    _SAMPLER,
    "preview_cfg_scale",
    "preview_seed",
    "preview_width",
    "preview_height",
)
_EMBEDDING = Signature(
    "train_embedding",
    (
        "id_task",
        "embedding_name",
        *_BEFORE,
        "save_embedding_every",
        "template_filename",
        "save_image_with_stored_embedding",
        *_PREVIEW,
    ),
)
_HYPERNETWORK = Signature(
    "train_hypernetwork",
    (
        "id_task",
        "hypernetwork_name",
        *_BEFORE,
        "save_hypernetwork_every",
        "template_filename",
        *_PREVIEW,
    ),
)


def train_embedding(webui: Webui, body: dict[str, Any]) -> dict[str, str]:
    """The answer of train/embedding.

    Args:
        webui: the simulated server.
        body: keyword arguments of the request.
    """
    return _train(webui, "embedding", _EMBEDDING, body)


def train_hypernetwork(webui: Webui, body: dict[str, Any]) -> dict[str, str]:
    """The answer of train/hypernetwork, which speaks of an embedding too.

    Args:
        webui: the simulated server.
        body: keyword arguments of the request.
    """
    return _train(webui, "hypernetwork", _HYPERNETWORK, body)


def _train(webui: Webui, kind: str, signature: Signature, body: dict[str, Any]) -> dict[str, str]:
    unable = webui.profile.training.unable
    if unable and not webui.options["training_xattention_optimizations"]:
        return {"info": f"train embedding error: {unable}"}
    webui.state.begin(f"train_{kind}")
    try:
        given = _named(signature, webui.profile.training.preview_sampler).bind(body)
        _check_inputs(given, f"{kind}_name", kind)
    except ServerError as crash:
        return {"info": f"train embedding complete: filename:  error: {crash.text}"}
    finally:
        webui.state.end()
    return {"info": "train embedding complete: filename:  error: Dataset directory doesn't exist"}


def _named(signature: Signature, sampler: str) -> Signature:
    required = tuple(sampler if name == _SAMPLER else name for name in signature.required)
    return replace(signature, required=required)


@raises_upstream
def _check_inputs(given: dict[str, Any], name: str, kind: str) -> None:
    require(given[name], f"{kind} not selected")
    require(given["learn_rate"], "Learning rate is empty or 0")
    for key, words in (
        ("batch_size", "Batch size"),
        ("gradient_step", "Gradient accumulation step"),
    ):
        require(isinstance(given[key], int), f"{words} must be integer")
        require(given[key] > 0, f"{words} must be positive")
    require(given["data_root"], "Dataset directory is empty")


_PREPROCESS = Signature(
    "preprocess",
    (
        "id_task",
        "process_src",
        "process_dst",
        "process_width",
        "process_height",
        "preprocess_txt_action",
        "process_keep_original_size",
        "process_flip",
        "process_split",
        "process_caption",
    ),
    {
        "process_caption_deepbooru": False,
        "split_threshold": 0.5,
        "overlap_ratio": 0.2,
        "process_focal_crop": False,
        "process_focal_crop_face_weight": 0.9,
        "process_focal_crop_entropy_weight": 0.3,
        "process_focal_crop_edges_weight": 0.5,
        "process_focal_crop_debug": False,
        "process_multicrop": None,
        "process_multicrop_mindim": None,
        "process_multicrop_maxdim": None,
        "process_multicrop_minarea": None,
        "process_multicrop_maxarea": None,
        "process_multicrop_objective": None,
        "process_multicrop_threshold": None,
    },
)


def preprocess(webui: Webui, body: dict[str, Any]) -> dict[str, str]:
    """The answer: 200 with the error in its text.

    Args:
        webui: the simulated server.
        body: keyword arguments of the webui's function.

    Raises:
        ServerError: TypeError: the arguments are not those of the function, or no folders.
    """
    given = _PREPROCESS.bind(body)
    webui.state.begin("preprocess")
    source, target = _folder(given["process_src"]), _folder(given["process_dst"])
    webui.state.end()
    if source == target:
        words = "same directory specified as source and destination"
        return {"info": f"preprocess error: {words}"}
    return {"info": f"preprocess error: [Errno 2] No such file or directory: '{source}'"}


@raises_upstream
def _folder(name: Any) -> str:
    if not isinstance(name, str):
        words = f"expected str, bytes or os.PathLike object, not {type(name).__name__}"
        raise ServerError("TypeError", words)
    return f"/webui/{name}" if not name.startswith("/") else name.rstrip("/")
