"""What a server had stored when its options were recorded, and the file that it stores them in.

GET options does not say what is stored: a stored whole number is shown as a fraction (2 as 2.0),
an option that was never saved is shown at its default, as it is.

Source: modules/api/models.py ``OptionsModel`` (its type of an int is float) at v1.10.1; recorded:
options.json against options-fresh.json.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.options import MODEL_OPTION
from mockserver.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mockserver.profiles.profile import OptionRules
    from mockserver.pydantic_compat.models import Field, Model


def options_behind(model: Model, recorded: dict[str, Any], rules: OptionRules) -> dict[str, Any]:
    """What is stored on a server that answered so.

    Where a whole number is shown as it is, that option was never saved, and so was no other one
    that is shown at its default. A server that shows every one of them as a fraction saved all.

    Args:
        model: the model of the answer.
        recorded: the answer of GET options.
        rules: pseudo options are never stored; extensions store some in any case.
    """
    never_saved = {
        field.name
        for field in model.fields
        if _shown_as_fraction(field) and type(recorded.get(field.name)) is int
    }
    stored = saved_options(model, recorded, rules)
    if not never_saved:
        return stored
    kept = {MODEL_OPTION, "sd_checkpoint_hash", *rules.added_by_extensions}
    for field in model.fields:
        shown = recorded.get(field.name)
        certain = _shown_as_fraction(field) and type(shown) is float
        if field.name not in kept and not certain and shown == field.default:
            stored.pop(field.name, None)
    return stored


def _shown_as_fraction(field: Field) -> bool:
    """Whether an option's default says that a stored value of it is shown as a fraction."""
    return type(field.default) is int and field.default != 0


def saved_options(model: Model, recorded: dict[str, Any], rules: OptionRules) -> dict[str, Any]:
    """What is stored on a server whose options were all saved.

    Args:
        model: the model of the answer.
        recorded: an answer of that server; its coerced values say where it differs from
            the defaults.
        rules: pseudo options are never stored.
    """
    stored: dict[str, Any] = {}
    for field in model.fields:
        if field.name in rules.html or field.name not in recorded:
            continue
        shown = recorded[field.name]
        complaints: list[dict[str, Any]] = []
        coerced = field.fit(field.default, (), complaints)
        same = not complaints and coerced == shown
        stored[field.name] = field.fresh_default() if same else _as_stored(field, shown)
    return stored


def _as_stored(field: Field, shown: Any) -> Any:
    """A value as it was saved: whole, where its default is whole and nothing was cut off."""
    whole = isinstance(shown, float) and shown.is_integer()
    return int(shown) if whole and type(field.default) is int else shown


def fresh_options(model: Model, recorded: dict[str, Any], rules: OptionRules) -> dict[str, Any]:
    """What is stored on a server that never saved: the loaded checkpoint, and late additions.

    Args:
        model: the model of the answer.
        recorded: an answer of that server, for its checkpoint.
        rules: which options extensions add.
    """
    late = {f.name: f.fresh_default() for f in model.fields if f.name in rules.added_by_extensions}
    loaded = (name for name in (MODEL_OPTION, "sd_checkpoint_hash") if name in recorded)
    return {name: recorded[name] for name in loaded} | late


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


class StateFileError(BadInput):
    """A state file cannot be read or written."""


def read_state(path: Path) -> dict[str, Any] | None:
    """What was saved; None where the file does not exist.

    Args:
        path: of the file.

    Raises:
        StateFileError: it cannot be read, or is no JSON object.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateFileError(f"{path}: {error.strerror}; name a file that can be read") from error
    except ValueError as error:
        raise StateFileError(f"{path}: not JSON ({error}); mend it or delete it") from error
    if not isinstance(stored, dict):
        raise StateFileError(f"{path}: not a JSON object; mend it or delete it")
    return stored


def check_place(path: Path) -> None:
    """Make sure, before anybody relies on it, that a state can be kept there.

    Args:
        path: of the file.

    Raises:
        StateFileError: its folder is not there, or cannot be written to.
    """
    if not path.parent.is_dir():
        raise StateFileError(f"{path}: there is no folder {path.parent}; make it first")
    if not os.access(path.parent, os.W_OK):
        raise StateFileError(f"{path}: its folder cannot be written to; name another place")


def write_state(path: Path, stored: dict[str, Any]) -> None:
    """Replace the file at once: a reader sees the old options or the new, never half of them.

    Args:
        path: of the file.
        stored: values by name.

    Raises:
        StateFileError: the folder cannot be written.
    """
    text = json.dumps(stored, indent=4, ensure_ascii=False)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise StateFileError(
            f"{path}: {error.strerror}; name a place that can be written"
        ) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        os.replace(name, path)  # noqa: PTH105 - one call, and it is the atomic one
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - as above
        raise StateFileError(
            f"{path}: {error.strerror}; name a place that can be written"
        ) from error
