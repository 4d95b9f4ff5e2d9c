"""Checks of hires fix: TXT2IMG-049 to -051, -088, -089, -103, -105 to -108.

Source: modules/processing.py, StableDiffusionProcessingTxt2Img, at v1.10.1 and the recorded
group ``t2i-hires``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.checks.support import expect
from conformance.checks.support.hires import (
    MODULES,
    enlarges_no_latent,
    hires,
    needs_latents,
    plain_upscalers,
)
from conformance.checks.support.infotexts import number_of
from conformance.checks.support.pictures import moved
from conformance.checks.support.settings import forge_like
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_DENOISING = 0.5
_FAILED = 500


@check("TXT2IMG-049", own_steps=5)
def hires_needs_denoising_strength(context: CheckContext) -> None:
    """enable_hr alone."""
    exchange = expect.status(context.varied(enable_hr=True).exchange, 500)
    expect.equal(expect.json_object(exchange).get("error"), "TypeError", "error", exchange)


@check("TXT2IMG-050", own_steps=15)
def hires_doubles_the_picture(context: CheckContext) -> None:
    """hr_scale 2; on Forge without what it alone asks for, which the other checks give it."""
    made, size = hires(context, helped=False), context.settings.size
    _fails_for_want_of_modules(context, made)
    _has_size(made, 2 * size, 2 * size)
    for name in ("enable_hr", "hr_scale"):
        found = made.parameters.get(name)
        expect.equal(found, made.payload[name], f"parameters.{name}", made.exchange)
    reported = [made.info.get(name) for name in ("width", "height")]
    expect.equal(reported, [size, size], "info.width and info.height", made.exchange)


@check("TXT2IMG-051", own_steps=10)
def hires_is_reported(context: CheckContext) -> None:
    """Denoising strength and Hires upscale in the infotext."""
    made = hires(context)
    values = made.values
    for key, wanted in (("Denoising strength", _DENOISING), ("Hires upscale", 2)):
        reported = values.value(key)
        actual = f"it is {expect.shown(reported)}"
        fits = reported is not None and number_of(reported) == wanted
        expect.that(fits, f"{key} {wanted} in the infotext", actual, made.exchange)


@check("TXT2IMG-088", needs=("one_image", "one_image_again"), own_steps=20)
def denoising_strength_ofhires(context: CheckContext) -> None:
    """A weak second pass, and a strong one."""
    strong = hires(context, denoising_strength=0.95)
    moved(context, hires(context), [strong], "another denoising_strength in hires fix")


@check("TXT2IMG-089", own_steps=6)
def hires_to_a_size(context: CheckContext) -> None:
    """hr_resize_x and hr_resize_y, which are more than the first pass in one direction only."""
    size = context.settings.size
    made = hires(context, hr_resize_x=2 * size, hr_resize_y=size)
    needs_latents(context, made)
    _has_size(made, 2 * size, size)


@check("TXT2IMG-103", own_steps=5)
def latent_modes_are_taken(context: CheckContext) -> None:
    """The last mode of latent-upscale-modes as hr_upscaler."""
    modes = context.names.latent_modes
    if not modes:
        raise Skip("the server lists no latent upscale mode")
    made, size = hires(context, hr_upscaler=modes[-1], steps=1), context.settings.size
    needs_latents(context, made)
    _has_size(made, 2 * size, 2 * size)


@check("TXT2IMG-105", own_steps=4)
def the_scale_is_obeyed(context: CheckContext) -> None:
    """hr_scale 1.5."""
    side = context.settings.size + context.settings.size // 2
    _has_size(hires(context, hr_scale=1.5, steps=1), side, side)


@check("TXT2IMG-106", needs=("one_image", "one_image_again"), own_steps=15)
def the_upscaler_is_obeyed(context: CheckContext) -> None:
    """Lanczos and two latent modes, or two plain upscalers, of those that the server lists."""
    modes = [mode for mode in context.names.latent_modes if mode != "Latent"][-1:]
    known = [*modes, *(name for name in ("Lanczos",) if name in context.names.upscalers)]
    plain = hires(context, hr_upscaler="Latent", steps=1)
    if enlarges_no_latent(context, plain):
        first, *known = plain_upscalers(context)
        plain = hires(context, hr_upscaler=first, steps=1)
    if not known:
        raise Skip("the server lists one upscaler for hires fix and no more")
    others = [hires(context, hr_upscaler=name, steps=1) for name in known]
    moved(context, plain, others, "another hr_upscaler")


@check("TXT2IMG-107", needs=("one_image", "one_image_again"), own_steps=18)
def the_second_steps_are_obeyed(context: CheckContext) -> None:
    """hr_second_pass_steps 3 in place of those of the first pass."""
    more = hires(context, hr_second_pass_steps=3, steps=1)
    moved(context, hires(context, steps=1), [more], "another hr_second_pass_steps")


@check("TXT2IMG-108", needs=("one_image", "one_image_again"), own_steps=10)
def the_second_prompt_is_obeyed(context: CheckContext) -> None:
    """hr_prompt in place of the prompt of the first pass."""
    other = hires(context, hr_prompt="a wide green meadow, mountains", steps=1)
    moved(context, hires(context, steps=1), [other], "another hr_prompt")


def _fails_for_want_of_modules(context: CheckContext, made: Generation) -> None:
    """Show what helps where a second pass fails on Forge alone."""
    __tracebackhide__ = True
    exchange = made.exchange
    if exchange.status != _FAILED or not forge_like(context):
        return
    if hires(context, steps=1).exchange.ok:
        actual = f"{expect.answered(exchange)}; with {json.dumps(MODULES)} it works: send that"
        raise Failed("hires fix to work without hr_additional_modules", actual, exchange)


def _has_size(generation: Generation, width: int, height: int) -> None:
    __tracebackhide__ = True
    found = generation.picture.size
    if found != (width, height):
        expected, actual = f"a picture of {width}x{height}", f"it is {found[0]}x{found[1]}"
        raise Failed(expected, actual, generation.exchange)
