"""What the built-in Lora extension makes of a parsed infotext.

Source: extensions-builtin/Lora: networks.infotext_pasted, then lora_script.infotext_pasted,
at v1.10.1; called by png-info, not by the infotext field of a generation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_HASHED_NAME = re.compile(r"(.*)\s*\([0-9a-fA-F]+\)")
_LORA = re.compile("<lora:([^:]+):")
_MODEL = "AddNet Model "


def _additional_network(values: dict[str, Any], number: str) -> str | None:
    name = values[_MODEL + number]
    if values.get(f"AddNet Module {number}") != "LoRA":
        return None
    hashed = _HASHED_NAME.match(name)
    if hashed:
        name = hashed.group(1)
    return f"<lora:{name}:{values.get(f'AddNet Weight A {number}', '1.0')}>"


def add_additional_networks(values: dict[str, Any]) -> None:
    """Turn ``AddNet Model 1`` and its kin into a line of lora tags at the end of the prompt."""
    numbers = [key.removeprefix(_MODEL) for key in values if key.startswith(_MODEL)]
    tags = [tag for tag in (_additional_network(values, n) for n in numbers) if tag is not None]
    if tags:
        values["Prompt"] += "\n" + "".join(tags)


def _hashes(text: str) -> dict[str, str] | None:
    pairs = [part.strip().split(":", 1) for part in text.split(",")]
    if any(len(pair) == 1 for pair in pairs):
        return None
    return {name.strip().replace(",", ""): value.strip() for name, value in pairs}


def rename_loras(values: dict[str, Any], networks: Mapping[str, str]) -> None:
    """Call loras of the prompt by the names that this server has for their hashes.

    Args:
        values: parsed infotext; its ``Lora hashes`` tell the hash of each name in the prompt.
        networks: short hash to the name used on this server.
    """
    text = values.get("Lora hashes")
    hashes = _hashes(text) if text else None
    if not hashes:
        return

    def name(match: re.Match[str]) -> str:
        known = networks.get(hashes.get(match.group(1), ""))
        return match.group(0) if known is None else f"<lora:{known}:"

    values["Prompt"] = _LORA.sub(name, values["Prompt"])


def infotext_pasted(values: dict[str, Any], networks: Mapping[str, str]) -> None:
    """Run both; a faulty text changes nothing."""
    if "Prompt" not in values:
        return
    add_additional_networks(values)
    rename_loras(values, networks)
