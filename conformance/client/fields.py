"""The fields of requests, with their types and bounds.

One table for the type checker and for the checks at run time. A field may be None only where
the webui takes null (modules/api/models.py and modules/processing.py at v1.10.1, and the
recorded groups t2i-field and i2i). Lists of pictures take what ``encode_image`` takes.
"""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from conformance.client.bounds import FROM_ONE, FROM_ZERO, POSITIVE, SEED, SHARE, SIDE
from conformance.client.image import PictureSource  # noqa: TC001 - read at run time too

Side = Annotated[int, SIDE]
Seed = Annotated[int | None, SEED]
Count = Annotated[int, FROM_ONE]
Natural = Annotated[int, FROM_ZERO]
Share = Annotated[float, SHARE]
Factor = Annotated[float, POSITIVE]


class CommonFields(TypedDict, total=False):
    """What txt2img and img2img have in common."""

    prompt: str
    negative_prompt: str
    styles: list[str] | None
    seed: Seed
    subseed: Seed
    subseed_strength: float
    seed_resize_from_h: int
    seed_resize_from_w: int
    sampler_name: str | None
    scheduler: str | None
    batch_size: Count
    n_iter: Count
    steps: Count
    cfg_scale: float
    width: Side
    height: Side
    restore_faces: bool | None
    tiling: bool | None
    do_not_save_samples: bool
    do_not_save_grid: bool
    eta: float | None
    s_min_uncond: float | None
    s_churn: float | None
    s_tmax: float | None
    s_tmin: float | None
    s_noise: float | None
    override_settings: dict[str, Any] | None
    override_settings_restore_afterwards: bool
    refiner_checkpoint: str | None
    refiner_switch_at: float | None
    disable_extra_networks: bool
    firstpass_image: str | None
    comments: dict[str, Any] | None
    force_task_id: str | None
    sampler_index: str
    script_name: str | None
    script_args: list[Any]
    send_images: bool
    save_images: bool
    alwayson_scripts: dict[str, Any]
    infotext: str | None


class Txt2ImgFields(CommonFields, total=False):
    """The fields of txt2img."""

    denoising_strength: float | None
    enable_hr: bool
    firstphase_width: Natural
    firstphase_height: Natural
    hr_scale: Annotated[float, FROM_ZERO]
    hr_upscaler: str | None
    hr_second_pass_steps: Natural
    hr_resize_x: Natural
    hr_resize_y: Natural
    hr_checkpoint_name: str | None
    hr_sampler_name: str | None
    hr_scheduler: str | None
    hr_prompt: str
    hr_negative_prompt: str


class Img2ImgFields(CommonFields, total=False):
    """The fields of img2img."""

    init_images: list[PictureSource]
    denoising_strength: float
    resize_mode: int
    image_cfg_scale: float | None
    mask: PictureSource | None
    mask_blur_x: Natural
    mask_blur_y: Natural
    mask_blur: Annotated[int | None, FROM_ZERO]
    mask_round: bool
    inpainting_fill: int
    inpaint_full_res: bool
    inpaint_full_res_padding: Natural
    inpainting_mask_invert: int
    initial_noise_multiplier: float | None
    latent_mask: str | None
    include_init_images: bool


class ExtrasFields(TypedDict, total=False):
    """The fields of extra-single-image and extra-batch-images, beside the pictures."""

    resize_mode: Annotated[int, SHARE]
    show_extras_results: bool
    gfpgan_visibility: Share
    codeformer_visibility: Share
    codeformer_weight: Share
    upscaling_resize: Factor
    upscaling_resize_w: Count
    upscaling_resize_h: Count
    upscaling_crop: bool
    upscaler_1: str
    upscaler_2: str
    extras_upscaler_2_visibility: Share
    upscale_first: bool


TABLES = {
    "txt2img": Txt2ImgFields,
    "img2img": Img2ImgFields,
    "extra-single-image": ExtrasFields,
}
