"""Build the infotext of a picture.

Source: modules/processing.py ``create_infotext``, at v1.10.1; recorded: every infotext of
txt2img and img2img.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.conds import clip_skip
from mockserver.backends.a1111.infotext.grammar import HIRES, PerPicture, parameter_line, spelled
from mockserver.backends.a1111.options import MODULES_OPTION
from mockserver.core.errors import OPERATIONS, server_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


@dataclass(frozen=True)
class Subject:
    """The picture that an infotext is of.

    Attributes:
        prompt: with styles and tags, without comments.
        negative_prompt: likewise.
        seed: its own.
        subseed: its own.
        index: its number within the batch; a parameter that is a list is read there.
    """

    prompt: Any
    negative_prompt: Any
    seed: int
    subseed: int
    index: int = 0

    @classmethod
    def in_batch(cls, p: Processing, index: int) -> Subject:
        """Picture `index` of the batch that has just been made.

        Args:
            p: the generation.
            index: place of the picture in the iteration, from 0.
        """
        start = p.iteration * p.batch_size
        return cls(
            p.all_prompts[start + index],
            p.all_negative_prompts[start + index],
            p.seeds[index],
            p.subseeds[index],
            index,
        )

    @classmethod
    def of_job(cls, p: Processing) -> Subject:
        """The job as a whole: its first prompt and seed.

        Args:
            p: the generation.
        """
        return cls(p.main_prompt, p.main_negative_prompt, p.all_seeds[0], p.all_subseeds[0])

    @classmethod
    def first_of(cls, p: Processing) -> Subject:
        """The first picture of the job.

        Args:
            p: the generation.
        """
        return cls(p.all_prompts[0], p.all_negative_prompts[0], p.all_seeds[0], p.all_subseeds[0])


def _clip_skip(server: GenerationContext, *_: object) -> Any:
    found = server.options["CLIP_stop_at_last_layers"]
    if server.rules.whole_clip_skip:
        found = clip_skip(server)
    return None if found <= 1 else found


def _seed_resize(server: GenerationContext, p: Processing, *_: object) -> str | None:
    width, height = p.seed_resize_from_w, p.seed_resize_from_h
    if server.rules.infotext_has_negative_seed_resize:
        left_out = width == 0 or height == 0
    else:
        left_out = width <= 0 or height <= 0
    return None if left_out else f"{width}x{height}"


def _ensd(server: GenerationContext, p: Processing, *_: object) -> Any:
    """The option where it is not nought and the sampler uses it (``uses_ensd``).

    Versions that show eta among the keys of their own show it whatever the sampler is.
    """
    delta = server.options["eta_noise_seed_delta"]
    if delta == 0:
        return None
    if "Eta" in server.rules.infotext_keys:
        return delta
    eta = p.eta
    if eta is None:
        eta = p.sampler.eta if p.sampler is not None else None
    sampler = server.samplers.by_name.get(p.sampler_name)
    used = (1.0 if eta is None else eta) != 0 and sampler is not None and sampler.uses_ensd
    return delta if used else None


def _merging(server: GenerationContext, p: Processing, *_: object, hires: bool = False) -> Any:
    ratio = p.token_merging_ratio(server.options, hires=hires)
    return None if ratio == 0 else ratio


def _low_bits(server: GenerationContext, *_: object) -> Any:
    """Forge's option for the type of the weights, where one was chosen."""
    chosen = server.options["forge_unet_storage_dtype"]
    return None if chosen in {False, "Automatic"} else chosen


def _strength(server: GenerationContext, p: Processing, *_: object) -> Any:
    if server.rules.denoising_from == "field":
        return p.denoising_strength
    return p.extra_generation_params.get("Denoising strength")


#: Keys whose value is a field of the generation.
_FIELDS = {
    "Steps": "steps",
    "Sampler": "sampler_name",
    "Schedule type": "scheduler",
    "CFG scale": "cfg_scale",
    "Image CFG scale": "image_cfg_scale",
    "Init image hash": "init_img_hash",
}
#: Keys whose value is a field that an option wants: the option, and the field.
_WANTED = {
    "Model hash": ("add_model_hash_to_info", "sd_model_hash"),
    "Model": ("add_model_name_to_info", "sd_model_name"),
    "VAE hash": ("add_vae_hash_to_info", "sd_vae_hash"),
    "VAE": ("add_vae_name_to_info", "sd_vae_name"),
}
#: Keys that nothing here ever gives a value.
_EMPTY = frozenset({"FP8 weight", "Cache FP16 weight for LoRA", "User"})
#: How each other key gets its value; None leaves it out.
_VALUES: dict[str, Callable[[GenerationContext, Processing, Subject], Any]] = {
    "Seed": lambda _, __, subject: subject.seed,
    "Face restoration": lambda server, p, _: (
        server.options["face_restoration_model"] if p.restore_faces else None
    ),
    "Size": lambda _, p, __: f"{p.width}x{p.height}",
    "Batch size": lambda _, p, __: p.batch_size if p.batch_size > 1 else None,
    "Batch pos": lambda _, p, subject: subject.index if p.batch_size > 1 else None,
    "Variation seed": lambda _, p, s: None if p.subseed_strength == 0 else s.subseed,
    "Variation seed strength": lambda _, p, __: (
        None if p.subseed_strength == 0 else p.subseed_strength
    ),
    "Seed resize from": _seed_resize,
    "Denoising strength": _strength,
    "Conditional mask weight": lambda server, p, _: (
        server.options["inpainting_mask_weight"] if p.mask_conditioned else None
    ),
    "Clip skip": _clip_skip,
    "Eta": lambda _, p, __: p.sampler.shown_eta if p.sampler else None,
    "ENSD": _ensd,
    "Token merging ratio": _merging,
    "Token merging ratio hr": lambda server, p, _: (
        _merging(server, p, hires=True) if p.enable_hr else None
    ),
    "RNG": lambda server, _, __: (
        None if server.options["randn_source"] == "GPU" else server.options["randn_source"]
    ),
    "NGMS": lambda _, p, __: None if p.s_min_uncond == 0 else p.s_min_uncond,
    "Diffusion in Low Bits": _low_bits,
    "Tiling": lambda _, p, __: "True" if p.tiling else None,
    "Version": lambda server, _, __: (
        server.version if server.options["add_version_to_infotext"] else None
    ),
}


def _values(
    server: GenerationContext, p: Processing, subject: Subject, keys: Iterable[str]
) -> dict[str, Any]:
    """The values of some keys, in their order."""
    found: dict[str, Any] = {}
    for key in keys:
        if key in _FIELDS:
            found[key] = getattr(p, _FIELDS[key])
        elif key in _WANTED:
            option, name = _WANTED[key]
            found[key] = getattr(p, name) if server.options[option] else None
        else:
            found[key] = None if key in _EMPTY else _VALUES[key](server, p, subject)
    return found


def _resolved(p: Processing, value: Any, subject: Subject) -> Any:
    """An extra parameter as it is for one picture."""
    if isinstance(value, list):
        return value[subject.index] if subject.index < len(value) else None
    if isinstance(value, PerPicture):
        prompt = subject.negative_prompt if value.negative else subject.prompt
        hires = p.all_hr_negative_prompts if value.negative else p.all_hr_prompts
        return value.of(p, subject.index, prompt) if subject.index < len(hires) else None
    return value


def check(server: GenerationContext, p: Processing) -> None:
    """What building an infotext fails on; the webui builds one before it samples.

    Args:
        server: its options.
        p: the generation.

    Raises:
        ServerError: values that cannot be compared.
    """
    try:
        _clip_skip(server)
        _seed_resize(server, p)
    except OPERATIONS as error:
        raise server_error(error) from error


def _parameters(server: GenerationContext, p: Processing, subject: Subject) -> dict[str, Any]:
    rules = server.rules
    try:
        found = _values(server, p, subject, rules.infotext_keys)
        for key, value in p.extra_generation_params.items():
            found[key] = _resolved(p, value, subject)
        found |= _values(server, p, subject, rules.infotext_tail)
        modules = server.options[MODULES_OPTION] if rules.modules else None
        if isinstance(modules, list):
            found |= numbered("Module", modules)
    except OPERATIONS as error:
        raise server_error(error) from error
    return found if rules.hires_word == HIRES else spelled(found, HIRES, rules.hires_word)


def numbered(title: str, modules: list[Any]) -> dict[str, str]:
    """Modules as infotexts show them: ``Module 1`` and the file's name without its suffix.

    Args:
        title: key without its number.
        modules: paths of files.
    """
    return {f"{title} {n}": PurePosixPath(m).stem for n, m in enumerate(modules, 1)}


def build(server: GenerationContext, p: Processing, subject: Subject) -> str:
    """The infotext of `subject`.

    Args:
        server: its options say what is left out.
        p: the generation.
        subject: the picture.

    Raises:
        ServerError: values that cannot be compared or written.
    """
    line = parameter_line(_parameters(server, p, subject))
    hidden = server.rules.infotext_hides_unguided and p.cfg_scale <= 1
    shown = subject.negative_prompt and not hidden
    negative = f"\nNegative prompt: {subject.negative_prompt}" if shown else ""
    return f"{subject.prompt}{negative}\n{line}".strip()
