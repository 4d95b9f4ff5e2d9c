"""The pages of the extra networks tab, and which files lie behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.webui.server import Webui

PAGES = ("textual inversion", "hypernetworks", "checkpoints", "lora")


def known_files(webui: Webui) -> set[str]:
    """Files of the simulated server that a list tells of."""
    networks = webui.networks
    return {
        *(checkpoint.filename for checkpoint in webui.checkpoints),
        *(item["filename"] for item in webui.listed("sd-vae")),
        *networks.hypernetworks.values(),
        *(lora.path for lora in networks.loras),
        *(networks.embeddings.path(name) for name in networks.embeddings.loaded),
    }


def page_metadata(webui: Webui, page: str) -> dict[str, dict[str, Any]]:
    """Metadata of each item of a page, by name; only Lora files have any here."""
    if page != "lora":
        return {}
    return {lora.name: lora.metadata for lora in webui.networks.loras if lora.metadata}
