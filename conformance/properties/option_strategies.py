"""Hypothesis strategies for new values of a server's own options."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from conformance.client.redaction import is_secret_name
from conformance.properties.strategies import prompts

if TYPE_CHECKING:
    from collections.abc import Mapping


# Answered as an option, and a text of the settings page: modules/shared_options.py, OptionHTML.
_TEXTS = ("settings_in_ui",)
# Changed, these load models, switch off the API, or are not stored at all.
_UNFIT_OPTIONS = (
    "sd_model",
    "sd_checkpoint",
    "sd_vae",
    "sd_unet",
    "sd_lora",
    "sd_text_encoder",
    "sd_hypernetwork",
    "sd_backend",
    "api_",
    "fp8_",
    "cache_fp16",
    "cross_attention",
    "disabled_extensions",
    "disable_all_extensions",
    "restore_config",
    "localization",
    "diffusers_",
    "cuda_",
    "torch_",
    "forge_",
)


def fit_options(options: Mapping[str, Any]) -> list[str]:
    """Names of options that can be changed and put back without loading or losing anything."""
    return sorted(
        name
        for name, value in options.items()
        if not name.startswith(_UNFIT_OPTIONS)
        and not is_secret_name(name)
        and not _is_decoration(name, value)
        and value is not None
    )


def option_changes(
    options: Mapping[str, Any],
    *,
    max_size: int = 4,
) -> st.SearchStrategy[dict[str, Any]]:
    """New values for some of a server's own options, each of the type that it has now.

    Args:
        options: what the server answers, name -> value.
        max_size: how many to change at most.
    """
    names = fit_options(options)
    if not names:
        return st.just({})
    # Each kind of value has an equal share, for servers have many numbers and few lists.
    kinds: dict[type, list[str]] = {}
    for name in names:
        kinds.setdefault(type(options[name]), []).append(name)
    some_name = st.one_of([st.sampled_from(group) for group in kinds.values()])
    chosen = st.lists(some_name, min_size=1, max_size=max_size, unique=True)
    return chosen.flatmap(
        lambda some: st.fixed_dictionaries({name: option_values(options[name]) for name in some}),
    )


def option_values(current: Any) -> st.SearchStrategy[Any]:
    """Values of the type that an option has now.

    A number without a fraction stays one, since servers show integers as floats and fail on
    fractions; it stays small, for it may count pixels or threads.
    """
    if isinstance(current, bool):
        return st.booleans()
    if isinstance(current, int) or (isinstance(current, float) and current.is_integer()):
        return st.integers(0, 100)
    if isinstance(current, float):
        return st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
    if isinstance(current, list):
        return st.lists(st.text(string.ascii_letters + " ,:狐", max_size=12), max_size=4)
    return prompts(max_parts=3)


def _is_decoration(name: str, value: Any) -> bool:
    """Whether an option only holds HTML for the settings page, which no server stores."""
    markup = isinstance(value, str) and "<" in value and ">" in value
    return markup or name in _TEXTS or name.endswith(("_explanation", "_sep", "_html"))
