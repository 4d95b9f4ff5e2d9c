"""Colours of a picture: those its prompt names, else some that go together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.imaging.art.fields import Dice


Colour = tuple[int, int, int]

_CIRCLE = 360
_SIXTH = 60


def hsv(hue: int, saturation: int, value: int) -> Colour:
    """A colour from hue in degrees and two percentages.

    Args:
        hue: in degrees.
        saturation: 0 to 100.
        value: 0 to 100.
    """
    hue %= _CIRCLE
    high = value * 255 // 100
    low = high * (100 - saturation) // 100
    rise = low + (high - low) * (hue % _SIXTH) // _SIXTH
    fall = high - (high - low) * (hue % _SIXTH) // _SIXTH
    return (
        (high, rise, low),
        (fall, high, low),
        (low, high, rise),
        (low, fall, high),
        (rise, low, high),
        (high, low, fall),
    )[hue // _SIXTH]


def mix(one: Colour, other: Colour, share: int) -> Colour:
    """`share` percent of the other colour in the one.

    Args:
        one: a colour.
        other: a colour.
        share: of the other colour, 0 to 100.
    """
    red, green, blue = (a + (b - a) * share // 100 for a, b in zip(one, other, strict=True))
    return red, green, blue


def ramp(stops: Sequence[Colour], steps: int = 256) -> list[Colour]:
    """So many colours from the first stop to the last, through all of them evenly.

    Args:
        stops: colours, two at least.
        steps: how many colours.
    """
    last = len(stops) - 1
    colours = []
    for step in range(steps):
        place = step * last * 256 // max(steps - 1, 1)
        at = min(place // 256, last - 1) if last else 0
        share = (place - at * 256) * 100 // 256
        colours.append(mix(stops[at], stops[min(at + 1, last)], share))
    return colours


def flat(colours: Sequence[Colour]) -> bytes:
    """Colours as bytes, three each.

    Args:
        colours: red, green and blue each, 0 to 255.
    """
    return bytes(part for colour in colours for part in colour)


HueSaturationValue = tuple[int, int, int]

#: Words to hue, saturation and value of what they name.
_NAMED = {
    "red": (4, 78, 82), "crimson": (348, 82, 72), "scarlet": (8, 85, 88), "ruby": (345, 80, 70),
    "orange": (26, 88, 94), "amber": (38, 88, 92), "copper": (20, 62, 70), "fox": (20, 82, 86),
    "gold": (44, 78, 90), "golden": (44, 78, 90), "yellow": (51, 82, 95), "sunny": (46, 60, 96),
    "sand": (38, 38, 86), "desert": (32, 55, 86), "autumn": (24, 78, 80), "honey": (40, 80, 88),
    "lime": (80, 70, 82), "green": (125, 58, 64), "emerald": (152, 70, 62), "forest": (138, 52, 46),
    "jungle": (118, 60, 50), "spring": (98, 45, 82), "moss": (90, 42, 50), "mint": (158, 38, 86),
    "teal": (178, 62, 62), "turquoise": (176, 62, 80), "cyan": (186, 66, 88), "sea": (194, 62, 70),
    "ocean": (200, 72, 66), "ice": (198, 24, 94), "winter": (206, 26, 92), "snow": (208, 14, 96),
    "sky": (206, 52, 92), "blue": (216, 72, 80), "navy": (222, 76, 44), "sapphire": (220, 80, 70),
    "indigo": (246, 62, 58), "violet": (268, 58, 74), "purple": (280, 58, 66),
    "lavender": (262, 34, 88),
    "magenta": (312, 70, 82), "pink": (336, 42, 94), "rose": (346, 52, 88), "cherry": (342, 58, 86),
    "brown": (24, 56, 46), "chocolate": (20, 60, 38), "white": (40, 6, 96), "silver": (212, 8, 80),
    "grey": (214, 6, 60), "gray": (214, 6, 60), "black": (230, 20, 18), "fire": (16, 90, 92),
    "lava": (12, 90, 84), "sunset": (18, 74, 92), "sunrise": (30, 62, 94), "dawn": (28, 50, 92),
    "cyberpunk": (306, 78, 84), "neon": (302, 82, 92), "vintage": (34, 34, 72),
    "sepia": (34, 40, 66),
}  # fmt: skip
_DARK = frozenset((
    "night", "dark", "midnight", "moon", "moonlight", "space", "galaxy", "nebula", "stars",
    "starry", "cosmos", "black", "gothic", "noir", "cyberpunk", "neon", "horror", "cave",
))  # fmt: skip
#: A colour before one of these is not that of the whole.
_DETAILS = frozenset(("eyes", "eye", "hair", "lips", "background", "hat", "scarf"))
_WORD = re.compile(r"[^\W\d_]+")


def words(prompt: str) -> list[str]:
    """Words of a prompt in lower case.

    Args:
        prompt: as the request has it.
    """
    return [word.lower() for word in _WORD.findall(prompt)]


def _named(said: list[str]) -> tuple[list[HueSaturationValue], list[HueSaturationValue]]:
    """Colours of the whole, and of details (``green eyes``), in the prompt's order."""
    whole: dict[str, HueSaturationValue] = {}
    details: dict[str, HueSaturationValue] = {}
    for word, following in pairwise([*said, ""]):
        if word in _NAMED:
            (details if following in _DETAILS else whole)[word] = _NAMED[word]
    return list(whole.values()), list(details.values())


@dataclass(frozen=True)
class Palette:
    """Colours that go together.

    Attributes:
        main: of what the picture shows.
        accent: of what stands out.
        light: of light.
        dark: of shadow.
        high: of the upper background.
        low: of the lower background.
        night: the picture is dark.
    """

    main: Colour
    accent: Colour
    light: Colour
    dark: Colour
    high: Colour
    low: Colour
    night: bool

    def shades(self, count: int) -> list[Colour]:
        """So many shades of the main colour, dark to light.

        Args:
            count: how many.
        """
        stops = (self.dark, self.main, self.light)
        shades = []
        for step in range(count):
            place = step * 200 // max(count - 1, 1)
            at = min(place // 100, 1)
            shades.append(mix(stops[at], stops[at + 1], place - 100 * at))
        return shades


def palette(prompt: str, dice: Dice, shift: int = 0) -> Palette:
    """The palette of a prompt.

    Args:
        prompt: the first two colours that it names become main and accent.
        dice: choose what it does not name.
        shift: degrees by which unnamed hues are turned (each model has its own).
    """
    said = words(prompt)
    named, details = _named(said)
    hue = dice.below(360) + shift
    main = named[0] if named else (hue, dice.between(48, 76), dice.between(62, 86))
    turn = dice.pick((28, 38, 150, 180, 205, 320))
    if details or named[1:]:
        accent = (details or named[1:])[0]
    else:
        accent = (main[0] + turn, dice.between(60, 84), dice.between(80, 95))
    night = bool(_DARK.intersection(said)) or (not named and dice.chance(18))
    air = main[0] + dice.pick((-40, 24, 160, 190, 210))
    if night:
        high, low = hsv(air, 62, 16), hsv(air + 26, 58, 44)
    else:
        high, low = hsv(air, dice.between(28, 52), 84), hsv(air + 30, dice.between(12, 30), 96)
    return Palette(
        main=hsv(*main),
        accent=hsv(*accent),
        light=hsv(main[0] + 16, 22, 98),
        dark=hsv(main[0] - 24, 58, 22),
        high=high,
        low=low,
        night=night,
    )
