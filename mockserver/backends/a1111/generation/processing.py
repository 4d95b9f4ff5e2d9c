"""Processing: one generation in the making, with the webui's own field names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.backends.a1111.generation.samplers import Sampler
    from mockserver.backends.a1111.scripts.catalogue import ScriptArguments


#: Fields of a request that are not the generation's own.
NOT_PROCESSED = (
    "script_name",
    "script_args",
    "alwayson_scripts",
    "infotext",
    "send_images",
    "save_images",
    "include_init_images",
)


class Processing:
    """The values a generation works with; they change while it runs.

    Scripts copy it shallowly, as the webui does: copies share `override_settings` and
    `extra_generation_params` until somebody gives them their own.

    Args:
        tab: ``txt2img`` or ``img2img``.
        fields: the request's fields by name; dicts and lists must be the generation's own.
        scripts: what the request gives to scripts.

    Attributes:
        is_img2img: whether it starts from pictures.
        effects: what this run adds to the extra parameters that changes pixels too.
        script_memory: what scripts of extensions keep for the time of this generation.
        scripts_off: titles of scripts of extensions that leave it alone.
        script_effects: what a script changes in the pixels beyond the parameters.

    Source: modules/processing.py ``StableDiffusionProcessing`` and its two subclasses.
    """

    prompt: Any
    negative_prompt: Any
    styles: Any
    seed: Any
    subseed: Any
    subseed_strength: Any
    seed_resize_from_h: Any
    seed_resize_from_w: Any
    sampler_name: str
    scheduler: str | None = None
    batch_size: Any
    n_iter: Any
    steps: Any
    cfg_scale: Any
    width: Any
    height: Any
    restore_faces: Any = None
    tiling: Any
    do_not_save_samples: bool
    do_not_save_grid: bool
    eta: Any
    denoising_strength: Any = None
    s_min_uncond: Any = None
    override_settings: dict[str, Any]
    override_settings_restore_afterwards: Any = True
    refiner_checkpoint: Any = None
    refiner_switch_at: Any = None
    disable_extra_networks: Any = False
    enable_hr: Any = False
    firstphase_width: Any = 0
    firstphase_height: Any = 0
    hr_scale: Any = 2.0
    hr_upscaler: Any = None
    hr_second_pass_steps: Any = 0
    hr_resize_x: Any = 0
    hr_resize_y: Any = 0
    hr_checkpoint_name: Any = None
    hr_sampler_name: Any = None
    hr_scheduler: Any = None
    hr_prompt: Any = ""
    hr_negative_prompt: Any = ""
    hr_cfg: Any = 1.0
    hr_additional_modules: Any = None
    firstpass_image: Any = None
    init_images: Any = None
    resize_mode: Any = 0
    image_cfg_scale: Any = None
    mask_blur_x: Any = 4
    mask_blur_y: Any = 4
    mask_round: Any = True
    inpainting_fill: Any = 0
    inpaint_full_res: Any = True
    inpaint_full_res_padding: Any = 0
    inpainting_mask_invert: Any = 0
    initial_noise_multiplier: Any = None
    latent_mask: Any = None
    #: Prompts and seeds of the current iteration.
    prompts: list[Any]
    negative_prompts: list[Any]
    hr_prompts: list[Any]
    hr_negative_prompts: list[Any]
    seeds: list[int]
    subseeds: list[int]
    #: Seconds of a step, as the server's pace was when the current iteration began.
    step_time: float = 0.0
    infotext_has_mask: bool = True
    #: Size of the first pass, where width and height are those of the second.
    first_pass: tuple[Any, Any] = (0, 0)
    #: The mask as it was sent, decoded; scripts put their own here.
    image_mask: Any = None

    def __init__(
        self, tab: str, fields: Mapping[str, Any], scripts: ScriptArguments | None = None
    ) -> None:
        self.tab = tab
        self.is_img2img = tab == "img2img"
        self.scripts = scripts
        self.extra_generation_params: dict[str, Any] = {}
        self.effects: dict[str, Any] = {}
        self.all_prompts: list[Any] = []
        self.all_negative_prompts: list[Any] = []
        self.all_seeds: list[int] = []
        self.all_subseeds: list[int] = []
        self.all_hr_prompts: list[Any] = []
        self.all_hr_negative_prompts: list[Any] = []
        self.main_prompt: Any = None
        self.main_negative_prompt: Any = None
        self.iteration = 0
        self.sampler: ActiveSampler | None = None
        self.is_hr_pass = False
        self.hr_upscale_to: tuple[int, int] = (0, 0)
        self.hr_truncate: tuple[int, int] = (0, 0)
        self.hr_checkpoint: Any = None
        self.latent_scale_mode: str | None = None
        self.refiner: Any = None
        self.lora_hashes: dict[str, str] = {}
        self.hr_conds_ready = False
        self.firstpass_steps: Any = 0
        self.sd_model_name: str | None = None
        self.sd_model_hash: str | None = None
        self.sd_vae_name: str | None = None
        self.sd_vae_hash: str | None = None
        self.init_img_hash: str | None = None
        #: Rows and columns of the masked picture that an inpainting model is given; of another
        #: model one point, as the webui gives it nothing.
        self.conditioning: tuple[int, int] = (1, 1)
        self.mask_conditioned = False
        self.script_effects: dict[str, Any] = {}
        self.script_memory: dict[str, Any] = {}
        self.scripts_off: frozenset[str] = frozenset()
        known = dict(fields)
        blur = known.pop("mask_blur", None)
        self.__dict__.update(known)
        self.mask_blur = blur
        self.override_settings = self.override_settings or {}
        self.styles = [] if self.styles is None else self.styles
        if self.firstphase_width != 0 or self.firstphase_height != 0:
            self.hr_upscale_to = (self.width, self.height)
            self.width, self.height = self.firstphase_width, self.firstphase_height

    def note(self, label: str, value: Any) -> Any:
        """Add an extra parameter that changes pixels too; gives the value back.

        `effects` hold those of this run alone, where the parameters of earlier copies of the
        generation stay (X/Y/Z plot).

        Args:
            label: key of the infotext.
            value: any value; None leaves the key out.
        """
        self.extra_generation_params[label] = value
        self.effects[label] = value
        return value

    def note_mask(self, label: str, value: Any) -> None:
        """Add an extra parameter that says of the mask, where the version says of masks.

        Args:
            label: key of the infotext.
            value: any value.
        """
        if self.infotext_has_mask:
            self.extra_generation_params[label] = value

    def token_merging_ratio(self, options: Mapping[str, Any], *, hires: bool = False) -> Any:
        """The ratio of token merging that holds; 0 for none.

        An option for img2img or for the hires pass wins over the general one, except that in
        img2img an override of the general one wins over both.

        Args:
            options: the three options of token merging.
            hires: whether it is for the hires pass, default not.

        Source: modules/processing.py ``get_token_merging_ratio``.
        """
        general = options["token_merging_ratio"]
        if self.is_img2img:
            overridden = "token_merging_ratio" in self.override_settings and general
            return overridden or options["token_merging_ratio_img2img"] or general
        if hires:
            return options["token_merging_ratio_hr"] or general
        return general

    def __copy__(self) -> Processing:
        """A shallow copy with a memory of its own, as a script's marks on the webui's are."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, script_memory=dict(self.script_memory))
        return made

    @property
    def mask_blur(self) -> Any:
        """The blur in both directions; None where they differ."""
        return self.mask_blur_x if self.mask_blur_x == self.mask_blur_y else None

    @mask_blur.setter
    def mask_blur(self, value: Any) -> None:
        if isinstance(value, int):
            self.mask_blur_x = self.mask_blur_y = value


@dataclass
class ActiveSampler:
    """The sampler that samples now.

    Attributes:
        sampler: which it is.
        eta: set when sampling begins, None before.
        shown_eta: the same where it is not the default.
    """

    sampler: Sampler
    eta: Any = None
    shown_eta: Any = None
