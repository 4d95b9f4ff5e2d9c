"""LoRAs, which are a field of the request here and no part of the prompt.

Source: examples/server/routes_sdapi.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.errors import HTTPRefusal
from mockserver.families.sdcpp.nlohmann import Fields

if TYPE_CHECKING:
    from mockserver.families.sdcpp.server import Sdcpp

_INVALID = 400


@dataclass(frozen=True)
class Lora:
    """One LoRA.

    Attributes:
        path: as the list of LoRAs has it.
        multiplier: its weight; that of one that is named twice is the sum.
        high_noise: whether it is for the model of the first, noisy steps.
    """

    path: str
    multiplier: float
    high_noise: bool


def read_loras(server: Sdcpp, body: dict[str, Any]) -> tuple[Lora, ...]:
    """The LoRAs of a request, those for the noisy steps last; items that are no object are none.

    Raises:
        JsonError: a value of another type.
        HTTPRefusal: 400 for a path that is missing or not listed.
    """
    asked = body.get("lora")
    weights: dict[tuple[bool, str], float] = {}
    for item in asked if isinstance(asked, list) else ():
        if isinstance(item, dict):
            lora = _read(server, Fields(item))
            key = (lora.high_noise, lora.path)
            weights[key] = weights.get(key, 0.0) + lora.multiplier
    return tuple(Lora(path, weights[high, path], high) for high, path in sorted(weights))


def _read(server: Sdcpp, fields: Fields) -> Lora:
    path = fields.text("path", "")
    found = Lora(
        path, fields.single("multiplier", 1.0), fields.flag("is_high_noise", default=False)
    )
    if not path:
        raise HTTPRefusal(_INVALID, "lora.path required")
    if path not in server.names("loras", "path"):
        raise HTTPRefusal(_INVALID, f"invalid lora path: {path}")
    return found
