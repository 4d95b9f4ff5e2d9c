"""Pixels that lie ready as PNG image data: deflated scanlines, without a filter.

Deflate is what a new picture costs most. Flat colours pack fast and small at zlib's lowest
level. Photographs pack slowly and badly, so their rows are stored as they are.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

try:
    from zlib_ng import zlib_ng as zlib
except ImportError:  # a platform without a wheel of it: the same pixels take longer
    import zlib  # type: ignore[no-redef]

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image


SIGNATURE = b"\x89PNG\r\n\x1a\n"
_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
#: Colour types of PNG by Pillow's modes, and bytes to a pixel.
_COLOUR_TYPES = {"L": (0, 1), "RGB": (2, 3), "LA": (4, 2), "RGBA": (6, 4)}
# zlib-ng packs at its level 2 as well as zlib at its level 1, in less than half the time.
_PACKED, _STORED = (2 if zlib.__name__.startswith("zlib_ng") else 1), 0
#: For pixels that another library made: half the time, and a quarter more bytes.
_QUICKLY = 1
_WINDOW, _MEMORY = 15, 9
#: Rows that are tried, and the share of their size above which all rows are stored.
_SAMPLE_ROWS, _WORTH_PACKING = 8, 0.35


def scanlines(pixels: bytes | bytearray, row: int) -> bytes:
    """Rows of a PNG: each begins with a byte that says "no filter".

    Args:
        pixels: interleaved channels, row by row, without padding.
        row: bytes of one row.
    """
    starts = range(0, len(pixels), row)
    return b"\0" + b"\0".join([pixels[start : start + row] for start in starts])


def _level(lines: bytes, row: int) -> int:
    """Zlib's level for these lines: 0, to store them, where a sample of them packs badly."""
    step = max(len(lines) // row // _SAMPLE_ROWS, 1) * row
    sample = b"".join([lines[start : start + row] for start in range(0, len(lines), step)])
    packs = len(zlib.compress(sample, _QUICKLY)) < _WORTH_PACKING * len(sample)
    return _QUICKLY if packs else _STORED


class Raster:
    """A picture as PNG image data, packed when somebody asks for that.

    Args:
        size: width and height in pixels.
        data: the zlib stream of all scanlines, none of which is filtered.
        mode: Pillow's name for the channels: L, LA, RGB or RGBA.
        bands: instead of data, RGB pixels in long runs of one colour, some rows at a time.
    """

    __slots__ = ("_bands", "_data", "mode", "size")

    def __init__(
        self,
        size: tuple[int, int],
        data: bytes = b"",
        mode: str = "RGB",
        bands: Sequence[bytes | bytearray] = (),
    ) -> None:
        self.size, self._data, self.mode, self._bands = size, data, mode, bands

    @property
    def data(self) -> bytes:
        """The zlib stream of all scanlines; from then on the bands are not kept."""
        if self._bands:
            packer = zlib.compressobj(_PACKED, zlib.DEFLATED, _WINDOW, _MEMORY)
            row = 3 * self.size[0]
            packed = [packer.compress(scanlines(band, row)) for band in self._bands]
            self._data = b"".join(packed) + packer.flush()
            self._bands = ()
        return self._data

    @property
    def packed(self) -> bool:
        """Whether it holds packed data and no bands."""
        return not self._bands

    @property
    def held(self) -> int:
        """Bytes of memory held."""
        return len(self._data) + sum(map(len, self._bands))

    @classmethod
    def of_image(cls, image: Image.Image) -> Raster | None:
        """Packs any picture; None for a mode that only an imaging library writes.

        Args:
            image: a picture; it is not changed.
        """
        known = _COLOUR_TYPES.get(image.mode)
        if known is None or 0 in image.size or image.info.get("icc_profile"):
            return None
        row = image.width * known[1] + 1
        # Pillow leaves a byte of nought behind each row: with one before the first, that's a PNG's.
        lines = image.tobytes("raw", image.mode, row)
        packer = zlib.compressobj(_level(lines, row), zlib.DEFLATED, _WINDOW, _MEMORY)
        parts = packer.compress(b"\0"), packer.compress(memoryview(lines)[:-1]), packer.flush()
        return cls(image.size, b"".join(parts), image.mode)

    @classmethod
    def of_body(cls, size: tuple[int, int], body: bytes) -> Raster:
        """The raster whose `body` this is; RGB.

        Args:
            size: width and height in pixels.
            body: packed image data.
        """
        length = struct.unpack_from(">L", body)[0]
        return cls(size, body[8 : 8 + length])

    def head(self) -> bytes:
        """Signature and header of the file."""
        colour_type = _COLOUR_TYPES[self.mode][0]
        fields = struct.pack(">LLBBBBB", *self.size, 8, colour_type, 0, 0, 0)
        return SIGNATURE + b"".join(_parts(b"IHDR", fields))

    def body(self) -> bytes:
        """Image data and end of the file; text goes between head and body."""
        return b"".join((*_parts(b"IDAT", self.data), _END))

    def pixels(self) -> bytes:
        """Interleaved channels, row by row, without padding."""
        row = self.size[0] * _COLOUR_TYPES[self.mode][1]
        if self._bands:
            return b"".join(self._bands)
        lines = zlib.decompress(self._data)
        return b"".join([lines[at : at + row] for at in range(1, len(lines), row + 1)])

    def image(self) -> Image.Image:
        """The pixels as a Pillow image of its own."""
        from PIL import Image  # noqa: PLC0415 - answers that only encode never need it

        return Image.frombytes(self.mode, self.size, self.pixels())


def _parts(kind: bytes, data: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """A chunk's parts, not yet copied into one."""
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">L", len(data)), kind, data, struct.pack(">L", checksum)
