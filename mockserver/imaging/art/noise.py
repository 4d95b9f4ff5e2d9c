"""Chance and waves that come out the same on every machine, and noise and grain of them."""

from __future__ import annotations

import hashlib
import math
import struct
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from PIL import Image, ImageChops

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence


#: A full turn.
TURN = 256
#: The sine of a quarter turn.
ONE = 1024
_TABLE = [round(math.sin(step * math.tau / TURN) * ONE) for step in range(TURN)]


def sin(angle: int) -> int:
    """Sine of an angle in 256ths of a turn, in 1024ths."""
    return _TABLE[angle % TURN]


def cos(angle: int) -> int:
    """Cosine of an angle in 256ths of a turn, in 1024ths."""
    return _TABLE[(angle + TURN // 4) % TURN]


def turned(x: int, y: int, angle: int) -> tuple[int, int]:
    """A point turned around the origin."""
    return (x * cos(angle) - y * sin(angle)) // ONE, (x * sin(angle) + y * cos(angle)) // ONE


_T = TypeVar("_T")
#: Numbers come in blocks: how long one is, how it is read, and bits of a number.
_BLOCK, _NUMBERS, _BITS = 512, ">64Q", 64
_WHOLE = 1000


def _plain(value: Hashable) -> str:
    """A value as text; values that are equal have equal texts."""
    if isinstance(value, tuple):
        return f"({','.join(_plain(part) for part in value)})"
    if isinstance(value, bool | int | float) and value == value // 1:
        return repr(int(value))
    return repr(value)


class Dice:
    """Numbers drawn one after the other from a key.

    Args:
        key: what the numbers depend on.
    """

    def __init__(self, *key: Hashable) -> None:
        self._key = "\0".join(_plain(part) for part in key).encode(errors="surrogatepass")
        self._drawn = self._stream()
        self._other: Dice | None = None
        self._share = 0

    def _stream(self) -> Iterator[int]:
        for block in count():
            text = self._key + b"\1" + str(block).encode()
            yield from struct.unpack(_NUMBERS, hashlib.shake_128(text).digest(_BLOCK))

    def towards(self, other: Dice, share: int) -> Dice:
        """Dice whose numbers lie between those of two dice.

        Args:
            other: dice to which the share belongs.
            share: thousandths of the way to the other's numbers.
        """
        between = Dice()
        between._key, between._other, between._share = self._key, other, share
        return between

    def fork(self, name: str) -> Dice:
        """Dice of their own for a part, whatever was drawn here before."""
        part = Dice()
        part._key = self._key + b"\0" + name.encode()
        if self._other is not None:
            part._other, part._share = self._other.fork(name), self._share
        return part

    def noise(self, count: int) -> bytes:
        """So many random bytes; the same ones each time."""
        return hashlib.shake_128(self._key).digest(count)

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` - 1."""
        number = next(self._drawn)
        if self._other is not None:
            other = next(self._other._drawn)  # noqa: SLF001 - its own class
            number += (other - number) * self._share // _WHOLE
        return number * bound >> _BITS

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, things: Sequence[_T]) -> _T:
        """One of the things."""
        return things[self.below(len(things))]

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self.below(100) < percent


#: Cells around a lattice whose values the resampling of its edges looks at.
_MARGIN = 3


def _wrapped(lattice: Image.Image) -> Image.Image:
    """The lattice with a margin from its opposite sides."""
    width, height = lattice.size
    wide = Image.new("L", (width + 2 * _MARGIN, height + 2 * _MARGIN))
    for x in (_MARGIN - width, _MARGIN, _MARGIN + width):
        for y in (_MARGIN - height, _MARGIN, _MARGIN + height):
            wide.paste(lattice, (x, y))
    return wide


def stretch(lattice: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A lattice smoothly enlarged to `size`, so that opposite sides meet."""
    width, height = lattice.size
    box = (_MARGIN, _MARGIN, _MARGIN + width, _MARGIN + height)
    return _wrapped(lattice).resize(size, Image.Resampling.BICUBIC, box=box)


def lattice(dice: Dice, cells: tuple[int, int]) -> Image.Image:
    """Independent values, one a cell; each side has four cells at least."""
    cells = max(cells[0], _MARGIN + 1), max(cells[1], _MARGIN + 1)
    return Image.frombytes("L", cells, dice.noise(cells[0] * cells[1]))


def cloud(
    dice: Dice, size: tuple[int, int], cells: tuple[int, int], octaves: int = 3
) -> Image.Image:
    """Clouds: noise with ever finer noise upon it, each octave half as strong as the last.

    Args:
        dice: where the values come from.
        size: of the field in pixels.
        cells: of the coarsest octave.
        octaves: how many; the finest are left out of fields too small to show them.
    """
    field = stretch(lattice(dice, cells), size)
    for octave in range(1, octaves):
        finer = cells[0] << octave, cells[1] << octave
        if finer[0] > size[0] or finer[1] > size[1]:
            break
        detail = stretch(lattice(dice.fork(f"octave {octave}"), finer), size)
        field = Image.blend(field, detail, 1 / (2 << octave))
    return field


#: Pixels to a cell of a latent.
LATENT = 8
_USUAL_CFG = 7
_MIDDLE = 128
_HIGHEST = 255
#: Steps from which a picture is as sharp as it gets, and from which no noise is left to see.
_SHARP, _CLEAN = 12, 60
#: Grain has these many levels, the middle one changing nothing.
_GRAIN = 3


def _whole(value: Any, low: int, high: int) -> int:
    """A number as one from `low` to `high`; what is no finite number as `low`."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return low
    return int(max(low, min(high, value)))


def latent_noise(dice: Dice, size: tuple[int, int]) -> Image.Image:
    """Coloured blotches, as a latent of pure noise decodes."""
    cells = max(1, size[0] // LATENT), max(1, size[1] // LATENT)
    bands = [stretch(lattice(dice.fork(band), cells), size) for band in "RGB"]
    return Image.merge("RGB", bands)


def toned(image: Image.Image, dice: Dice, cfg_scale: Any) -> Image.Image:
    """Contrast by CFG scale (7 leaves it as it is), and a slight tint by the dice."""
    contrast = 100 + (_whole(float(_whole(cfg_scale, 0, 40)) * 10, 0, 400) - _USUAL_CFG * 10) // 2
    table: list[int] = []
    for _ in "RGB":
        tint = dice.between(-4, 4)
        for level in range(_HIGHEST + 1):
            shifted = _MIDDLE + (level - _MIDDLE) * contrast // 100 + tint
            table.append(max(0, min(_HIGHEST, shifted)))
    return image.point(table)


def converged(image: Image.Image, dice: Dice, steps: Any) -> Image.Image:
    """Soft and noisy after few steps, clean after many."""
    done = _whole(steps, 0, 1000)
    if done < _SHARP:
        coarse = 1 + (_SHARP - done) // 3
        small = max(1, image.width // coarse), max(1, image.height // coarse)
        soft = image.resize(small, Image.Resampling.BILINEAR)
        image = soft.resize(image.size, Image.Resampling.BICUBIC)
    if done >= _CLEAN:
        return image
    share = 230 // (done + 1)
    return Image.blend(image, latent_noise(dice, image.size), share / _HIGHEST)


def grained(image: Image.Image, dice: Dice) -> Image.Image:
    """Film grain: the last thing that any change of the recipe shows in."""
    grain = Image.frombytes("L", image.size, dice.noise(image.width * image.height))
    grain = grain.point([level * _GRAIN >> 8 for level in range(_HIGHEST + 1)])
    return ImageChops.add(image, Image.merge("RGB", (grain,) * 3), 1, -(_GRAIN // 2))
