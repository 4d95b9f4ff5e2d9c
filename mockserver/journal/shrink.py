"""Bodies made small enough to be kept: pictures in base64 become their digests."""

from __future__ import annotations

import hashlib
import re
import zlib

#: Bodies up to this size are kept as they are.
SMALL = 16_384
#: Of what is left of a body, this much is kept.
LARGEST = 65_536
#: Base64, with the backslashes that some clients put before slashes, behind what opens a text,
#: a data URI or a form's value: a pattern that begins with few characters is found faster.
_BASE64 = re.compile(rb"([\",=])([A-Za-z0-9+/\\]{256,}={0,2})")
_GZIP = 31


def shrunk(body: bytes, encoding: str = "") -> tuple[bytes, bool]:
    """What is kept of a body, and whether its end is missing.

    Args:
        body: as it went over the wire.
        encoding: ``gzip`` where it is packed.
    """
    if encoding == "gzip":
        body = unpacked(body)
    if len(body) > SMALL:
        body = _BASE64.sub(_digest, body)
    return body[:LARGEST], len(body) > LARGEST


def unpacked(body: bytes) -> bytes:
    """A gzip body unpacked; as it is where that fails."""
    try:
        return zlib.decompress(body, _GZIP)
    except zlib.error:
        return body


def _digest(found: re.Match[bytes]) -> bytes:
    """``sha256:<16 hex digits> (<n> characters of base64)`` of the base64 without backslashes."""
    plain = found[2].replace(b"\\", b"")
    digest = hashlib.sha256(plain).hexdigest()[:16]
    return found[1] + f"sha256:{digest} ({len(plain)} characters of base64)".encode()
