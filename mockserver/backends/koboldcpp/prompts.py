"""What KoboldCpp reads in a request's prompts and in its adapter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.koboldcpp.values import member, plain_prompt, prompt, real, whole
from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from mockserver.backends.koboldcpp.server import Koboldcpp


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

        Args:
            body: of the request.

        Raises:
            ServerError: it is no object, or a bound is of a kind that makes KoboldCpp fail.
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


_TAG = re.compile(r"<lora:([^:>]+):([^>]+)>")
_HIGH_NOISE = "|high_noise|"

#: Name of a LoRA and its weight.
Tagged = tuple[str, float]


def read_prompts(
    server: Koboldcpp, body: dict[str, Any], adapter: Adapter
) -> tuple[str, str, list[Tagged]]:
    """Prompt, negative prompt, and the LoRAs that the prompt names.

    Args:
        server: the simulated server; its program says how prompts are joined and cleaned.
        body: of the request.
        adapter: of the request.

    Raises:
        ServerError: a prompt that is no text.
    """
    program = server.program
    clean = plain_prompt if program.plain_prompts else prompt
    asked, tagged = without_tags(body.get("prompt", ""))
    join = _joined if program.joins_prompts else _joined_if_any
    positive = clean(join(asked, adapter.prompt))
    negative = clean(join(body.get("negative_prompt", ""), adapter.negative_prompt))
    return positive, negative, tagged


@raises_upstream
def without_tags(text: Any) -> tuple[str, list[Tagged]]:
    """The prompt without the tags of LoRAs whose weight is a number, and these LoRAs.

    Args:
        text: as the request has it.

    Raises:
        ServerError: no text.
    """
    found: list[Tagged] = []
    for match in _TAG.finditer(text):
        try:
            weight = float(match[2])
        except ValueError:
            continue
        found.append((match[1].removeprefix(_HIGH_NOISE), weight))
        text = text.replace(match[0], "", 1)
    return text, found


@raises_upstream
def _joined(text: Any, added: Any) -> Any:
    return text + ", " + added


@raises_upstream
def _joined_if_any(text: Any, added: Any) -> Any:
    if added == "":
        return text
    return text + ", " + added if text != "" else added
