"""train/embedding and train/hypernetwork: always 200, with the error in the text.

The simulated server has no data set, so training never starts: the checks before it end it.

Source: modules/api/api.py, ``validate_train_inputs``; recorded: create/train-*.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockserver.errors import Crash
from mockserver.webui.hazards import hazard, require
from mockserver.webui.signature import Signature

if TYPE_CHECKING:
    from mockserver.webui.server import Webui

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
    """The answer of train/embedding."""
    return _train(webui, "embedding", _EMBEDDING, body)


def train_hypernetwork(webui: Webui, body: dict[str, Any]) -> dict[str, str]:
    """The answer of train/hypernetwork, which speaks of an embedding too."""
    return _train(webui, "hypernetwork", _HYPERNETWORK, body)


def _train(webui: Webui, kind: str, signature: Signature, body: dict[str, Any]) -> dict[str, str]:
    unable = webui.profile.training.unable
    if unable and not webui.options["training_xattention_optimizations"]:
        return {"info": f"train embedding error: {unable}"}
    webui.state.begin(f"train_{kind}")
    try:
        given = _named(signature, webui.profile.training.preview_sampler).bind(body)
        _check_inputs(given, f"{kind}_name", kind)
    except Crash as crash:
        return {"info": f"train embedding complete: filename:  error: {crash.text}"}
    finally:
        webui.state.end()
    return {"info": "train embedding complete: filename:  error: Dataset directory doesn't exist"}


def _named(signature: Signature, sampler: str) -> Signature:
    required = tuple(sampler if name == _SAMPLER else name for name in signature.required)
    return replace(signature, required=required)


@hazard
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
