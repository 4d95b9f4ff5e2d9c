"""Checks of the values into which png-info takes an infotext apart.

PNGINFO-011 to 016, 022, 028, 029.
Source: modules/infotext_utils.py, parse_generation_parameters, at v1.10.1; recorded:
png-info/text-*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.infotexts import (
    INFOTEXT,
    NEGATIVE,
    PROMPT,
    VALUES,
    infotext,
    never_pasted,
    parsed,
)
from conformance.checks.support.settings import options
from conformance.requirements.requirement import Version
from conformance.runner.registry import check
from conformance.verdict import Skip

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


_SHORT = {"Steps": "5", "Sampler": "Euler", "CFG scale": "7", "Seed": "1"}
_FORM = ("Steps", "Sampler", "CFG scale", "Seed")
# What is added where the text does not name it, since 1.7.
_DEFAULTS = {
    "Clip skip": "1",
    "Hires resize-1": 0,
    "Hires resize-2": 0,
    "Hires sampler": "Use same sampler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "RNG": "GPU",
    "Schedule type": "Automatic",
    "Schedule max sigma": 0,
    "Schedule min sigma": 0,
    "Schedule rho": 0,
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
}
_SINCE_1_10 = {
    "Hires schedule type": "Use same scheduler",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": 32,
    "FP8 weight": "Disable",
    "Refiner switch by sampling steps": False,
}


@check("PNGINFO-011")
def form_values_are_text(context: CheckContext) -> None:
    """The values that fill a form."""
    wanted = {name: VALUES[name] for name in _FORM}
    wanted |= {"Prompt": PROMPT, "Negative prompt": NEGATIVE, "Size-1": "640", "Size-2": "448"}
    _holds(context, *parsed(context, INFOTEXT), wanted)


@check("PNGINFO-012")
def defaults_are_added(context: CheckContext) -> None:
    """An infotext of four values."""
    version = context.profile.version
    late = version is None or version.at_least(Version.parse("1.10"))
    wanted = _DEFAULTS | (_SINCE_1_10 if late else {})
    _holds(context, *parsed(context, infotext("a fox", "", _SHORT)), wanted)


@check("PNGINFO-013")
def two_values_are_prompt(context: CheckContext) -> None:
    """A last line of two values."""
    text = infotext("a fox", "", {"Steps": "5", "Sampler": "Euler"})
    exchange, found = parsed(context, text)
    _holds(context, exchange, found, {"Prompt": text})
    expect.that("Steps" not in found, "no Steps", f"Steps is {found.get('Steps')!r}", exchange)


@check("PNGINFO-014")
def quotes_are_taken_off(context: CheckContext) -> None:
    """A quoted value with a comma, a colon and an escaped quote, and the value after it."""
    quoted = {"Conformance note": '"say \\"hi\\", then: go"', "Model": "foo"}
    wanted = {"Conformance note": 'say "hi", then: go', "Model": "foo"}
    _holds(context, *parsed(context, infotext("a fox", "", _SHORT | quoted)), wanted)


@check("PNGINFO-015")
def lines_are_joined(context: CheckContext) -> None:
    """Prompts of two lines, with line breaks of both kinds."""
    text = infotext("one\ntwo", "three\nfour", _SHORT)
    wanted = {"Prompt": "one\ntwo", "Negative prompt": "three\nfour"}
    for variant in (text, text.replace("\n", "\r\n")):
        _holds(context, *parsed(context, variant), wanted)


@check("PNGINFO-016")
def first_pass_size(context: CheckContext) -> None:
    """The value that marks hires fix in pictures of 2022."""
    if options(context).get("use_old_hires_fix_width_height"):
        raise Skip("the option use_old_hires_fix_width_height turns the meaning round")
    old = {"First pass size": "512x448", "Size": "1024x896"}
    exchange, found = parsed(context, infotext("a fox", "", _SHORT | old))
    wanted = {"Size-1": 512, "Size-2": 448, "Hires resize-1": 1024, "Hires resize-2": 896}
    numbers = {name: _number(value) for name, value in found.items()}
    _holds(context, exchange, numbers, wanted)


@check("PNGINFO-022")
def old_version_is_noted(context: CheckContext) -> None:
    """An infotext of version 1.5.0."""
    if options(context).get("auto_backcompat") is False:
        raise Skip("the option auto_backcompat is off")
    wanted = {"Downcast alphas_cumprod": True}
    _holds(context, *parsed(context, infotext("a fox", "", _SHORT | {"Version": "1.5.0"})), wanted)


@check("PNGINFO-028")
def every_value_is_there(context: CheckContext) -> None:
    """All values of a long line, those with a default among them."""
    wanted = {name: value for name, value in VALUES.items() if name != "Size"}
    _holds(context, *parsed(context, INFOTEXT), wanted | {"Size-1": "640", "Size-2": "448"})


@check("PNGINFO-029")
def prompts_are_whole(context: CheckContext) -> None:
    """Prompts with commas, colons, brackets and braces, one of them without a negative."""
    wanted = {"Prompt": PROMPT, "Negative prompt": NEGATIVE}
    _holds(context, *parsed(context, INFOTEXT), wanted)
    wanted = {"Prompt": '{"a": 1}, Füchse 狐', "Negative prompt": ""}
    _holds(context, *parsed(context, infotext(wanted["Prompt"], "", _SHORT)), wanted)


def _holds(
    context: CheckContext, exchange: Exchange, found: dict[str, Any], wanted: dict[str, Any]
) -> None:
    __tracebackhide__ = True
    left_out = never_pasted(context)
    pasted = {name: value for name, value in wanted.items() if name not in left_out}
    expect.keys(found, pasted, "parameters", exchange)
    for name, value in pasted.items():
        expect.equal(found[name], value, f"parameters[{name!r}]", exchange)


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value
