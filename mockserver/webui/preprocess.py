"""preprocess: pictures made ready for training, until 1.7 took the route away.

The simulated server has no folder of pictures, so that nothing is ever made ready. Source:
modules/api/api.py ``preprocess`` and modules/textual_inversion/preprocess.py, at v1.6.0; nobody
recorded it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.errors import Crash
from mockserver.webui.hazards import hazard
from mockserver.webui.signature import Signature

if TYPE_CHECKING:
    from mockserver.webui.server import Webui

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
        Crash: TypeError: the arguments are not those of the function, or no folders.
    """
    given = _PREPROCESS.bind(body)
    webui.state.begin("preprocess")
    source, target = _folder(given["process_src"]), _folder(given["process_dst"])
    webui.state.end()
    if source == target:
        words = "same directory specified as source and destination"
        return {"info": f"preprocess error: {words}"}
    return {"info": f"preprocess error: [Errno 2] No such file or directory: '{source}'"}


@hazard
def _folder(name: Any) -> str:
    if not isinstance(name, str):
        words = f"expected str, bytes or os.PathLike object, not {type(name).__name__}"
        raise Crash("TypeError", words)
    return f"/webui/{name}" if not name.startswith("/") else name.rstrip("/")
