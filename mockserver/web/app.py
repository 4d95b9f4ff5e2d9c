"""The Flask app around one simulated server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.families import family_of, simulate
from mockserver.web.mock_app import MockApp

if TYPE_CHECKING:
    from mockserver.webui.simulated import Simulated

__all__ = ["MockApp", "create_app"]


def create_app(webui: Simulated | None = None) -> MockApp:
    """A WSGI app that answers as the simulated server does.

    Args:
        webui: the simulated server; one of the default profile when left out.
    """
    app = MockApp(webui or simulate())
    family_of(app.webui.profile).fill(app)
    return app
