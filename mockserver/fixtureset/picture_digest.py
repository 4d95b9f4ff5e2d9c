"""A picture reduced to what a replay compares: format, size, mode and text."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

from PIL import Image, UnidentifiedImageError

#: Shorter strings are never pictures; the smallest valid PNG has 67 bytes.
_SHORTEST = 64
#: Pillow's info keys that carry text the server wrote.
_EXIF = 0x8769
_USER_COMMENT = 0x9286


def _user_comment(image: Image.Image) -> str | None:
    raw = image.getexif().get_ifd(_EXIF).get(_USER_COMMENT)
    if not isinstance(raw, bytes):
        return None if raw is None else str(raw)
    if raw[:7] == b"UNICODE":
        return raw[8:].decode("utf-16-be", errors="replace")
    return raw[8:].decode("latin-1")


def digest(text: str) -> dict[str, Any] | None:
    """Reduce a base64 picture (bare or data URI) to a dict; None when it is no picture.

    Returns:
        ``{"image": format, "size": [w, h], "mode": mode, "text": {...}, "pixels": hash,
        "prefix": "data:..."}``; `pixels` is the first 12 hex digits of the SHA-256 of the
        decoded pixels, `prefix` is there only for a data URI.
    """
    prefix, comma, rest = text.partition(",") if text.startswith("data:") else ("", "", text)
    if len(rest) < _SHORTEST:
        return None
    try:
        data = base64.b64decode(rest, validate=True)
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            chunks = {k: str(v) for k, v in image.info.items() if isinstance(v, str)}
            comment = _user_comment(image)
            if comment is not None:
                chunks["UserComment"] = comment
            result: dict[str, Any] = {
                "image": image.format,
                "size": list(image.size),
                "mode": image.mode,
                "text": chunks,
                "pixels": hashlib.sha256(image.tobytes()).hexdigest()[:12],
            }
    except (ValueError, UnidentifiedImageError, OSError, SyntaxError):
        return None
    if comma:
        result["prefix"] = prefix
    return result
