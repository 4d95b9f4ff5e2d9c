"""ADetailer as an extension: its lists, its script, its routes."""

from __future__ import annotations

from mockserver.extensions.base import Extension


class ADetailer(Extension):
    """Bing-su/adetailer. Source: 36189cbe (25.3.0)."""

    name = "adetailer"
    folder = "adetailer"
    versions = ("25.3.0",)
    summary = "faces, hands and persons are found and painted once more"


EXTENSION = ADetailer
