"""Read generation parameters out of an infotext.

Source: modules/infotext_utils.py, parse_generation_parameters, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.errors import Crash
from mockserver.webui.infotext import grammar, versions
from mockserver.webui.infotext.attention import uses_emphasis
from mockserver.webui.infotext.defaults import (
    V1_10_1,
    ParseRules,
    add_missing,
    restore_old_hires,
)
from mockserver.webui.infotext.style_match import Found, Style, extract_styles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_FP8 = "Disable"


def _same_hires_styles(
    values: dict[str, Any], main: Found, prompts: tuple[str, str], styles: Sequence[Style]
) -> bool:
    """Whether the hires prompts, where there are any, hold the main prompts' styles.

    They lose them then, and become empty where they are the main prompts.
    """
    named = "Hires prompt" in values or "Hires negative prompt" in values
    if not named or not versions.has_hires_styles(values.get("Version")):
        return True
    hires = extract_styles(
        values.get("Hires prompt", prompts[0]),
        values.get("Hires negative prompt", prompts[1]),
        styles,
    )
    if hires.names != main.names:
        return False
    same = hires.prompt == main.prompt
    values["Hires prompt"] = "" if same else hires.prompt
    same = hires.negative_prompt == main.negative_prompt
    values["Hires negative prompt"] = "" if same else hires.negative_prompt
    return True


def _take_styles(
    values: dict[str, Any],
    parts: grammar.Parts,
    mode: Any,
    styles: Sequence[Style],
    rules: ParseRules,
) -> tuple[str, str]:
    """The prompts without their styles; sets ``Styles array``."""
    prompts = parts.prompt, parts.negative_prompt
    if mode == "Ignore":
        return prompts
    found = extract_styles(*prompts, styles)
    if rules.hires_styles and not _same_hires_styles(values, found, prompts, styles):
        return prompts
    if mode == "Apply" or (mode == "Apply if any" and found.names):
        values["Styles array"] = found.names
    return found.prompt, found.negative_prompt


def _add_defaults(
    values: dict[str, Any], prompts: tuple[str, str], options: Mapping[str, Any], rules: ParseRules
) -> None:
    values.setdefault("Clip skip", "1")
    if "Hypernet" in values:
        strength = values.get("Hypernet strength", "1.0")
        values["Prompt"] += f"<hypernet:{values['Hypernet']}:{strength}>"
    if "Hires resize-1" not in values:
        values["Hires resize-1"] = values["Hires resize-2"] = 0
    add_missing(values, dict(rules.early))
    restore_old_hires(values, use_old_sizes=bool(options["use_old_hires_fix_width_height"]))
    add_missing(values, dict(rules.late))
    if rules.tail is None:
        return
    values.setdefault("FP8 weight", _NO_FP8)
    if values["FP8 weight"] != _NO_FP8:
        values.setdefault("Cache FP16 weight for LoRA", False)
    # Both prompts are read even when the first settles it: a broken weight fails in either.
    if any([uses_emphasis(prompt) for prompt in prompts]):  # noqa: C419 - see above
        values.setdefault("Emphasis", "Original")
    add_missing(values, dict(rules.tail))


def _skip(values: dict[str, Any], names: Any) -> None:
    try:
        for name in names:
            values.pop(name, None)
    except TypeError as error:
        raise Crash("TypeError", str(error)) from error


def parse_generation_parameters(
    text: str,
    options: Mapping[str, Any],
    styles: Sequence[Style] = (),
    rules: ParseRules = V1_10_1,
) -> dict[str, Any]:
    """Parameters of an infotext: what it says (strings), then what that leaves out.

    Args:
        text: infotext, possibly empty or no infotext at all.
        options: infotext_styles, infotext_skip_pasting, auto_backcompat and
            use_old_hires_fix_width_height are read.
        styles: the server's styles, in its order.
        rules: of the version that is simulated.

    Returns:
        A dict in the server's order; read values are strings, added ones may be ints and bools.

    Raises:
        Crash: what the webui trips over too: an attention weight such as ``1.2.3`` in a prompt,
            an old first pass size that is no number.
    """
    parts = grammar.split(text)
    values: dict[str, Any] = {}
    pairs = grammar.values(parts.pairs)
    if not rules.prompt_first:
        values.update(pairs)
    mode = options["infotext_styles"]
    prompts = _take_styles(values, parts, mode, styles, rules)
    values["Prompt"], values["Negative prompt"] = prompts
    if rules.prompt_first:
        values.update(pairs)
    _add_defaults(values, prompts, options, rules)
    if options["auto_backcompat"]:
        versions.backcompat(values, rules.backcompat)
    _skip(values, options["infotext_skip_pasting"])
    return values
