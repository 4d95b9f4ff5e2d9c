"""Prompts from a template, by the very library that the extension uses.

Source: sd_dynamic_prompts/generator_builder.py, v2.17.1, over the library dynamicprompts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamicprompts.generators import (
    BatchedCombinatorialPromptGenerator,
    CombinatorialPromptGenerator,
    JinjaGenerator,
    RandomPromptGenerator,
)
from dynamicprompts.generators.promptgenerator import GeneratorException, PromptGenerator
from dynamicprompts.jinja_extensions import DYNAMICPROMPTS_FUNCTIONS, PromptExtension
from dynamicprompts.parser.config import ParserConfig
from dynamicprompts.wildcards import WildcardManager
from jinja2 import TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.extensions.dynamic_prompts.settings import PromptSettings


__all__ = ["GeneratorException", "PromptGenerator", "negative", "positive"]


class SandboxedJinjaGenerator(JinjaGenerator):
    """Jinja templates that reach nothing beyond their own values.

    The extension renders them without a sandbox: whoever may send it a prompt runs code on the
    server. A mock must not do that for its user.
    """

    def _build_jinja_template(self, template: str) -> Any:
        environment = SandboxedEnvironment(extensions=[PromptExtension])
        blocks: list[str] = []
        environment.globals.update(
            {
                "wildcard_manager": self._wildcard_manager,
                "prompt_blocks": blocks,
                "parser_config": self._parser_config,
                "generators": self._generators,
                **DYNAMICPROMPTS_FUNCTIONS,
            }
        )
        try:
            return environment.from_string(template), blocks
        except TemplateSyntaxError as error:
            raise GeneratorException(error.message) from error


class _Lucky(PromptGenerator):
    """The prompts of a web site; the mock asks nobody, as the server without internet."""

    def generate(self, *args: Any, **kwargs: Any) -> list[str]:
        del args, kwargs
        raise GeneratorException("Error while generating prompt: no internet")


def positive(server: GenerationContext, p: Processing, settings: PromptSettings) -> PromptGenerator:
    """What makes the prompts.

    Args:
        server: what generations work with.
        p: the generation.
        settings: what the request asks of the extension.

    Raises:
        ServerError: prompt magic, whose model nobody has.
    """
    if settings.lucky:
        return _Lucky()
    found = _plain(server, p, settings)
    if settings.magic:
        raise ServerError("OSError", f"{settings.magic_model} is not a local folder")
    return found


def negative(
    server: GenerationContext, p: Processing, settings: PromptSettings, first: PromptGenerator
) -> PromptGenerator:
    """What makes the negative prompts.

    Args:
        server: what generations work with.
        p: the generation.
        settings: what the request asks of the extension.
        first: what made the prompts.
    """
    return _plain(server, p, settings) if settings.plain_negative else first


def _plain(server: GenerationContext, p: Processing, settings: PromptSettings) -> PromptGenerator:
    options = server.options
    config = ParserConfig(
        variant_start=options["dp_parser_variant_start"],
        variant_end=options["dp_parser_variant_end"],
        wildcard_wrap=options["dp_parser_wildcard_wrap"],
    )
    wildcards, squash = WildcardManager(), bool(options["dp_ignore_whitespace"])
    if settings.jinja:
        return SandboxedJinjaGenerator(
            wildcards,
            _context(server, p),
            parser_config=config,
            limit_prompts=bool(options["dp_limit_jinja_prompts"]),
            ignore_whitespace=squash,
        )
    if settings.combinatorial:
        every = CombinatorialPromptGenerator(
            wildcards, ignore_whitespace=squash, parser_config=config
        )
        return BatchedCombinatorialPromptGenerator(every, batches=int(settings.batches))
    return RandomPromptGenerator(
        wildcards,
        seed=p.seed,
        unlink_seed_from_prompt=bool(settings.unlinked_seed),
        ignore_whitespace=squash,
        parser_config=config,
    )


def _context(server: GenerationContext, p: Processing) -> dict[str, Any]:
    """What a Jinja template may name."""
    current = server.checkpoints.current
    size = {"width": p.width, "height": p.height}
    sampling = {"steps": p.steps, "cfg_scale": p.cfg_scale, "sampler_name": p.sampler_name}
    counts = {"batch_size": p.batch_size, "num_batches": p.n_iter, "seed": p.seed}
    return {
        "model": {
            "filename": current.name,
            "title": current.title,
            "hash": current.short_hash,
            "model_name": current.model_name,
        },
        "image": size,
        "parameters": {**size, **sampling, **counts},
        "prompt": {"prompt": p.all_prompts[0], "negative_prompt": p.all_negative_prompts[0]},
    }
