"""Pictures in text, shortened to one telling line."""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image

from conformance.client.base64text import read_base64
from conformance.errors import ImageError

# A picture of one pixel has about 90 characters of base64; shorter runs are names and hashes.
_SHORTEST_PICTURE = 90
# Longer than any word: shortened even if it is no picture.
_LONGEST_WORD = 1000
_RUN = re.compile(
    rf"(?:data:[\w/.+-]*(?:;[\w=.+-]*)*;base64,)?[A-Za-z0-9+/_-]{{{_SHORTEST_PICTURE},}}={{0,2}}",
)


def picture_digest(data: bytes) -> str:
    """Tell a file in one line: ``<PNG 512x512, 338983 bytes, sha256 1a2b3c4d...>``.

    Bytes that are no picture are told as ``<338983 bytes, sha256 1a2b3c4d...>``.
    """
    digest = f"{len(data)} bytes, sha256 {sha256(data).hexdigest()[:8]}..."
    kind = _kind(data)
    return f"<{kind}, {digest}>" if kind else f"<{digest}>"


def shorten_text(text: str) -> str:
    """Put a digest in place of every picture, and any other long run of base64, in a text."""
    return _RUN.sub(lambda match: _shorten_run(match[0]), text)


def shorten_json(value: Any) -> Any:
    """Put a digest in place of every picture in the texts of a JSON value."""
    if isinstance(value, str):
        return shorten_text(value)
    if isinstance(value, list):
        return [shorten_json(item) for item in value]
    if isinstance(value, dict):
        return {name: shorten_json(item) for name, item in value.items()}
    return value


def _shorten_run(run: str) -> str:
    try:
        data = read_base64(run).data
    except ImageError:
        return run
    return picture_digest(data) if _kind(data) or len(run) >= _LONGEST_WORD else run


def _kind(data: bytes) -> str:
    try:
        with Image.open(BytesIO(data)) as image:
            return f"{image.format} {image.width}x{image.height}"
    # Pillow raises a dozen kinds of error for what is not a picture.
    except Exception:  # noqa: BLE001 - any failure to read it has the same meaning here
        return ""
