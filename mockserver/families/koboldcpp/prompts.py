"""Prompts as they reach the sampler: without LoRA tags, with what the adapter adds.

Source: koboldcpp.py, extract_loras_from_prompt and sd_generate, after v1.111; recorded:
t2i-prompt/* of both versions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.backends.koboldcpp.values import plain_prompt, prompt
from mockserver.core.upstream_errors import raises_upstream

if TYPE_CHECKING:
    from mockserver.backends.koboldcpp.server import Koboldcpp
    from mockserver.families.koboldcpp.adapter import Adapter


_TAG = re.compile(r"<lora:([^:>]+):([^>]+)>")
_HIGH_NOISE = "|high_noise|"

#: Name of a LoRA and its weight.
Tagged = tuple[str, float]


def read_prompts(
    server: Koboldcpp, body: dict[str, Any], adapter: Adapter
) -> tuple[str, str, list[Tagged]]:
    """Prompt, negative prompt, and the LoRAs that the prompt names.

    Args:
        server: the simulated server; its program tells how prompts are joined and cleaned.
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
