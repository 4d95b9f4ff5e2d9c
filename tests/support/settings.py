"""Values that people give to the options of a webui, one after the other and at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random


#: Other values of options that take no any value, as the page of settings offers them.
CHOICES: dict[str, tuple[Any, ...]] = {
    "samples_format": ("jpg", "webp", "jpeg"),
    "grid_format": ("jpg",),
    "grid_text_active_color": ("#ff0000",),
    "grid_text_inactive_color": ("#00ff00",),
    "grid_background_color": ("#000000",),
    "img2img_background_color": ("#202020",),
    "emphasis": ("None", "Ignore", "No norm"),
    "randn_source": ("CPU", "NV"),
    "hires_fix_refiner_pass": ("first pass", "both passes"),
    "sd_vae": ("None", "tiny-vae.safetensors"),
    "sd_vae_encode_method": ("TAESD",),
    "sd_vae_decode_method": ("Approx NN", "Approx cheap", "TAESD"),
    "sd_unet": ("None",),
    "fp8_storage": ("Enable",),
    "show_progress_type": ("Full", "Approx cheap", "TAESD"),
    "live_preview_content": ("Combined", "Negative prompt"),
    "live_previews_image_format": ("jpeg", "webp", "auto"),
    "sd_noise_schedule": ("Zero Terminal SNR",),
    "infotext_styles": ("Ignore", "Apply", "Discard"),
    "infotext_skip_pasting": (["Seed", "Prompt"], ["Sampler", "Size-1"]),
    "postprocessing_disable_in_extras": (["Upscale"], ["GFPGAN", "CodeFormer"]),
    "postprocessing_operation_order": (["GFPGAN"],),
    "disabled_extensions": (["Lora"],),
    "disable_all_extensions": ("extra", "all"),
    "sd_lora": ("tiny-lora",),
    "sd_hypernetwork": ("tiny-hyper",),
    "uni_pc_variant": ("bh2",),
    "uni_pc_skip_type": ("logSNR",),
    "ddim_discretize": ("quad",),
    "upscaler_for_img2img": ("Lanczos", "None"),
    "face_restoration_model": ("GFPGAN",),
    "sd_model_checkpoint": ("tiny-b", "sub/tiny c.ckpt"),
    "CLIP_stop_at_last_layers": (2, 12),
    "eta_noise_seed_delta": (31337,),
    "show_progress_every_n_steps": (-1, 0, 1),
    "n_rows": (0, 3),
    "initial_noise_multiplier": (0.5, 1.5),
    "img2img_extra_noise": (0.5,),
    "s_min_uncond": (1.0, 4.0),
    "skip_early_cond": (0.3, 0.9),
    "token_merging_ratio": (0.5,),
    "token_merging_ratio_img2img": (0.5,),
    "token_merging_ratio_hr": (0.5,),
    "inpainting_mask_weight": (0.0, 0.5),
    "eta_ddim": (0.5, 1.0),
    "eta_ancestral": (0.0, 0.5),
    "s_churn": (10.0,),
    "s_tmin": (5.0,),
    "s_tmax": (5.0,),
    "s_noise": (0.9, 1.1),
    "sigma_min": (0.5,),
    "sigma_max": (5.0,),
    "rho": (3.0,),
    "uni_pc_order": (1, 5),
    "beta_dist_alpha": (1.0,),
    "beta_dist_beta": (1.0,),
    "extra_networks_default_multiplier": (0.5,),
    "jpeg_quality": (1, 100),
    "img_max_size_mp": (1,),
    "lora_preferred_name": ("Filename",),
    "hide_samplers": (["Euler", "Euler a"],),
    "cross_attention_optimization": ("None",),
    "sd_checkpoint_hash": (),
    "restore_config_state_file": (),
}
#: Values of these are names of the recorded v1.10.1's own files.
_NAMES = ("sd_model_checkpoint", "sd_vae", "sd_lora", "sd_hypernetwork")
_ITS_MODEL = "tiny-a"
#: No options, but text on the page of settings.
_TEXT = "_explanation"
_ON_THE_PAGE = "settings_in_ui"


def values_of(name: str, current: Any) -> tuple[Any, ...]:
    """Other values of an option; none for what is no option.

    Args:
        name: of the option.
        current: its value.
    """
    if name in CHOICES:
        return CHOICES[name]
    if name.endswith(_TEXT) or name == _ON_THE_PAGE:
        return ()
    if isinstance(current, bool):
        return (not current,)
    if isinstance(current, int | float):
        return (current * 2 + 1,)
    if isinstance(current, list):
        return ([],) if current else (["conformance"],)
    return ("conformance",) if isinstance(current, str) else ()


def each_option(options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every other value of every option, one at a time.

    Args:
        options: name -> value, as the server has them.
    """
    for name, values in _others(options).items():
        yield from ({name: value} for value in values)


def some_options(options: Mapping[str, Any], dice: Random, count: int) -> dict[str, Any]:
    """Other values of some options together.

    Args:
        options: name -> value, as the server has them.
        dice: chooses.
        count: how many options are changed.
    """
    values = _others(options)
    return {name: dice.choice(values[name]) for name in dice.sample(list(values), count)}


def _others(options: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Other values by the name of the option, of those that have any here."""
    ours = _ITS_MODEL in str(options.get("sd_model_checkpoint"))
    found = {name: values_of(name, current) for name, current in options.items()}
    return {n: values for n, values in found.items() if values and (ours or n not in _NAMES)}
