"""Bing-su/adetailer: faces and hands are found and painted once more."""

from mockserver.extensions.adetailer.script import EXTENSION

__all__ = ["EXTENSION"]
