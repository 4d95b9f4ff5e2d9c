"""Options that earlier servers lack, at the values that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What generation reads, with the value at which v1.10.1 does what servers did before they had it.
PLAIN: Mapping[str, Any] = {
    **dict.fromkeys(("s_churn", "s_tmin", "s_tmax", "sigma_min", "sigma_max", "rho"), 0),
    **dict.fromkeys(("s_min_uncond", "skip_early_cond", "img2img_extra_noise"), 0),
    **dict.fromkeys(("token_merging_ratio", "token_merging_ratio_hr"), 0),
    **dict.fromkeys(("token_merging_ratio_img2img", "eta_noise_seed_delta", "eta_ddim"), 0),
    **dict.fromkeys(("s_noise", "eta_ancestral", "initial_noise_multiplier"), 1.0),
    **dict.fromkeys(("beta_dist_alpha", "beta_dist_beta"), 0.6),
    **dict.fromkeys(("sd_lora", "sd_hypernetwork"), "None"),
    **dict.fromkeys(("sd_vae_encode_method", "sd_vae_decode_method"), "Full"),
    **dict.fromkeys(
        ("enable_prompt_comments", "overlay_inpaint", "live_previews_enable", "enable_pnginfo"),
        True,
    ),
    **dict.fromkeys(("add_model_hash_to_info", "return_grid", "grid_only_if_multiple"), True),
    "CLIP_stop_at_last_layers": 1,
    "emphasis": "Original",
    "extra_networks_default_multiplier": 1.0,
    "hires_fix_refiner_pass": "second pass",
    "img2img_background_color": "#ffffff",
    "img_max_size_mp": 200,
    "jpeg_quality": 80,
    "live_previews_image_format": "png",
    "n_rows": -1,
    "randn_source": "GPU",
    "samples_format": "png",
    "sd_noise_schedule": "Default",
    "show_progress_every_n_steps": 10,
    "show_progress_grid": True,
    "show_progress_type": "Approx NN",
    "uni_pc_order": 3,
    "grid_text_active_color": "#000000",
    "grid_text_inactive_color": "#999999",
    "grid_background_color": "#ffffff",
    "postprocessing_operation_order": (),
    "postprocessing_disable_in_extras": (),
    "infotext_styles": "Apply if any",
    "infotext_skip_pasting": (),
    "k_sched_type": "Automatic",
}
