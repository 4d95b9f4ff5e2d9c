"""WEBP files from ready image data and a new EXIF comment.

Source: modules/api/api.py, encode_pil_to_base64, at v1.10.1; recorded: the pictures of
png-info/usercomment-WEBP.
"""

from __future__ import annotations

import struct

from mockserver.picture.encoded import EncodedPicture
from mockserver.picture.exif import user_comment
from mockserver.picture.splice import Body

#: Bytes of a RIFF file before its first chunk.
_HEADER = 12
_HAS_EXIF = 0x08
#: Chunks of the simple formats; the extended one begins with VP8X.
_EXTENDED = b"VP8X"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<L", len(data)) + data + b"\0" * (len(data) % 2)


class ReadyWebp:
    """A WEBP without EXIF.

    Args:
        file: the whole file, in the simple or the extended format.
        size: width and height.
    """

    def __init__(self, file: bytes, size: tuple[int, int]) -> None:
        first = file[_HEADER:]
        flags = 0
        if first[:4] == _EXTENDED:
            flags, first = first[8], first[18:]
        sides = b"".join(struct.pack("<L", side - 1)[:3] for side in size)
        self.features = _chunk(_EXTENDED, bytes((flags | _HAS_EXIF, 0, 0, 0)) + sides)
        self.body = Body(first)

    def with_comment(self, text: str) -> EncodedPicture:
        """The file with that UserComment."""
        exif = _chunk(b"EXIF", user_comment(text))
        length = len(b"WEBP") + len(self.features) + len(self.body.data) + len(exif)
        head = b"RIFF" + struct.pack("<L", length) + b"WEBP" + self.features
        return EncodedPicture(head, self.body, exif)
