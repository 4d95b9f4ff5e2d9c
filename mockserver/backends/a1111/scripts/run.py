"""Run the selectable script that a request names.

Source: modules/scripts.py ``ScriptRunner.run``, at v1.10.1; recorded: group t2i-script.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.finish import Processed
from mockserver.backends.a1111.generation.run import process_images
from mockserver.core.errors import missing_arguments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.scripts.catalogue import ScriptArguments
    from mockserver.profiles.generation import GenerationRules


_PACKAGE = "mockserver.backends.a1111.scripts"


@dataclass(frozen=True)
class _Script:
    """Where a script's ``run(server, p, entry, arguments)`` is, and what its arguments are called.

    Attributes:
        module: module of this package.
        arguments: names as the webui's own function has them.
        later: names that a fork's has more and that mean something here; off elsewhere.
    """

    module: str
    arguments: tuple[str, ...]
    later: tuple[str, ...] = ()

    def taken(self, rules: GenerationRules) -> tuple[str, ...]:
        """The arguments of the version's own script."""
        found: list[str] = []
        for name in self.arguments:
            if name not in rules.missing_arguments:
                found.append(name)
                found += rules.added_arguments.get(name, ())
        return tuple(found)

    def filled(self, taken: Sequence[str], given: Sequence[Any]) -> list[Any]:
        """All arguments: what the version has as given, the others off."""
        values = dict(zip(taken, given, strict=False))
        return [values.get(name, False) for name in (*self.arguments, *self.later)]


_AXES = tuple(f"{axis}_{part}" for axis in "xyz" for part in ("type", "values", "values_dropdown"))
_SCRIPTS = {
    "prompt matrix": _Script(
        "prompt_matrix",
        (
            "put_at_start",
            "different_seeds",
            "prompt_type",
            "variations_delimiter",
            "margin_size",
        ),
    ),
    "prompts from file or textbox": _Script(
        "prompts_from_file",
        ("checkbox_iterate", "checkbox_iterate_batch", "prompt_position", "prompt_txt"),
        ("make_combined",),
    ),
    "x/y/z plot": _Script(
        "xyz_plot",
        (
            *_AXES,
            "draw_legend",
            "include_lone_images",
            "include_sub_grids",
            "no_fixed_seeds",
            "vary_seeds_x",
            "vary_seeds_y",
            "vary_seeds_z",
            "margin_size",
            "csv_mode",
        ),
    ),
    "loopback": _Script(
        "loopback",
        ("loops", "final_denoising_strength", "denoising_curve", "append_interrogation"),
    ),
    "sd upscale": _Script("sd_upscale", ("_", "overlap", "upscaler_index", "scale_factor")),
    "outpainting mk2": _Script(
        "outpainting_mk2",
        ("_", "pixels", "mask_blur", "direction", "noise_q", "color_variation"),
    ),
    "poor man's outpainting": _Script(
        "poor_mans_outpainting", ("pixels", "mask_blur", "inpainting_fill", "direction")
    ),
    "img2img alternative test": _Script(
        "img2img_alternative",
        (
            "_",
            "override_sampler",
            "override_prompt",
            "original_prompt",
            "original_negative_prompt",
            "override_steps",
            "st",
            "override_strength",
            "cfg",
            "randomness",
            "sigma_adjustment",
        ),
    ),
}


def run_script(server: GenerationContext, p: Processing, arguments: ScriptArguments) -> Processed:
    """Run the selected script; one that is not known here just generates.

    Args:
        server: the server.
        p: the generation.
        arguments: what the request gives to scripts; one is selected.

    Raises:
        ServerError: TypeError where arguments are missing; what the script fails on.
    """
    entry = arguments.selected
    script = _SCRIPTS.get(entry.name) if entry is not None else None
    if script is None:
        made = server.callbacks.run(p, entry, arguments.own) if server.callbacks else None
        return made if isinstance(made, Processed) else process_images(server, p)
    given: Sequence[Any] = arguments.own
    wanted = script.taken(server.rules)
    missing = wanted[len(given) :]
    if missing:
        raise missing_arguments("Script.run", list(missing))
    module = import_module(f"{_PACKAGE}.{script.module}")
    found: Processed = module.run(server, p, entry, script.filled(wanted, given))
    return found
