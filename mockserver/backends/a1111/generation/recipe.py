"""Recipes: everything that a generation's pixels depend on, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.conds import clip_skip
from mockserver.backends.a1111.generation.noise import subseed_of
from mockserver.backends.a1111.generation.samplers import SPAN_SAMPLERS
from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.networks import ExtraNetworks
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.sampling import Course


#: Options that change pixels, with the value at which they do not.
_OPTIONS: tuple[tuple[str, Any], ...] = (
    ("hypertile_enable_unet", False),
    ("hypertile_enable_vae", False),
    ("sd_vae_decode_method", "Full"),
    ("use_old_emphasis_implementation", False),
    ("enable_quantization", False),
)
#: The plain way to read brackets in a prompt.
_EMPHASIS = "Original"
_DIGITS = 3


def token_merging_ratio(options: Mapping[str, Any], p: Processing, *, hires: bool = False) -> Any:
    """The ratio that holds; 0 for none.

    An option for img2img or for the hires pass wins over the general one, except that in
    img2img an override of the general one wins over both.

    Args:
        options: the three options of token merging.
        p: the generation.
        hires: whether it is for the hires pass, default not.

    Source: modules/processing.py ``get_token_merging_ratio``.
    """
    general = options["token_merging_ratio"]
    if p.is_img2img:
        overridden = "token_merging_ratio" in p.override_settings and general
        return overridden or options["token_merging_ratio_img2img"] or general
    if hires:
        return options["token_merging_ratio_hr"] or general
    return general


def merges_tokens(ratio: Any) -> bool:
    """Whether tokens are merged at that ratio.

    Args:
        ratio: between 0 and 1, of whatever type an option made it.

    Raises:
        ServerError: a ratio that cannot be compared with nought.
    """
    return bool(ratio != 0) and _above_nought(ratio)


@raises_upstream
def _above_nought(value: Any) -> bool:
    return bool(value > 0)


def hashable(value: Any) -> Hashable:
    """A value that can be part of a key: lists and dicts as their text.

    Args:
        value: any JSON value.
    """
    return repr(value) if isinstance(value, list | dict) else value


def _sampler(course: Course) -> tuple[str, Hashable]:
    """Sampler and schedule; a single step is the same with most samplers, from its level on."""
    single = course.steps == 1 and not course.sampler.by_timesteps
    if single and course.sampler.name not in SPAN_SAMPLERS:
        return "single step", round(course.levels[0], _DIGITS)
    return course.sampler.name, course.schedule


class Recipes:
    """Recipes for the pictures of one batch.

    Args:
        server: the server.
        p: the generation, after its first sampling run.
        course: the steps of that run.
        made: how many of them were made.
        networks: the extra networks in use.
    """

    def __init__(
        self,
        server: GenerationContext,
        p: Processing,
        course: Course,
        made: int,
        networks: ExtraNetworks,
    ) -> None:
        self._p = p
        self._networks = networks.active
        self._common = self._shared(server, course)
        emphasis = server.options["emphasis"]
        self._emphasis = None if emphasis == _EMPHASIS else hashable(emphasis)
        if made < course.steps:
            self._common["ended_after"] = made

    def _shared(self, server: GenerationContext, course: Course) -> dict[str, Hashable]:
        p, options = self._p, server.options
        sampler, schedule = _sampler(course)
        found: dict[str, Hashable] = {
            "sampler": sampler,
            "schedule": schedule,
            "steps": p.steps,
            "cfg_scale": p.cfg_scale,
            "tiling": True if p.tiling and server.rules.tiling_acts else None,
            "model": p.sd_model_hash or p.sd_model_name,
            "vae": p.sd_vae_name,
            "networks": self._networks or None,
        }
        merging = token_merging_ratio(options, p)
        found["merging"] = merging if merging != 0 and merges_tokens(merging) else None
        skipped = options["CLIP_stop_at_last_layers"]
        if server.rules.whole_clip_skip:
            skipped = clip_skip(server)
        found["clip_skip"] = skipped if skipped > 1 else None
        if server.rules.modules:
            found["modules"] = hashable(options["forge_additional_modules"])
        if options["randn_source"] == "NV":
            found["rng"] = "NV"
        if course.sampler.uses_ensd and p.sampler and p.sampler.eta:
            found["ensd"] = hashable(options["eta_noise_seed_delta"]) or None
        for name, plain in _OPTIONS:
            value = options[name]
            if value != plain:
                found[name] = hashable(value)
        for label, value in (p.script_effects | p.effects).items():
            found[label] = hashable(value)
        return found

    def picture(self, number: int) -> dict[str, Hashable]:
        """The recipe of picture `number` of the batch.

        For the text encoder blanks at the ends of a prompt and doubled ones are nothing.

        Args:
            number: from 0.
        """
        p = self._p
        found = dict(self._common)
        prompt = found["prompt"] = " ".join(p.prompts[number].split())
        found["negative_prompt"] = " ".join(p.negative_prompts[number].split())
        if "(" in prompt or "[" in prompt:
            found["emphasis"] = self._emphasis
        found["seed"] = p.seeds[number]
        if p.subseed_strength:
            found["subseed"] = subseed_of(p, number)
            found["subseed_strength"] = float(p.subseed_strength)
        if p.seed_resize_from_w > 0 and p.seed_resize_from_h > 0:
            found["seed_resize"] = (p.seed_resize_from_w // 8, p.seed_resize_from_h // 8)
        return found
