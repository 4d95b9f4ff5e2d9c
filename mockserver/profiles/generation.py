"""How generation and reading pictures differ between versions."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Keys of ``info`` in v1.10.1, in order. Recorded: every 200 of txt2img and img2img.
INFO_KEYS = (
    "prompt",
    "all_prompts",
    "negative_prompt",
    "all_negative_prompts",
    "seed",
    "all_seeds",
    "subseed",
    "all_subseeds",
    "subseed_strength",
    "width",
    "height",
    "sampler_name",
    "cfg_scale",
    "steps",
    "batch_size",
    "restore_faces",
    "face_restoration_model",
    "sd_model_name",
    "sd_model_hash",
    "sd_vae_name",
    "sd_vae_hash",
    "seed_resize_from_w",
    "seed_resize_from_h",
    "denoising_strength",
    "extra_generation_params",
    "index_of_first_image",
    "infotexts",
    "styles",
    "job_timestamp",
    "clip_skip",
    "is_using_inpainting_conditioning",
    "version",
)
#: Keys of an infotext in v1.10.1, in order; the extra parameters come between the last two
#: and those before them.
INFOTEXT_KEYS = (
    "Steps",
    "Sampler",
    "Schedule type",
    "CFG scale",
    "Image CFG scale",
    "Seed",
    "Face restoration",
    "Size",
    "Model hash",
    "Model",
    "FP8 weight",
    "Cache FP16 weight for LoRA",
    "VAE hash",
    "VAE",
    "Variation seed",
    "Variation seed strength",
    "Seed resize from",
    "Denoising strength",
    "Conditional mask weight",
    "Clip skip",
    "ENSD",
    "Token merging ratio",
    "Token merging ratio hr",
    "Init image hash",
    "RNG",
    "Tiling",
)
INFOTEXT_TAIL = ("Version", "User")
#: Keys of an infotext that name options, in the order in which v1.10.1 goes through them.
#: Source: ``infotext=`` in modules/shared_options.py; Options.reorder sorts them by category
#: and title of the section.
INFOTEXT_OPTIONS = (
    ("Old prompt editing timelines", "use_old_scheduling"),
    ("Downcast alphas_cumprod", "use_downcasted_alpha_bar"),
    ("Refiner switch by sampling steps", "refiner_switch_by_sample_steps"),
    ("NGMS", "s_min_uncond"),
    ("NGMS all steps", "s_min_uncond_all"),
    ("Token merging ratio", "token_merging_ratio"),
    ("Token merging ratio hr", "token_merging_ratio_hr"),
    ("Pad conds", "pad_cond_uncond"),
    ("Pad conds v0", "pad_cond_uncond_v0"),
    ("Eta DDIM", "eta_ddim"),
    ("Eta", "eta_ancestral"),
    ("Sigma churn", "s_churn"),
    ("Sigma tmin", "s_tmin"),
    ("Sigma tmax", "s_tmax"),
    ("Sigma noise", "s_noise"),
    ("Schedule min sigma", "sigma_min"),
    ("Schedule max sigma", "sigma_max"),
    ("Schedule rho", "rho"),
    ("ENSD", "eta_noise_seed_delta"),
    ("Discard penultimate sigma", "always_discard_next_to_last_sigma"),
    ("SGM noise multiplier", "sgm_noise_multiplier"),
    ("UniPC variant", "uni_pc_variant"),
    ("UniPC skip type", "uni_pc_skip_type"),
    ("UniPC order", "uni_pc_order"),
    ("UniPC lower order final", "uni_pc_lower_order_final"),
    ("Noise Schedule", "sd_noise_schedule"),
    ("Skip Early CFG", "skip_early_cond"),
    ("Beta scheduler alpha", "beta_dist_alpha"),
    ("Beta scheduler beta", "beta_dist_beta"),
    ("Model hash", "sd_model_checkpoint"),
    ("Emphasis", "emphasis"),
    ("Clip skip", "CLIP_stop_at_last_layers"),
    ("RNG", "randn_source"),
    ("Tiling", "tiling"),
    ("Hires refiner", "hires_fix_refiner_pass"),
    ("VAE", "sd_vae"),
    ("VAE Encoder", "sd_vae_encode_method"),
    ("VAE Decoder", "sd_vae_decode_method"),
    ("Conditional mask weight", "inpainting_mask_weight"),
    ("Noise multiplier", "initial_noise_multiplier"),
    ("Extra noise", "img2img_extra_noise"),
    ("Face restoration", "face_restoration"),
    ("Hypertile U-Net", "hypertile_enable_unet"),
    ("Hypertile U-Net second pass", "hypertile_enable_unet_secondpass"),
    ("Hypertile U-Net max depth", "hypertile_max_depth_unet"),
    ("Hypertile U-Net max tile size", "hypertile_max_tile_unet"),
    ("Hypertile U-Net swap size", "hypertile_swap_size_unet"),
    ("Hypertile VAE", "hypertile_enable_vae"),
    ("Hypertile VAE max depth", "hypertile_max_depth_vae"),
    ("Hypertile VAE max tile size", "hypertile_max_tile_vae"),
    ("Hypertile VAE swap size", "hypertile_swap_size_vae"),
)


@dataclass(frozen=True)
class GenerationRules:
    """Rules of txt2img and img2img.

    Attributes:
        info_keys: keys of ``info``, in order.
        infotext_keys: keys of an infotext before the extra parameters, in order.
        infotext_tail: keys after them.
        infotext_options: keys of an infotext and the options that they set when a request
            gives an ``infotext``.
        null_means_option: whether restore_faces and tiling of null mean what the options
            say.
        infotext_model: which model an infotext names: ``name``, the file of the model that a
            job began with, or ``path`` below the models' folder, of the model that is loaded.
        side_multiple: number of pixels of which the sides of pictures must be multiples; others
            fail in the model.
        hires: ``second``: width and height are those of the first pass, and the second enlarges
            it; ``first``: they are the final ones, and firstphase_* those of the first pass.
        accepts_null_negative_prompt: whether a negative prompt of null is an empty one, and
            not an error.
        infotext_has_negative_seed_resize: whether an infotext shows a seed resize below zero,
            as the field's own default is.
        second_order_multiplies_steps: whether a sampler's second order is a factor of the
            steps, which decides the error of steps of null.
        unlisted_latent_modes: latent upscale modes of a server that has no list of them.
        unlisted_scripts: always-on scripts that no list shows.
        missing_arguments: arguments of scripts that the version's own do not have yet.
        added_arguments: arguments that the version's scripts have more, by the name of the one
            that they follow.
        s_min_uncond_read: when the option s_min_uncond is read: ``late``, with the overrides,
            or ``early``, before them.
        guidance: what is done first with cfg_scale, which decides the error of null:
            ``scale first`` multiplies it with a prompt's weight, ``weight first`` the weight
            with it, ``compared`` compares it with 1, as the forks do, which let NaN and
            infinities pass.
        checks_infotext_before_prompts: whether what an infotext needs is checked before
            prompts are encoded.
        denoising_from: where infotexts take the denoising strength from: ``params``, the
            extra parameters, where img2img and hires fix put it, or ``field``, whatever it is.
        infotext_has_mask: whether the extra parameters name a mask.
        infotext_has_schedule: whether the extra parameters name the schedule in use.
            Before 1.9 it belongs to the sampler, and only the option k_sched_type is shown.
        infotext_hires_prompts: ``each`` picture has the hires prompt that differs from
            its own, or the ``job`` has a hires prompt that differs from the request's.
        scripts_repeat_infotext: whether a script that gives one infotext for all gives it
            for each.
        hires_params: parameters that the second pass adds behind its prompts, and the fields
            that they show.
        infotext_has_skipped_steps: whether an infotext says that steps were made without negative
            guidance.
        one_point: whether a latent of one point is put together with the model's conditioning,
            which has nine channels then.
        modules: whether modules of the model are chosen by an option and, for the second pass, by
            the request, and shown by infotexts (Forge).
        whole_clip_skip: whether the option for clip skip is made an integer.
        unguided_unread: whether a negative prompt is not read where cfg_scale is 1.
        styles_untyped: whether a request's ``infotext`` fails at the list of styles, unless the
            request gives one.
        override_shared: whether the answer's parameters lose an unknown checkpoint too.
        strip_prompts: whether prompts lose the blanks around them, once styles are on them.
        hires_modules_needed: whether a second pass trips where the request names no modules.
        hires_word: how the keys of an infotext that begin with "Hires" are spelled.
        infotext_hides_unguided: whether infotexts leave a negative prompt out where cfg_scale, or
            hr_cfg for the second pass's, is at most 1.
        tiling_acts: whether tiling changes a picture, and not its infotext alone.
        comments: how a prompt's comments are cut out: ``hash``, ``#`` to the end of the line, or
            ``slashes``, ``//`` and ``/* */`` too.
    """

    info_keys: tuple[str, ...] = INFO_KEYS
    infotext_keys: tuple[str, ...] = INFOTEXT_KEYS
    infotext_tail: tuple[str, ...] = INFOTEXT_TAIL
    infotext_options: tuple[tuple[str, str], ...] = INFOTEXT_OPTIONS
    null_means_option: bool = True
    infotext_model: str = "name"
    side_multiple: int = 1
    hires: str = "second"
    accepts_null_negative_prompt: bool = False
    infotext_has_negative_seed_resize: bool = False
    second_order_multiplies_steps: bool = False
    unlisted_latent_modes: tuple[str, ...] = ()
    unlisted_scripts: tuple[str, ...] = ("comments",)
    missing_arguments: tuple[str, ...] = ()
    added_arguments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    s_min_uncond_read: str = "late"
    guidance: str = "scale first"
    checks_infotext_before_prompts: bool = False
    denoising_from: str = "params"
    infotext_has_mask: bool = True
    infotext_has_schedule: bool = True
    infotext_hires_prompts: str = "each"
    scripts_repeat_infotext: bool = True
    hires_params: tuple[tuple[str, str], ...] = ()
    infotext_has_skipped_steps: bool = True
    one_point: bool = False
    modules: bool = False
    whole_clip_skip: bool = False
    unguided_unread: bool = False
    styles_untyped: bool = False
    override_shared: bool = False
    strip_prompts: bool = False
    hires_modules_needed: bool = True
    hires_word: str = "Hires"
    infotext_hides_unguided: bool = False
    tiling_acts: bool = True
    comments: str = "hash"


@dataclass(frozen=True)
class PngInfoRules:
    """How png-info answers.

    Attributes:
        parsing: first version whose grammar of infotexts holds (``1.7``, ``1.9``); "" where
            infotexts are not parsed and the answer has no ``parameters``.
        exif_comment_item: whether an EXIF comment is among the items too (before 1.10).
        technical_items: whether items that only say how the file is made are left out of files
            with EXIF alone.
        items: whether the answer has ``items``; else it is the text alone.
        modules: whether what was parsed shows VAE and text encoders as Forge's modules.
        novelai_indent: whether the lines of a NovelAI picture's text are indented, but for the
            first.
        text_comment: whether a PNG's text named comment is read (since 1.10) or is an error.
    """

    parsing: str = "1.9"
    exif_comment_item: bool = False
    text_comment: bool = True
    technical_items: bool = False
    items: bool = True
    modules: bool = False
    novelai_indent: bool = False
