"""Drawing for KoboldCpp and stable-diffusion.cpp: numbers, pictures and their files."""

from __future__ import annotations

import base64
import io
import math
import re
import struct
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from PIL import Image

from mockserver.imaging.picture_spec import PictureSpec, Pixels, Start

if TYPE_CHECKING:
    from mockserver.core.simulated import SimulatedServer
    from mockserver.imaging.formats import EncodedPicture
    from mockserver.imaging.painted import Painted


#: The area whose step takes `Config.step_time`.
_AREA = 512 * 512


@dataclass(frozen=True)
class DrawingJob:
    """What a picture is made from.

    Attributes:
        size: width and height.
        prompt: as the sampler sees it.
        negative_prompt: likewise.
        seed: of the first picture; each further one has the next.
        steps: of the sampler.
        cfg_scale: of the sampler.
        sampler: its name and schedule, and whatever else changes pixels.
        start: the picture that img2img starts from, in that size; None for txt2img.
        denoising: how much of it is painted over.
        mask: likewise, white is repainted; None repaints everything.
    """

    size: tuple[int, int]
    prompt: str
    negative_prompt: str
    seed: int
    steps: int
    cfg_scale: float
    sampler: str
    start: Image.Image | None = None
    denoising: float = 1.0
    mask: Image.Image | None = None


def _spec(sitting: DrawingJob, number: int) -> PictureSpec:
    start = None
    if sitting.start is not None:
        mask = Pixels(sitting.mask) if sitting.mask is not None else None
        start = Start(Pixels(sitting.start), sitting.denoising, mask)
    return PictureSpec.of(
        *sitting.size,
        start=start,
        prompt=sitting.prompt,
        negative_prompt=sitting.negative_prompt,
        seed=sitting.seed + number,
        steps=sitting.steps,
        cfg_scale=sitting.cfg_scale,
        sampler=sitting.sampler,
    )


def draw(server: SimulatedServer, sitting: DrawingJob, count: int = 1) -> list[Painted]:
    """Wait for the turn, take the time of all steps, and paint `count` pictures.

    Args:
        server: the simulated server.
        sitting: how long it takes, and what is painted.
        count: of pictures.
    """
    with server.queue:
        seconds = server.pace.step_time * sitting.size[0] * sitting.size[1] / _AREA
        server.clock.sleep(seconds * sitting.steps * count)
        painted = [server.gallery.get(_spec(sitting, number)) for number in range(count)]
        for picture in painted:
            picture.prepare()
        return painted


def with_text(painted: Painted, text: str) -> EncodedPicture:
    """The PNG with a ``parameters`` text as C++ writes it: UTF-8, up to the first NUL.

    Args:
        painted: the picture.
        text: the infotext.
    """
    shown = text.partition("\0")[0].encode().decode("latin-1")
    return painted.encoded("png", {"parameters": shown})


_ALPHABET = re.compile(r"[A-Za-z0-9+/]*")
#: Formats that both stb_image and Pillow read.
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TGA", "PSD", "PPM")
_GREY = ("1", "L", "LA", "I", "I;16", "F")


def decode(text: str) -> bytes:
    """The bytes up to the first character outside base64's alphabet.

    Args:
        text: base64.
    """
    found = _ALPHABET.match(text)
    kept = found[0] if found else ""
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    return base64.b64decode(kept + "=" * (-len(kept) % 4))


def read(
    data: bytes, size: tuple[int, int] | None = None, *, webp: bool = False
) -> Image.Image | None:
    """The picture of a file, RGB; None for one that is not read, or has under three channels.

    Args:
        data: the file.
        size: to which it is fitted; None leaves it as it is.
        webp: whether the program reads WEBP beside what stb_image reads. Recorded:
            i2i/webp-input, which KoboldCpp refuses and stable-diffusion.cpp starts from.
    """
    image = _load(data, webp=webp)
    if image is None or image.mode in _GREY:
        return None
    return fitted(image.convert("RGB"), size or image.size)


def read_mask(
    data: bytes, size: tuple[int, int] | None = None, *, webp: bool = False
) -> Image.Image | None:
    """Likewise in one channel, of any picture that is read at all.

    Args:
        data: the picture's file.
        size: width and height in pixels.
        webp: whether WebP files are read.
    """
    image = _load(data, webp=webp)
    return None if image is None else fitted(image.convert("L"), size or image.size)


def _load(data: bytes, *, webp: bool) -> Image.Image | None:
    formats = (*_FORMATS, "WEBP") if webp else _FORMATS
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
        image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return image


def fitted(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of a picture in the size's proportions, scaled to that size.

    Args:
        image: a picture; it is not changed.
        size: width and height in pixels.
    """
    width, height = image.size
    wanted = size[0] / size[1]
    if width / height > wanted:
        kept = max(1, int(height * wanted))
        left = (width - kept) // 2
        box = (left, 0, left + kept, height)
    else:
        kept = max(1, int(width / wanted))
        top = (height - kept) // 2
        box = (0, top, width, top + kept)
    return image.crop(box).resize(size)


_HALF = 1 << 31
#: From this many digits before the point on, nlohmann::json writes an exponent.
_MOST_DIGITS = 15
_FEWEST_DIGITS = -4


def single(number: float) -> float:
    """The nearest 32-bit float, as Python's float; too large ones are infinite.

    Args:
        number: any.
    """
    try:
        found: float = struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
    return found


def as_int(number: float) -> int:
    """A number cast to a 32-bit integer: fractions are cut, large ones wrap; 0 for no number.

    Args:
        number: any; None for no number.
    """
    if not math.isfinite(number):
        return 0
    return (int(number) + _HALF) % (2 * _HALF) - _HALF


def fixed(number: float) -> str:
    """A number as ``std::to_string`` writes it: six digits after the point.

    Args:
        number: any.
    """
    return f"{number:.6f}"


def general(number: float, digits: int) -> str:
    """A number as a stream writes it with `digits` significant digits.

    Args:
        number: any.
        digits: how many count.
    """
    return f"{number:.{digits}g}"


def shortest(number: float) -> str:
    """A number as nlohmann::json writes it: the fewest digits that give it back.

    Args:
        number: any.

    Source: nlohmann/detail/conversions/to_chars.hpp, format_buffer.
    """
    if not math.isfinite(number):
        return "null"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent) if number else 1
    return ("-" if sign else "") + _placed(text, point)


def _placed(digits: str, point: int) -> str:
    """Digits with a point after so many of them."""
    if len(digits) <= point <= _MOST_DIGITS:
        return f"{digits}{'0' * (point - len(digits))}.0"
    if 0 < point <= _MOST_DIGITS:
        return f"{digits[:point]}.{digits[point:]}"
    if _FEWEST_DIGITS < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    sign = "-" if point < 1 else "+"
    return f"{digits[0]}{fraction}e{sign}{abs(point - 1):02d}"
