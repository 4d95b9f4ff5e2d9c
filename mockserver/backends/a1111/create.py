"""create/embedding and create/hypernetwork.

Source: modules/api/api.py, modules/textual_inversion/textual_inversion.py,
modules/hypernetworks/ui.py and hypernetwork.py; recorded: group create.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.networks import SHAPE
from mockserver.core.errors import ServerError
from mockserver.core.upstream_errors import Signature, raises_upstream, require

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui


_EMBEDDING = Signature(
    "create_embedding", ("name", "num_vectors_per_token", "overwrite_old"), {"init_text": "*"}
)
_HYPERNETWORK = Signature(
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
    """The answer of create/hypernetwork; it always tells ``None`` as the file's name.

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
    given = _EMBEDDING.bind(body)
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
    given = _HYPERNETWORK.bind(body)
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
        words = f"Trying to create tensor with negative dimension {value}: [{value}, {SHAPE}]"
        raise ServerError("RuntimeError", words)
    return len(range(value))


def _must_not_exist(path: str, *, exists: bool) -> None:
    if exists:
        raise ServerError("AssertionError", f"file {path} already exists")


@raises_upstream
def _check_layers(given: dict[str, Any]) -> None:
    """What building the layers trips over, in its order."""
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
