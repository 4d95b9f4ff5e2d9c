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
    from collections.abc import Sequence

    from mockserver.families.koboldcpp.prompts import Tagged
    from mockserver.families.koboldcpp.server import Koboldcpp

_DIGITS = 6


def lora_tags(server: Koboldcpp, asked: Any, tagged: Sequence[Tagged] = ()) -> str:
    """Tags of the LoRAs that are used: those listed, each once, with the sum of its weights.

    Args:
        server: the simulated server; its list tells which LoRAs there are.
        asked: the request's field ``lora``.
        tagged: names and weights that the prompt tells.

    Raises:
        Crash: nothing that has members.
    """
    weights: dict[str, float] = {}
    paths = {item["name"]: item["path"] for item in server.listed("loras")}
    for item in members(asked):
        path = item.get("path") if isinstance(item, dict) else None
        if isinstance(path, str) and path in server.names("loras", "path"):
            weights[path] = weights.get(path, 0.0) + real(item.get("multiplier"), 0.0)
    for name, weight in tagged:
        if name in paths:
            weights[paths[name]] = weights.get(paths[name], 0.0) + weight
    return "".join(_tag(path, weight) for path, weight in weights.items() if weight)


def _tag(path: str, weight: float) -> str:
    return f"<lora:{PurePosixPath(path).stem}:{general(single(weight), _DIGITS)}>"
