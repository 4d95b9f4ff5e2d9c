"""The external VAE that is loaded.

Source: modules/sd_vae.py, at v1.10.1.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.webui.processing.server import Server

_SHORT = 10


def loaded_vae(server: Server) -> tuple[str, str] | tuple[None, None]:
    """File name and short hash of the VAE that the option sd_vae names.

    ``Automatic`` looks for one beside the checkpoint, ``None`` and unknown names use the
    checkpoint's own: none of them is an external one here. The hash is made of the name, as no
    list tells the file's.
    """
    name = server.options["sd_vae"]
    if name not in server.vaes:
        return None, None
    return name, hashlib.sha256(name.encode()).hexdigest()[:_SHORT]
