"""WD14 tagger (picobyte's): tags of a picture with their scores, on three routes.

The networks are stood in for: most scores are the same for every picture, as those of the network
that was recorded; two follow the colours of the picture.

Source: tagger/api.py at e72d984b; recorded: x-tagger/*.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from mockserver.extensions.base import Extension
from mockserver.http.routing import Call, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from mockserver.backends.a1111.server import Webui


#: Scores that no picture changes, in the order of the answer; None follows the picture.
_SCORES: tuple[tuple[str, float | None], ...] = (
    ("1girl", 0.62),
    ("solo", 0.55),
    ("fox", 0.48),
    ("no_humans", 0.41),
    ("outdoors", None),
    ("red_theme", None),
    ("animal_focus", 0.34),
    ("hatsune_miku", 0.05),
)
_RATING = {"general": 0.9, "sensitive": 0.08, "questionable": 0.015, "explicit": 0.005}
_LEAST, _SHARE = 0.2, 0.6
_MOST = 255


def _single(value: float) -> float:
    """A number at the precision at which networks count."""
    found: float = struct.unpack("f", struct.pack("f", value))[0]
    return found


def _by_colour(image: Image.Image) -> dict[str, float]:
    from PIL import Image  # noqa: PLC0415 - start-up time

    red, green, blue = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).tobytes()
    redness = max(0, red - (green + blue) / 2) / _MOST
    return {
        "outdoors": _LEAST + _SHARE * green / _MOST,
        "red_theme": _LEAST + _SHARE * redness,
    }


def tags(image: Image.Image, threshold: float) -> dict[str, float]:
    """Tag to score, of those above `threshold`.

    Args:
        image: a picture; it is not changed.
        threshold: between 0 and 1.
    """
    seen = _by_colour(image)
    found = {tag: _single(seen[tag] if score is None else score) for tag, score in _SCORES}
    return {tag: score for tag, score in found.items() if score > threshold}


def rating() -> dict[str, float]:
    """The four ratings, whatever the picture and the threshold are."""
    return {name: _single(score) for name, score in _RATING.items()}


_PATH = "/tagger/v1"
_BODY = "TaggerInterrogateRequest"


class Tagger(Extension):
    """The extension stable-diffusion-webui-wd14-tagger, picobyte's fork."""

    name = "tagger"
    folder = "stable-diffusion-webui-wd14-tagger"
    versions = ("e72d984b",)
    summary = "tags of a picture with their scores: POST /tagger/v1/interrogate"
    imports_api = True

    def __init__(self, webui: Webui, version: str) -> None:
        super().__init__(webui, version)
        self._loaded: set[str] = set()

    def routes(self) -> Sequence[Route]:
        """Its three routes."""
        return (
            Route("POST", f"{_PATH}/interrogate", self._interrogate, _BODY, guarded=False),
            Route("GET", f"{_PATH}/interrogators", self._interrogators, guarded=False),
            Route("POST", f"{_PATH}/unload-interrogators", self._unload, guarded=False),
        )

    def _interrogators(self, _: Call[Webui]) -> dict[str, Any]:
        return {"models": self.fixtures.get("models")}

    def _interrogate(self, call: Call[Webui]) -> dict[str, Any]:
        """Tags and rating; the model is looked up before the picture is."""
        from mockserver.extensions.lists import not_found, picture_sent  # noqa: PLC0415

        values = call.values
        if values["model"] not in self.fixtures.get("models"):
            raise not_found("Model not found")
        image = picture_sent(self.webui, values["image"])
        self._loaded.add(values["model"])
        return {"caption": {"tag": tags(image, values["threshold"]), "rating": rating()}}

    def _unload(self, _: Call[Webui]) -> str:
        count = len(self._loaded)
        self._loaded.clear()
        return f"Successfully unload {count} model(s)"


EXTENSION = Tagger
