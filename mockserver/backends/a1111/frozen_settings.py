"""Settings that whoever started the server does not let anybody change.

Source: modules/options.py ``Options.__setattr__`` and ``save``, modules/shared_options.py, at
v1.10.1; the two sentences of --freeze-settings were seen on a live server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.core.config import Config


#: Sections of the settings page: key, title, and the first option of each in GET's order.
_SECTIONS = (
    ("saving-images", "Saving images/grids", "samples_save"),
    ("saving-paths", "Paths for saving", "outdir_samples"),
    ("saving-to-dirs", "Saving to a directory", "save_to_dirs"),
    ("upscaling", "Upscaling", "ESRGAN_tile"),
    ("face-restoration", "Face restoration", "face_restoration"),
    ("system", "System", "auto_launch_browser"),
    ("profiler", "Profiler", "profiling_explanation"),
    ("API", "API", "api_enable_requests"),
    ("training", "Training", "unload_models_when_training"),
    ("sd", "Stable Diffusion", "sd_model_checkpoint"),
    ("sdxl", "Stable Diffusion XL", "sdxl_crop_top"),
    ("sd3", "Stable Diffusion 3", "sd3_enable_t5"),
    ("vae", "VAE", "sd_vae_explanation"),
    ("img2img", "img2img", "inpainting_mask_weight"),
    ("optimizations", "Optimizations", "cross_attention_optimization"),
    ("compatibility", "Compatibility", "auto_backcompat"),
    ("interrogate", "Interrogate", "interrogate_keep_models_in_memory"),
    ("extra_networks", "Extra Networks", "extra_networks_show_hidden_directories"),
    ("ui_prompt_editing", "Prompt editing", "keyedit_precision_attention"),
    ("ui_gallery", "Gallery", "return_grid"),
    ("ui_alternatives", "UI alternatives", "compact_prompt_box"),
    ("ui", "User interface", "localization"),
    ("infotext", "Infotext", "infotext_explanation"),
    ("ui", "Live previews", "show_progressbar"),
    ("sampler-params", "Sampler parameters", "hide_samplers"),
    ("postprocessing", "Postprocessing", "postprocessing_enable_in_main_ui"),
    ("", "Hidden options", "disabled_extensions"),
    ("extra_networks", "Extra Networks", "sd_lora"),
    ("canvas_hotkey", "Canvas Hotkeys", "canvas_hotkey_zoom"),
    ("settings_in_ui", "Settings in UI", "settings_in_ui"),
    ("sd", "Stable Diffusion", "enable_prompt_comments"),
    ("upscaling", "Upscaling", "ldsr_steps"),
    ("hypertile", "Hypertile", "hypertile_explanation"),
)


@dataclass(frozen=True)
class FrozenSettings:
    """Which settings cannot be changed.

    Attributes:
        all: none can (``--freeze-settings``), and nothing is saved.
        names: these cannot (``--freeze-specific-settings``).
        sections: key and title of the section, by the name of each option in a frozen one
            (``--freeze-settings-in-sections``).
    """

    all: bool = False
    names: frozenset[str] = frozenset()
    sections: Mapping[str, tuple[str, str]] | None = None

    @classmethod
    def of(
        cls, config: Config, flags: Mapping[str, object], options: Iterable[str]
    ) -> FrozenSettings:
        """What was frozen when the server was started.

        Args:
            config: how the mock was started.
            flags: the recorded cmd-flags, by which a recorded server is as frozen as it was.
            options: names of all options, in the order of GET options.
        """
        names = config.freeze_specific_settings or flags.get("freeze_specific_settings")
        keys = config.freeze_settings_in_sections or flags.get("freeze_settings_in_sections")
        frozen = frozenset(_parts(keys))
        return cls(
            config.freeze_settings or flags.get("freeze_settings") is True,
            frozenset(_parts(names)),
            {n: place for n, place in _sections(options) if place[0] in frozen} if frozen else {},
        )

    def check(self, name: str) -> None:
        """Refuse to change a setting.

        Args:
            name: the option.

        Raises:
            ServerError: AssertionError, for a frozen one.
        """
        if self.all:
            raise ServerError("AssertionError", "changing settings is disabled")
        place = (self.sections or {}).get(name)
        if place is not None:
            raise ServerError(
                "AssertionError",
                f"not possible to set '{name}' because settings in section '{place[1]}' "
                f"({place[0]}) are frozen with --freeze-settings-in-sections",
            )
        if name in self.names:
            raise ServerError(
                "AssertionError",
                f"not possible to set '{name}' because this setting is frozen with "
                "--freeze-specific-settings",
            )

    def check_saving(self) -> None:
        """Refuse to save.

        Raises:
            ServerError: AssertionError, where everything is frozen.
        """
        if self.all:
            raise ServerError("AssertionError", "saving settings is disabled")


def _parts(text: object) -> list[str]:
    return [part.strip() for part in text.split(",")] if isinstance(text, str) and text else []


def _sections(options: Iterable[str]) -> Iterable[tuple[str, tuple[str, str]]]:
    """Each option with key and title of its section."""
    begins = {first: (key, title) for key, title, first in _SECTIONS}
    place = ("", "")
    for name in options:
        place = begins.get(name, place)
        yield name, place
