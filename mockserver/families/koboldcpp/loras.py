"""LoRAs, which are a field of the request here; what was used is told as tags of the prompt.

Source: koboldcpp.py, prepare_lora_multipliers, and otherarch/sdcpp/sdtype_adapter.cpp,
LoraMap.get_lora_meta, at v1.111; recorded: list/loras.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mockserver.families._cpp.numbers import general, single
from mockserver.families.koboldcpp.values import members, real

if TYPE_CHECKING:
    from mockserver.families.koboldcpp.server import Koboldcpp

_DIGITS = 6


def lora_tags(server: Koboldcpp, asked: Any) -> str:
    """Tags of the LoRAs that are used: those listed, each once, with the sum of its weights.

    Raises:
        Crash: nothing that has members.
    """
    weights: dict[str, float] = {}
    for item in members(asked):
        path = item.get("path") if isinstance(item, dict) else None
        if isinstance(path, str) and path in server.names("loras", "path"):
            weights[path] = weights.get(path, 0.0) + real(item.get("multiplier"), 0.0)
    return "".join(_tag(path, weight) for path, weight in weights.items() if weight)


def _tag(path: str, weight: float) -> str:
    return f"<lora:{PurePosixPath(path).stem}:{general(single(weight), _DIGITS)}>"
