"""The Flask shell around the domain."""

from mockserver.web.app import create_app
from mockserver.web.serving import serve

__all__ = ["create_app", "serve"]
