"""The keys of ControlNet's units and of ADetailer's tabs, with the bounds of their values.

Source: internal_controlnet/args.py of sd-webui-controlnet 1.1.455 and 1.1.447, adetailer/args.py
of adetailer 25.3.0.
"""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from conformance.client.fields import FROM_ONE, FROM_ZERO, SHARE, Bounds

# The table of fields is made from these types when the module runs.
from conformance.client.image import PictureSource  # noqa: TC001 - as above

Share = Annotated[float, SHARE]
Natural = Annotated[int, FROM_ZERO]
Count = Annotated[int, FROM_ONE]


class ControlNetFields(TypedDict, total=False):
    """The keys of a ControlNet unit."""

    enabled: bool
    module: str
    model: str
    weight: Annotated[float, Bounds(0, 2)]
    image: PictureSource | dict[str, Any] | list[Any] | None
    input_image: PictureSource | dict[str, Any] | list[Any] | None
    mask: PictureSource | None
    mask_image: PictureSource | None
    resize_mode: str | int
    control_mode: str | int
    low_vram: bool
    lowvram: bool
    processor_res: int
    threshold_a: float
    threshold_b: float
    guidance_start: Share
    guidance_end: Share
    guidance: Share
    pixel_perfect: bool
    inpaint_crop_input_image: bool
    hr_option: str
    save_detected_map: bool
    advanced_weighting: list[float] | None
    effective_region_mask: PictureSource | None
    pulid_mode: str
    union_control_type: str
    ipadapter_input: list[Any] | None
    input_mode: str
    batch_images: Any
    output_dir: str
    loopback: bool
    is_ui: bool


class ADetailerFields(TypedDict, total=False):
    """The keys of a tab of ADetailer."""

    ad_model: str
    ad_model_classes: str
    ad_tab_enable: bool
    ad_prompt: str
    ad_negative_prompt: str
    ad_confidence: Share
    ad_mask_filter_method: str
    ad_mask_k: Natural
    ad_mask_min_ratio: Share
    ad_mask_max_ratio: Share
    ad_dilate_erode: int
    ad_x_offset: int
    ad_y_offset: int
    ad_mask_merge_invert: str
    ad_mask_blur: Natural
    ad_denoising_strength: Share
    ad_inpaint_only_masked: bool
    ad_inpaint_only_masked_padding: Natural
    ad_use_inpaint_width_height: bool
    ad_inpaint_width: Count
    ad_inpaint_height: Count
    ad_use_steps: bool
    ad_steps: Count
    ad_use_cfg_scale: bool
    ad_cfg_scale: Annotated[float, FROM_ZERO]
    ad_use_checkpoint: bool
    ad_checkpoint: str | None
    ad_use_vae: bool
    ad_vae: str | None
    ad_use_sampler: bool
    ad_sampler: str
    ad_scheduler: str
    ad_use_noise_multiplier: bool
    ad_noise_multiplier: Annotated[float, Bounds(0.5, 1.5)]
    ad_use_clip_skip: bool
    ad_clip_skip: Annotated[int, Bounds(1, 12)]
    ad_restore_face: bool
    ad_controlnet_model: str
    ad_controlnet_module: str
    ad_controlnet_weight: Share
    ad_controlnet_guidance_start: Share
    ad_controlnet_guidance_end: Share
    is_api: bool | None
