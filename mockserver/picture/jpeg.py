"""JPEG files from ready image data and a new EXIF comment.

Source: modules/api/api.py, encode_pil_to_base64, at v1.10.1 with Pillow 9.5; recorded:
options/format-jpg.
"""

from __future__ import annotations

import struct

from mockserver.errors import Crash
from mockserver.picture.encoded import EncodedPicture
from mockserver.picture.exif import HEADER, user_comment
from mockserver.picture.splice import Body

#: A marker's length counts itself, and has two bytes.
_LONGEST = 65533
_START, _APP0, _APP1 = b"\xff\xd8", b"\xff\xe0", b"\xff\xe1"


class ReadyJpeg:
    """A JPEG without EXIF, cut behind its JFIF header.

    Args:
        file: the whole file.
    """

    def __init__(self, file: bytes) -> None:
        cut = len(_START)
        if file[cut : cut + 2] == _APP0:
            cut += 2 + struct.unpack(">H", file[cut + 2 : cut + 4])[0]
        self.head = file[:cut]
        self.body = Body(file[cut:])

    def with_comment(self, text: str) -> EncodedPicture:
        """The file with that UserComment.

        Raises:
            Crash: ValueError for a text beyond what one marker holds.
        """
        exif = HEADER + user_comment(text)
        if len(exif) > _LONGEST:
            raise Crash("ValueError", "EXIF data is too long")
        marker = _APP1 + struct.pack(">H", len(exif) + 2) + exif
        return EncodedPicture(self.head + marker, self.body)
