"""Which scene a prompt calls for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.imaging.art.figures import creature, portrait
from mockserver.imaging.art.landscapes import landscape, sea, woods
from mockserver.imaging.art.ornaments import bubbles, flowers, marble, poster
from mockserver.imaging.art.palette import words
from mockserver.imaging.art.places import city, cosmos

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.imaging.art.canvas import Canvas
    from mockserver.imaging.art.dice import Dice
    from mockserver.imaging.art.palette import Palette


if TYPE_CHECKING:
    Scene = Callable[[Canvas, Dice, Palette], None]

#: Words that name each scene.
_SAID: tuple[tuple[Scene, str], ...] = (
    (
        landscape,
        """landscape mountain mountains hill hills valley desert canyon dunes field meadow
        volcano lava snow winter sunset sunrise dawn castle dragon""",
    ),
    (woods, "forest wood woods jungle tree trees fir pine autumn park garden mist"),
    (
        sea,
        """sea ocean beach lake river water island ship boat harbor harbour coast waves
        fish""",
    ),
    (
        city,
        """city street town skyline building buildings tower tokyo london paris house car
        cyberpunk neon architecture bridge robot""",
    ),
    (
        cosmos,
        """space galaxy nebula stars starry planet cosmos universe astronaut moon alien
        night sky""",
    ),
    (
        creature,
        """fox cat dog wolf bear animal rabbit bunny mouse lion tiger bird owl kitten puppy
        horse panda squirrel deer""",
    ),
    (
        portrait,
        """portrait woman man girl boy person face people king queen warrior witch elf
        knight princess wizard samurai lady child selfie photographer""",
    ),
    (flowers, "flower flowers rose roses tulip sunflower bouquet blossom lotus spring cherry"),
    (bubbles, "bubble bubbles glass balls fruit apple food cake candy marbles toy toys"),
    (marble, "abstract marble fluid texture pattern smoke fractal psychedelic painting ink"),
    (poster, "poster logo geometric bauhaus minimal minimalist vector icon shapes design"),
)
_WORDS = {word: scene for scene, said in _SAID for word in said.split()}
_ANY: tuple[Scene, ...] = (
    landscape, woods, sea, city, cosmos, creature, flowers, bubbles, marble, poster,
)  # fmt: skip
_TILES: tuple[Scene, ...] = (flowers, bubbles, marble, poster, cosmos)


def choose(prompt: str, dice: Dice, *, tiling: bool) -> Scene:
    """The scene of the first word that names one; else one by chance.

    Args:
        prompt: the whole prompt.
        dice: choose where nothing is named.
        tiling: only scenes whose sides can meet.
    """
    named = [_WORDS[word] for word in words(prompt) if word in _WORDS]
    fit = [scene for scene in named if not tiling or scene in _TILES]
    return fit[0] if fit else dice.pick(_TILES if tiling else _ANY)
