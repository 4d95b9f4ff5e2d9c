"""The arguments of Dynamic Prompts, in the order of its slots."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class PromptSettings:
    """What a request or the web UI chose; any JSON value can be in any slot.

    Attributes:
        enabled: on by default: every request is expanded.
        combinatorial: one picture for each combination instead of a random choice.
        batches: how often all combinations are made.
        magic: a language model continues the prompt.
        lucky: the prompt is looked up on the internet.
        attention: random words are emphasised.
        min_attention: least emphasis.
        max_attention: greatest emphasis.
        magic_length: longest prompt of the language model.
        magic_temperature: its temperature.
        fixed_seed: all pictures get the same seed.
        unlinked_seed: the choice does not depend on the seed.
        plain_negative: magic, luck and attention leave the negative prompt alone.
        jinja: the prompt is a Jinja template.
        no_images: one picture only, to see the prompts.
        max_generations: most combinations; 0 for all.
        magic_model: name of the language model.
        magic_blocklist: regular expression of words it must not use.

    Source: sd_dynamic_prompts/dynamic_prompting.py ``Script.ui``, v2.17.1.
    """

    enabled: Any = True
    combinatorial: Any = False
    batches: Any = 1
    magic: Any = False
    lucky: Any = False
    attention: Any = False
    min_attention: Any = 1.1
    max_attention: Any = 1.5
    magic_length: Any = 100
    magic_temperature: Any = 0.7
    fixed_seed: Any = False
    unlinked_seed: Any = False
    plain_negative: Any = True
    jinja: Any = False
    no_images: Any = False
    max_generations: Any = 0
    magic_model: Any = ""
    magic_blocklist: Any = ""

    @classmethod
    def of(cls, args: Sequence[Any]) -> PromptSettings:
        """The settings in the slots of a request.

        Args:
            args: the script's arguments in a request.
        """
        names = [field.name for field in fields(cls)]
        return cls(**dict(zip(names, args, strict=False)))
