"""Adapter: what a request adds to every picture, and the bounds that it sets.

Source: koboldcpp.py, sd_generate, at v1.111: keys of the field ``adapter``, some of which may
stand in the request itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockserver.backends.koboldcpp.values import member, real, whole

_MOST_STEPS, _MOST_CFG_SCALE = 80, 25.0


@dataclass(frozen=True)
class Adapter:
    """What the adapter of a request says.

    Attributes:
        prompt: added to the prompt. negative_prompt: likewise.
        most_steps: the largest number of steps.
        most_cfg_scale: the largest guidance.
    """

    prompt: Any
    negative_prompt: Any
    most_steps: int
    most_cfg_scale: float

    @classmethod
    def of(cls, body: dict[str, Any]) -> Adapter:
        """The adapter of a request's body.

        Raises:
            ServerError: it is no object, or a bound is of a kind that trips KoboldCpp.
        """
        adapter = body.get("adapter", {})

        def either(name: str) -> Any:
            return member(adapter, name, body.get(name))

        for name in ("remove_limits", "circular_x", "circular_y"):
            whole(either(name), 0)
        return cls(
            prompt=member(adapter, "add_sd_prompt", ""),
            negative_prompt=member(adapter, "add_sd_negative_prompt", ""),
            most_steps=whole(either("add_sd_step_limit"), _MOST_STEPS),
            most_cfg_scale=real(either("add_sd_cfg_limit"), _MOST_CFG_SCALE),
        )
