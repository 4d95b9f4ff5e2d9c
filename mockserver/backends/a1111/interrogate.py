"""interrogate: what is on a picture.

Source: modules/api/api.py ``interrogateapi``, modules/interrogate.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.input_images import loaded, read_picture
from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui


#: What CLIP answers where its weights cannot be had, as on the recorded server.
NO_WEIGHTS = "<error>"
#: What DeepDanbooru says of a picture in which it finds nothing.
NO_TAGS = "no humans"


def interrogate(webui: Webui, values: dict[str, Any]) -> dict[str, str]:
    """The answer: ``{"caption": text}``.

    Args:
        webui: the simulated server.
        values: ``image`` (base64 or URL) and ``model`` (``clip`` or ``deepdanbooru``).

    Raises:
        HTTPError: 500 for a picture that cannot be read, at once; 404 for an unknown model,
            when its turn in the queue comes.
    """
    loaded(read_picture(values["image"], webui.options, webui.profile.inputs))
    with webui.queue:
        match values["model"]:
            case "clip":
                return {"caption": _job(webui)}
            case "deepdanbooru":
                return {"caption": NO_TAGS}
            case _:
                raise HTTPError(404, "Model not found")


def _job(webui: Webui) -> str:
    webui.state.begin("interrogate")
    webui.state.end()
    return NO_WEIGHTS
