"""Embeddings and hypernetworks: creating and training them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.networks import SHAPE
from mockserver.core.errors import ServerError, Signature, raises_upstream, require

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
    for key, label in (
        ("batch_size", "Batch size"),
        ("gradient_step", "Gradient accumulation step"),
    ):
        require(isinstance(given[key], int), f"{label} must be integer")
        require(given[key] > 0, f"{label} must be positive")
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
        text = "same directory specified as source and destination"
        return {"info": f"preprocess error: {text}"}
    return {"info": f"preprocess error: [Errno 2] No such file or directory: '{source}'"}


@raises_upstream
def _folder(name: Any) -> str:
    if not isinstance(name, str):
        text = f"expected str, bytes or os.PathLike object, not {type(name).__name__}"
        raise ServerError("TypeError", text)
    return f"/webui/{name}" if not name.startswith("/") else name.rstrip("/")


_NEW_EMBEDDING = Signature(
    "create_embedding", ("name", "num_vectors_per_token", "overwrite_old"), {"init_text": "*"}
)
_NEW_HYPERNETWORK = Signature(
    "create_hypernetwork",
    ("name", "enable_sizes", "overwrite_old"),
    {
        "layer_structure": None,
        "activation_func": None,
        "weight_init": None,
        "add_layer_norm": False,
        "use_dropout": False,
        "dropout_structure": None,
    },
)
_INITIALIZATIONS = ("Normal", "XavierUniform", "XavierNormal", "KaimingUniform", "KaimingNormal")
_KEPT = "._- "


def create_embedding(webui: Webui, body: dict[str, Any]) -> dict[str, str]:
    """The answer of create/embedding; an existing file is an error inside a 200.

    Args:
        webui: the simulated server; the embedding is added to its networks.
        body: keyword arguments of the request.

    Raises:
        ServerError: the arguments are not those of the webui's function.
    """
    return _job(webui, "create embedding", _embedding, body)


def create_hypernetwork(webui: Webui, body: dict[str, Any]) -> dict[str, str]:
    """The answer of create/hypernetwork; it always shows ``None`` as the file's name.

    Args:
        webui: the simulated server; the hypernetwork is added to its networks.
        body: keyword arguments of the request.

    Raises:
        ServerError: the arguments are not those of the webui's function.
    """
    return _job(webui, "create hypernetwork", _hypernetwork, body)


def _job(webui: Webui, title: str, work: Any, body: dict[str, Any]) -> dict[str, str]:
    webui.state.begin(title.replace(" ", "_"))
    try:
        return {"info": f"{title} filename: {work(webui, body)}"}
    except ServerError as crash:
        if crash.name != "AssertionError":
            raise
        return {"info": f"{title} error: {crash.text}"}
    finally:
        webui.state.end()


def _embedding(webui: Webui, body: dict[str, Any]) -> str:
    given = _NEW_EMBEDDING.bind(body)
    _fail(webui.profile.training.embedding)
    vectors = _count(given["num_vectors_per_token"])
    name = _file_name(given["name"])
    embeddings = webui.networks.embeddings
    path = embeddings.path(name)
    if not given["overwrite_old"]:
        _must_not_exist(path, exists=embeddings.exists(path))
    embeddings.add(name, vectors)
    return path


def _hypernetwork(webui: Webui, body: dict[str, Any]) -> None:
    _fail(webui.profile.training.hypernetwork)
    given = _NEW_HYPERNETWORK.bind(body)
    name = _file_name(given["name"])
    if not name:
        raise ServerError("AssertionError", "Name cannot be empty!")
    networks = webui.networks
    if not given["overwrite_old"]:
        path = networks.hypernetwork_path(name)
        _must_not_exist(path, exists=path in networks.hypernetworks.values())
    _check_layers(given)
    networks.add_hypernetwork(name)


def _fail(crash: tuple[str, ...]) -> None:
    if crash:
        raise ServerError(*crash)


@raises_upstream
def _file_name(name: Any) -> str:
    return "".join(letter for letter in name if letter.isalnum() or letter in _KEPT)


@raises_upstream
def _count(value: Any) -> int:
    if 0 > value:  # noqa: SIM300 - in the order that the error's text has
        text = f"Trying to create tensor with negative dimension {value}: [{value}, {SHAPE}]"
        raise ServerError("RuntimeError", text)
    return len(range(value))


def _must_not_exist(path: str, *, exists: bool) -> None:
    if exists:
        raise ServerError("AssertionError", f"file {path} already exists")


@raises_upstream
def _check_layers(given: dict[str, Any]) -> None:
    """What building the layers fails on, in its order."""
    structure = given["layer_structure"]
    if isinstance(structure, str):
        structure = [float(part.strip()) for part in structure.split(",")]
    if not (given["use_dropout"] and isinstance(given["dropout_structure"], str)):
        len(structure)
    sizes = [int(size) for size in given["enable_sizes"]]
    if not sizes:
        return
    require(structure is not None, "layer_structure must not be None")
    require(structure[0] == 1, "Multiplier Sequence should start with size 1!")
    require(structure[-1] == 1, "Multiplier Sequence should end with size 1!")
    if len(structure) == 1:
        raise IndexError("list index out of range")
    if given["weight_init"] not in _INITIALIZATIONS:
        raise KeyError(f"Key {given['weight_init']} is not defined as initialization!")
