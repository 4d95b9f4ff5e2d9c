"""What the parser adds to an infotext's own values.

Source: modules/infotext_utils.py, parse_generation_parameters and
restore_old_hires_fix_params, at v1.10.1; recorded in the png-info cases of each version.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.errors import Crash

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Pixels of a first pass whose size the text leaves to the server.
_OLD_FIRST_PASS_PIXELS = 512 * 512
_OLD_FIRST_PASS_STEP = 64


@dataclass(frozen=True)
class ParseRules:
    """What differs between versions; the defaults are v1.10.1's.

    Attributes:
        prompt_first: Prompt and Negative prompt come before the other keys (before 1.9).
        hires_styles: styles are looked for in the hires prompts too (since 1.9).
        early: keys added when absent, before old first pass sizes are looked at.
        late: keys added when absent, after that.
        tail: keys added when absent, after the rules for FP8 and Emphasis; None where the
            version has neither those rules nor these keys.
        backcompat: the rules of `versions.RULES` that hold.
    """

    prompt_first: bool = False
    hires_styles: bool = True
    early: tuple[tuple[str, Any], ...] = (
        ("Hires sampler", "Use same sampler"),
        ("Hires schedule type", "Use same scheduler"),
        ("Hires checkpoint", "Use same checkpoint"),
        ("Hires prompt", ""),
        ("Hires negative prompt", ""),
        ("Mask mode", "Inpaint masked"),
        ("Masked content", "original"),
        ("Inpaint area", "Whole picture"),
        ("Masked area padding", 32),
    )
    late: tuple[tuple[str, Any], ...] = (
        ("RNG", "GPU"),
        ("Schedule type", "Automatic"),
        ("Schedule max sigma", 0),
        ("Schedule min sigma", 0),
        ("Schedule rho", 0),
        ("VAE Encoder", "Full"),
        ("VAE Decoder", "Full"),
    )
    tail: tuple[tuple[str, Any], ...] | None = (("Refiner switch by sampling steps", False),)
    backcompat: tuple[str, ...] = ("timelines", "pad_conds", "alphas", "refiner")


V1_10_1 = ParseRules()
#: Recorded: 1.7.0 adds neither the keys of masks nor those of FP8, and puts the prompts first.
V1_7_0 = ParseRules(
    prompt_first=True,
    hires_styles=False,
    early=(
        ("Hires sampler", "Use same sampler"),
        ("Hires checkpoint", "Use same checkpoint"),
        ("Hires prompt", ""),
        ("Hires negative prompt", ""),
    ),
    tail=None,
    backcompat=("timelines", "pad_conds"),
)
#: By the first version that they hold for, as profiles name them.
PARSE_RULES = {"1.9": V1_10_1, "1.7": V1_7_0}


def add_missing(values: dict[str, Any], defaults: Mapping[str, Any]) -> None:
    """Add the defaults whose key is absent, in their order."""
    for key, value in defaults.items():
        values.setdefault(key, value)


def _int(value: Any) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise Crash("ValueError", str(error)) from error


def old_first_pass(width: int, height: int) -> tuple[int, int]:
    """Size of an old first pass: about 512x512 pixels of that shape, in steps of 64.

    Source: modules/processing.py, old_hires_fix_first_pass_dimensions, at v1.10.1.

    Raises:
        Crash: ZeroDivisionError when either side is 0.
    """
    if width * height == 0:
        problem = "division by zero"
        raise Crash("ZeroDivisionError", problem)
    scale = math.sqrt(_OLD_FIRST_PASS_PIXELS / (width * height))
    step = _OLD_FIRST_PASS_STEP
    return math.ceil(scale * width / step) * step, math.ceil(scale * height / step) * step


def _use_hires_size(values: dict[str, Any]) -> bool:
    width = _int(values.get("Hires resize-1", 0))
    height = _int(values.get("Hires resize-2", 0))
    if width and height:
        values["Size-1"], values["Size-2"] = width, height
    return bool(width and height)


def restore_old_hires(values: dict[str, Any], *, use_old_sizes: bool) -> None:
    """Turn ``First pass size`` of old texts into Size and Hires resize, as ints.

    Args:
        values: parsed so far; changed in place.
        use_old_sizes: option use_old_hires_fix_width_height: Size becomes Hires resize instead.

    Raises:
        Crash: ValueError for a size that is no integer.
    """
    first = values.get("First pass size-1"), values.get("First pass size-2")
    if use_old_sizes and _use_hires_size(values):
        return
    if None in first:
        return
    first_width, first_height = _int(first[0]), _int(first[1])
    width, height = _int(values.get("Size-1", 512)), _int(values.get("Size-2", 512))
    if first_width == 0 or first_height == 0:
        first_width, first_height = old_first_pass(width, height)
    values["Size-1"], values["Size-2"] = first_width, first_height
    values["Hires resize-1"], values["Hires resize-2"] = width, height
