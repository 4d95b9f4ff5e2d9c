"""Dynamic Prompts v2.17.1: templates in prompts, expanded in every request.

It is on without being asked for: ``{red|blue}``, ``{2$$a|b}`` and wildcards in the prompt and
the negative prompt are expanded wherever it is installed. Its title carries its version.

Source: sd_dynamic_prompts/dynamic_prompting.py and helpers.py, v2.17.1; recorded: x-dynprompts/*.
"""

from __future__ import annotations

import math
import warnings
from itertools import product
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.resolve import fix_seeds
from mockserver.core.errors import raises_upstream, server_error
from mockserver.extensions.base import Extension, Run, Script
from mockserver.extensions.dynamic_prompts.settings import PromptSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dynamicprompts.generators.promptgenerator import PromptGenerator

    from mockserver.backends.a1111.generation.processing import Processing


_MARKS = ("{", "__", "${", "%{", "#", "\\", "}")


class DynamicPrompts(Script):
    """Expands prompt and negative prompt of every request, unless it is switched off."""

    file = "dynamic_prompting"
    title = "dynamic prompts v2.17.1"

    def process(self, run: Run) -> None:
        """Put the prompts in the place of the template; their number sets the pictures'.

        Args:
            run: the generation, and the script's arguments.
        """
        settings = PromptSettings.of(run.args)
        p = run.p
        if not settings.enabled:
            return
        fix_seeds(p, run.server.random)
        count = _count(p, settings)
        seeds = None
        if count and not settings.unlinked_seed:
            _set_seeds(p, count, settings)
            seeds = p.all_seeds
        prompts, negatives = _expanded(run, settings, count, seeds)
        p.n_iter = _iterations(len(prompts), p.batch_size)
        if count != len(prompts):
            _set_seeds(p, len(prompts), settings)
        same = p.enable_hr and p.all_hr_prompts[:1] == p.all_prompts[:1]
        if same:
            p.all_hr_prompts, p.all_hr_negative_prompts = prompts, negatives
        p.all_prompts, p.all_negative_prompts = prompts, negatives
        if settings.no_images:
            p.batch_size, p.all_prompts = 1, prompts[:1]


@raises_upstream
def _count(p: Processing, settings: PromptSettings) -> int | None:
    """How many prompts are wanted; None for all combinations."""
    if settings.combinatorial:
        return None if settings.max_generations == 0 else int(settings.max_generations)
    return int(p.n_iter * p.batch_size)


@raises_upstream
def _iterations(count: int, batch_size: int) -> int:
    return math.ceil(count / batch_size)


@raises_upstream
def _set_seeds(p: Processing, count: int, settings: PromptSettings) -> None:
    """One seed and subseed a picture.

    Source: helpers.py ``get_seeds``.
    """
    varied = p.subseed_strength != 0
    seed, subseed = int(p.all_seeds[0] if varied else p.seed), int(p.subseed)
    subseed = int(p.all_subseeds[0]) if varied else subseed
    numbers = range(count)
    if not settings.fixed_seed:
        p.all_seeds = [seed if varied else seed + i for i in numbers]
        p.all_subseeds = [subseed + i for i in numbers]
        return
    p.all_seeds, p.all_subseeds = [seed] * count, [subseed] * count
    if settings.combinatorial:
        batches = int(settings.batches)
        p.all_seeds = [seed + i for i in range(batches) for _ in range(count // batches)]


def _expanded(
    run: Run, settings: PromptSettings, count: int | None, seeds: list[int] | None
) -> tuple[list[str], list[str]]:
    """Prompts and negative prompts; a template that cannot be parsed is a ServerError."""
    p = run.p
    template, negative = p.all_prompts[0], p.all_negative_prompts[0]
    if count is not None and _is_plain(settings, template, negative):
        return [template] * count, [negative] * count
    with warnings.catch_warnings():
        # The library calls functions of pyparsing by names that are going out of use.
        warnings.simplefilter("ignore", DeprecationWarning)
        return _generated_pair(run, settings, count, seeds)


def _generated_pair(
    run: Run, settings: PromptSettings, count: int | None, seeds: list[int] | None
) -> tuple[list[str], list[str]]:
    from mockserver.extensions.dynamic_prompts import generators  # noqa: PLC0415 - start-up time

    p = run.p
    template, negative = p.all_prompts[0], p.all_negative_prompts[0]
    try:
        first = generators.positive(run.server, p, settings)
        second = generators.negative(run.server, p, settings, first)
        frozen = isinstance(p.subseed_strength, int | float) and p.subseed_strength > 0
        prompts = _generated(first, template, count, seeds, frozen=frozen)
        if negative:
            negatives = _generated(second, negative, count, seeds, frozen=frozen)
        else:
            negatives = _generated(second, negative, count, None, frozen=frozen)
    except generators.GeneratorException as error:
        return [str(error)], [str(error)]
    except Exception as error:  # the library's own parser errors, of many kinds
        raise server_error(error) from error
    return _paired(prompts, negatives, count)


def _is_plain(settings: PromptSettings, *texts: Any) -> bool:
    """Whether nothing in the prompts is a template's; the library is not asked then."""
    chosen = (settings.combinatorial, settings.magic, settings.lucky, settings.jinja)
    if any((*chosen, settings.attention)):
        return False
    return all(isinstance(t, str) and not any(mark in t for mark in _MARKS) for t in texts)


def _generated(
    generator: PromptGenerator,
    template: str,
    count: int | None,
    seeds: Sequence[int] | None,
    *,
    frozen: bool,
) -> list[str]:
    if frozen:
        return generator.generate(template, 1, seeds=list(seeds or ())[:1]) * (count or 1) or [""]
    return generator.generate(template, count, seeds=None if seeds is None else list(seeds)) or [""]


def _paired(
    prompts: list[str], negatives: list[str], count: int | None
) -> tuple[list[str], list[str]]:
    """As many negative prompts as prompts; all combinations of both where all are wanted."""
    if count is None:
        pairs = list(product(prompts, negatives))
        return [one for one, _ in pairs], [other for _, other in pairs]
    return prompts, (negatives * count)[:count]


class DynamicPromptsExtension(Extension):
    """The extension sd-dynamic-prompts."""

    name = "dynamic-prompts"
    folder = "sd-dynamic-prompts"
    versions = ("2.17.1",)
    summary = "expands {a|b} in every prompt; on without being asked for"

    def make_scripts(self) -> Sequence[Script]:
        """Its one script."""
        return (DynamicPrompts(),)


EXTENSION = DynamicPromptsExtension
