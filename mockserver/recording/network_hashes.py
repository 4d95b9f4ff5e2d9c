"""Hashes of Loras, embeddings and VAEs, which no list of a webui tells and its infotexts do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


#: The list of a recorded set that holds them.
HASHES = "network-hashes"
_KEYS = {"loras": "Lora hashes", "embeddings": "TI hashes"}


def hashes_in(info: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The hashes that a generation's ``info`` tells.

    Args:
        info: the parsed text ``info`` of an answer of txt2img.

    Returns:
        ``loras``, ``embeddings`` and ``vaes``: short hash by name; a kind without any is left out.
    """
    parameters = info.get("extra_generation_params")
    parameters = parameters if isinstance(parameters, dict) else {}
    found = {kind: _pairs(parameters.get(key)) for kind, key in _KEYS.items()}
    name, short = info.get("sd_vae_name"), info.get("sd_vae_hash")
    found["vaes"] = {name: short} if isinstance(name, str) and isinstance(short, str) else {}
    return {kind: hashes for kind, hashes in found.items() if hashes}


def _pairs(text: Any) -> dict[str, str]:
    """``name: hash, name: hash``, as infotexts write it; names hold neither colon nor comma."""
    if not isinstance(text, str):
        return {}
    parts = (part.strip().partition(": ") for part in text.split(","))
    return {name: short for name, colon, short in parts if colon and short}
