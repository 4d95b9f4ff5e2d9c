"""Read generation parameters out of an infotext."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.infotext import grammar, versions
from mockserver.backends.a1111.infotext.versions import (
    V1_10_1,
    ParseRules,
    add_missing,
    restore_old_hires,
)
from mockserver.backends.a1111.prompt_syntax import uses_emphasis
from mockserver.backends.a1111.styles import Found, Style, extract_styles
from mockserver.core.errors import ServerError

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
        raise ServerError("TypeError", str(error)) from error


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
        ServerError: what the webui raises too, for an attention weight such as ``1.2.3`` in a
            prompt and an old first pass size that is no number.
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


_HASHED_NAME = re.compile(r"(.*)\s*\([0-9a-fA-F]+\)")
_LORA_TAG = re.compile("<lora:([^:]+):")
_MODEL = "AddNet Model "


def _additional_network(values: dict[str, Any], number: str) -> str | None:
    name = values[_MODEL + number]
    if values.get(f"AddNet Module {number}") != "LoRA":
        return None
    hashed = _HASHED_NAME.match(name)
    if hashed:
        name = hashed.group(1)
    return f"<lora:{name}:{values.get(f'AddNet Weight A {number}', '1.0')}>"


def add_additional_networks(values: dict[str, Any]) -> None:
    """Turn ``AddNet Model 1`` and its kin into a line of lora tags at the end of the prompt.

    Args:
        values: values by key; changed in place.
    """
    numbers = [key.removeprefix(_MODEL) for key in values if key.startswith(_MODEL)]
    tags = [tag for tag in (_additional_network(values, n) for n in numbers) if tag is not None]
    if tags:
        values["Prompt"] += "\n" + "".join(tags)


def _hashes(text: str) -> dict[str, str] | None:
    pairs = [part.strip().split(":", 1) for part in text.split(",")]
    if any(len(pair) == 1 for pair in pairs):
        return None
    return {name.strip().replace(",", ""): value.strip() for name, value in pairs}


def rename_loras(values: dict[str, Any], networks: Mapping[str, str]) -> None:
    """Call loras of the prompt by the names that this server has for their hashes.

    Args:
        values: parsed infotext; its ``Lora hashes`` show the hash of each name in the prompt.
        networks: short hash to the name used on this server.
    """
    text = values.get("Lora hashes")
    hashes = _hashes(text) if text else None
    if not hashes:
        return

    def name(match: re.Match[str]) -> str:
        known = networks.get(hashes.get(match.group(1), ""))
        return match.group(0) if known is None else f"<lora:{known}:"

    values["Prompt"] = _LORA_TAG.sub(name, values["Prompt"])


def infotext_pasted(values: dict[str, Any], networks: Mapping[str, str]) -> None:
    """Run both; a faulty text changes nothing.

    Args:
        values: values by key; changed in place.
        networks: Lora files by name and alias.
    """
    if "Prompt" not in values:
        return
    add_additional_networks(values)
    rename_loras(values, networks)
