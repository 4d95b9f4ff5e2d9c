"""Fields of payloads that forks and other programs add to the webui's, each by its kinds of server.

SD.Next's are those of its documents of March 2025 and July 2026; KoboldCpp and sd.cpp have no
document, and are taken at what they read.
"""

from __future__ import annotations

from typing import Any, TypedDict

from conformance.client.image import PictureSource  # noqa: TC001 - get_type_hints reads it


class HiresCfgField(TypedDict, total=False):
    """What reForge adds, to txt2img alone."""

    hr_cfg: float | None


class ForgeFields(TypedDict, total=False):
    """What Forge and those that grew out of it add."""

    distilled_cfg_scale: float | None
    hr_distilled_cfg: float | None


class ForgeTxt2ImgFields(ForgeFields, HiresCfgField, total=False):
    """What they add to txt2img."""

    hr_additional_modules: list[str] | None


class KoboldFields(TypedDict, total=False):
    """What KoboldCpp adds; both routes share it."""

    adapter: dict[str, Any]
    circular_x: int
    circular_y: int
    clip_skip: int
    distilled_guidance: float | None
    extra_images: list[PictureSource]
    flow_shift: float | None
    frames: int
    lora: list[Any]
    remove_limits: int
    send_as_refimg: int
    shifted_timestep: int | None
    video_output_type: int


class KoboldTxt2ImgFields(KoboldFields, total=False):
    """What it adds to txt2img."""

    init_images: list[PictureSource]
    inpainting_mask_invert: bool
    mask: PictureSource


class KoboldImg2ImgFields(KoboldFields, total=False):
    """What it adds to img2img."""

    enable_hr: bool


class SdcppFields(TypedDict, total=False):
    """What stable-diffusion.cpp adds."""

    clip_skip: int
    lora: list[dict[str, Any]]


class SdcppTxt2ImgFields(SdcppFields, total=False):
    """What it adds to txt2img."""

    hr_steps: int


class SdnextFields(TypedDict, total=False):
    """What SD.Next adds to both routes."""

    cfg_adaptive: float | None
    cfg_end: float | None
    cfg_image: float | None
    cfg_rescale: float | None
    cfg_true: float | None
    clip_skip: int | None
    color_correction_method: str | None
    control_units: list[Any] | None
    detailer_augment: bool | None
    detailer_blur: int | None
    detailer_classes: str | None
    detailer_conf: float | None
    detailer_enabled: bool | None
    detailer_include_detections: bool | None
    detailer_iou: float | None
    detailer_max: int | None
    detailer_max_size: float | None
    detailer_merge: bool | None
    detailer_min_size: float | None
    detailer_models: list[Any] | None
    detailer_negative: str | None
    detailer_padding: int | None
    detailer_prompt: str | None
    detailer_resolution: int | None
    detailer_segmentation: bool | None
    detailer_sigma_adjust: float | None
    detailer_sigma_adjust_max: float | None
    detailer_sort: bool | None
    detailer_steps: int | None
    detailer_strength: float | None
    diffusers_generator_device: str | None
    diffusers_guidance_rescale: float | None
    diffusers_zeros_prompt_pad: bool | None
    do_not_reload_embeddings: bool | None
    enable_batch_seeds: bool | None
    enhance_prompt: bool | None
    eta_noise_seed_delta: int | None
    extra: dict[str, Any] | None
    extra_networks_default_multiplier: float | None
    freeu_b1: float | None
    freeu_b2: float | None
    freeu_enabled: bool | None
    freeu_s1: float | None
    freeu_s2: float | None
    grading_brightness: float | None
    grading_clahe_clip: float | None
    grading_clahe_grid: int | None
    grading_color_temp: float | None
    grading_contrast: float | None
    grading_gamma: float | None
    grading_grain: float | None
    grading_highlights: float | None
    grading_highlights_tint: str | None
    grading_hue: float | None
    grading_lut_file: str | None
    grading_lut_strength: float | None
    grading_midtones: float | None
    grading_saturation: float | None
    grading_shadows: float | None
    grading_shadows_tint: str | None
    grading_sharpness: float | None
    grading_split_tone_balance: float | None
    grading_vignette: float | None
    grid_format: str | None
    grid_save: bool | None
    guidance_name: str | None
    guidance_rescale: float | None
    guidance_scale: float | None
    guidance_start: float | None
    guidance_stop: float | None
    hdr_apply_hires: bool | None
    hdr_boundary: float | None
    hdr_brightness: float | None
    hdr_clamp: bool | None
    hdr_color: float | None
    hdr_color_picker: str | None
    hdr_max_boundary: float | None
    hdr_max_boundry: float | None
    hdr_max_center: float | None
    hdr_maximize: bool | None
    hdr_mode: int | None
    hdr_sharpen: float | None
    hdr_threshold: float | None
    hdr_tint_ratio: float | None
    height_after: int | None
    height_before: int | None
    height_mask: int | None
    hidiffusion: bool | None
    hr_denoising_strength: float | None
    hr_force: bool | None
    hr_refiner_start: float | None
    hr_resize_context: str | None
    hr_resize_mode: int | None
    hypertile_hires_only: bool | None
    hypertile_unet_depth: int | None
    hypertile_unet_enabled: bool | None
    hypertile_unet_min_tile: int | None
    hypertile_unet_swap_size: int | None
    hypertile_unet_tile: int | None
    hypertile_vae_enabled: bool | None
    hypertile_vae_swap_size: int | None
    hypertile_vae_tile: int | None
    image_metadata: bool | None
    img2img_background_color: str | None
    img2img_color_correction: bool | None
    img2img_fix_steps: bool | None
    include_mask: bool | None
    init_control: list[Any] | None
    inpainting_mask_weight: float | None
    ip_adapter: list[Any] | None
    jpeg_quality: int | None
    keep_incomplete: bool | None
    lora_apply_tags: int | None
    lora_apply_te: bool | None
    lora_force_reload: bool | None
    lora_fuse_diffusers: bool | None
    lora_fuse_native: bool | None
    mask_apply_overlay: bool | None
    mask_for_overlay: Any
    nan_skip: bool | None
    network_data: dict[str, Any] | None
    overlay_images: Any
    pag_adaptive: float | None
    pag_scale: float | None
    paste_to: Any
    prompt_attention: str | None
    prompt_mean_norm: bool | None
    refiner_negative: str | None
    refiner_prompt: str | None
    refiner_start: float | None
    refiner_steps: int | None
    resize_context: str | None
    resize_context_after: str | None
    resize_context_before: str | None
    resize_context_mask: str | None
    resize_mode_after: int | None
    resize_mode_before: int | None
    resize_mode_mask: int | None
    resize_name: str | None
    resize_name_after: str | None
    resize_name_before: str | None
    resize_name_mask: str | None
    return_grid: bool | None
    samples_format: str | None
    samples_save: bool | None
    save_images_before_color_correction: bool | None
    save_images_before_detailer: bool | None
    save_images_before_highres_fix: bool | None
    save_images_before_refiner: bool | None
    scale_by: float | None
    scale_by_after: float | None
    scale_by_before: float | None
    scale_by_mask: float | None
    scheduler_eta: float | None
    schedulers_base_shift: float | None
    schedulers_beta_end: float | None
    schedulers_beta_schedule: str | None
    schedulers_beta_start: float | None
    schedulers_dynamic_shift: bool | None
    schedulers_max_shift: float | None
    schedulers_prediction_type: str | None
    schedulers_rescale_betas: bool | None
    schedulers_shift: float | None
    schedulers_sigma: str | None
    schedulers_sigma_adjust: float | None
    schedulers_sigma_adjust_max: float | None
    schedulers_sigma_adjust_min: float | None
    schedulers_solver_order: int | None
    schedulers_timestep_spacing: str | None
    schedulers_timesteps: str | None
    schedulers_timesteps_range: int | None
    schedulers_use_loworder: bool | None
    schedulers_use_thresholding: bool | None
    sd_model_checkpoint: str | None
    selected_scale_tab: int | None
    selected_scale_tab_after: int | None
    selected_scale_tab_before: int | None
    selected_scale_tab_mask: int | None
    sequential_seed: bool | None
    skip_processing: bool | None
    te_complex_human_instruction: str | None
    te_pooled_embeds: bool | None
    te_use_mask: bool | None
    teacache_enabled: bool | None
    teacache_thresh: float | None
    todo_ratio: float | None
    token_merging_method: str | None
    tome_ratio: float | None
    uni_pc_variant: str | None
    vae_type: str | None
    width_after: int | None
    width_before: int | None
    width_mask: int | None
    xyz: bool | None


class SdnextTxt2ImgFields(SdnextFields, total=False):
    """What it adds to txt2img."""

    face: dict[str, Any] | None
    image_cfg_scale: float | None
    init_images: list[PictureSource] | None
    initial_noise_multiplier: float | None
    inpaint_full_res: bool | None
    inpaint_full_res_padding: int | None
    inpainting_fill: int | None
    inpainting_mask_invert: int | None
    latent_mask: Any
    mask: PictureSource | None
    mask_blur: int | None
    resize_mode: int | None


class SdnextImg2ImgFields(SdnextFields, total=False):
    """What it adds to img2img."""

    enable_hr: bool | None
    face_id: dict[str, Any] | None
    firstphase_height: int | None
    firstphase_width: int | None
    hr_resize_x: int | None
    hr_resize_y: int | None
    hr_sampler_name: str | None
    hr_scale: float | None
    hr_second_pass_steps: int | None
    hr_upscaler: str | None


#: Route -> family of servers -> the fields it adds.
FORK_TABLES: dict[str, dict[str, type]] = {
    "txt2img": {
        "forge": ForgeTxt2ImgFields,
        "reforge": HiresCfgField,
        "sdnext": SdnextTxt2ImgFields,
        "kobold": KoboldTxt2ImgFields,
        "sdcpp": SdcppTxt2ImgFields,
    },
    "img2img": {
        "forge": ForgeFields,
        "sdnext": SdnextImg2ImgFields,
        "kobold": KoboldImg2ImgFields,
        "sdcpp": SdcppFields,
    },
}
#: Family -> the program's name as people write it.
PROGRAMS = {
    "a1111": "the webui",
    "forge": "Forge",
    "reforge": "reForge",
    "sdnext": "SD.Next",
    "kobold": "KoboldCpp",
    "sdcpp": "stable-diffusion.cpp",
    "xinference": "Xinference",
}
_ALSO = {"koboldcpp": "kobold", "ersatzforge": "forge"}


def family_of(name: str) -> str:
    """The family that a profile's name means: ``forge`` for ``forge-neo``.

    Args:
        name: of a family, or of a profile of the mock.

    Raises:
        ValueError: there is none of that name.
    """
    first = name.strip().lower().partition("-")[0]
    family = _ALSO.get(first, first)
    if family not in PROGRAMS:
        raise ValueError(f"{name!r} is no family of servers; there are {', '.join(PROGRAMS)}")
    return family
