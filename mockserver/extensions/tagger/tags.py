"""A plain stand-in for the networks that tag a picture.

Most of its scores are the same for every picture, as those of the network that was recorded;
two follow the picture's colours.
"""

from __future__ import annotations

import struct

from PIL import Image

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
    red, green, blue = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).tobytes()
    redness = max(0, red - (green + blue) / 2) / _MOST
    return {
        "outdoors": _LEAST + _SHARE * green / _MOST,
        "red_theme": _LEAST + _SHARE * redness,
    }


def tags(image: Image.Image, threshold: float) -> dict[str, float]:
    """Tag to score, of those that reach `threshold`."""
    seen = _by_colour(image)
    found = {tag: _single(seen[tag] if score is None else score) for tag, score in _SCORES}
    return {tag: score for tag, score in found.items() if score >= threshold}


def rating() -> dict[str, float]:
    """The four ratings, whatever the picture and the threshold are."""
    return {name: _single(score) for name, score in _RATING.items()}
