"""Serving the mock on a real port."""

from mockserver.web.serving.serve import serve
from mockserver.web.serving.threaded import ThreadedServer

__all__ = ["ThreadedServer", "serve"]
