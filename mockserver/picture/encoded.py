"""A picture as a file: a head of its own, a body it shares, a tail of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.picture.splice import Body


@dataclass(frozen=True)
class EncodedPicture:
    """One file of a picture, with its text.

    Attributes:
        head: what comes before the body.
        body: the image data, shared by all files of that picture.
        tail: what comes after it.
    """

    head: bytes
    body: Body
    tail: bytes = b""

    def to_bytes(self) -> bytes:
        """The file."""
        return self.head + self.body.data + self.tail

    def base64(self) -> str:
        """The file in base64, as answers carry it; the body is encoded only once."""
        return self.body.between(self.head, self.tail)
