"""The routes of extensions, which exist some seconds after those of the webui."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.extensions.installed import ExtensibleWebui
    from mockserver.http.routing import Route


def extension_routes(webui: ExtensibleWebui) -> list[Route]:
    """The routes of what is installed, in the order in which it is loaded.

    Recorded: ext-auth/*: they ask for no credentials where the API does.
    """
    found = [route for extension in webui.extensions for route in extension.routes()]
    if not webui.config.extensions_late:
        return found
    return [dataclasses.replace(route, exists=lambda: webui.extensions_loaded) for route in found]
