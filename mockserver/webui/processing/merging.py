"""Token merging: which ratio holds for which pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.webui.hazards import hazard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.webui.processing.processing import Processing


def token_merging_ratio(options: Mapping[str, Any], p: Processing, *, hires: bool = False) -> Any:
    """The ratio that holds; 0 for none.

    An option for img2img or for the hires pass wins over the general one, except that in
    img2img an override of the general one wins over both.

    Source: modules/processing.py ``get_token_merging_ratio``.
    """
    general = options["token_merging_ratio"]
    if p.is_img2img:
        overridden = "token_merging_ratio" in p.override_settings and general
        return overridden or options["token_merging_ratio_img2img"] or general
    if hires:
        return options["token_merging_ratio_hr"] or general
    return general


@hazard
def check_ratio(ratio: Any) -> bool:
    """Whether tokens are merged; the webui compares the ratio with nought."""
    return bool(ratio != 0 and ratio > 0)
