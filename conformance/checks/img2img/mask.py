"""Checks of inpainting: IMG2IMG-016 to 019, 021, 028, 042 to 045, 058.

Source: modules/processing.py, StableDiffusionProcessingImg2Img.init and apply_overlay, at
v1.10.1. The recorded pictures of i2i/mask-* differ from the init image by 8 of 255 or less
outside the mask and its soft edge, and by 100 or more inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image

from conformance.checks.img2img.support import init_image, inside, mask, masked, outside
from conformance.checks.support import expect, pictures
from conformance.checks.support import pictures as likeness
from conformance.checks.support.pictures import distance
from conformance.runner.registry import check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.checks.img2img.support import Box
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_NOISE = ("one_image", "one_image_again")
# Mean differences of a channel, of 255.
_KEPT = 8.0
_KEPT_BY_JPEG = 16.0
# What is kept differs by no more than this part of what is repainted.
_SHARE = 0.5


@check("IMG2IMG-016", own_steps=2)
def outside_is_kept(context: CheckContext) -> None:
    """A rectangle repainted, and the part well outside of it."""
    made = context.reworked(**masked(context))
    gap = _change(context, made, outside(context))
    bound = _KEPT if made.picture.format == "PNG" else _KEPT_BY_JPEG
    actual = f"they differ from the init image by {gap:.1f} of 255 on average"
    expected = f"pixels outside the mask within {bound:g} of the init image"
    expect.that(gap <= bound, expected, actual, made.exchange)


@check("IMG2IMG-017", own_steps=2)
def infotext_mentions_the_mask(context: CheckContext) -> None:
    """A mask and the defaults for all that belongs to it."""
    made = context.reworked(mask=pictures.text_of(mask(context)))
    wanted = {"Mask blur": "4", "Inpaint area": "Only masked", "Masked content": "fill"}
    _names(made, wanted)


@check("IMG2IMG-018", own_steps=6)
def infotext_says_what_is_under_the_mask(context: CheckContext) -> None:
    """inpainting_fill 1, 2 and 3."""
    labels = {1: None, 2: "latent noise", 3: "latent nothing"}
    for fill, word in labels.items():
        _names(context.reworked(**masked(context, inpainting_fill=fill)), {"Masked content": word})


@check("IMG2IMG-019", own_steps=2)
def infotext_mentions_the_inversion(context: CheckContext) -> None:
    """inpainting_mask_invert 1."""
    made = context.reworked(**masked(context, inpainting_mask_invert=1))
    _names(made, {"Mask mode": "Inpaint not masked"})


@check("IMG2IMG-021", needs=("one_image", "one_image_again"), own_steps=4)
def black_mask_is_none(context: CheckContext) -> None:
    """A mask that is all black, compared with the same request without one."""
    size = context.settings.size
    black = pictures.text_of(Image.new("L", (size, size), 0))
    made = context.reworked(mask=black, denoising_strength=0.75)
    bare = context.reworked(denoising_strength=0.75)
    likeness.same(context, bare, made, "a mask that is all black")


@check("IMG2IMG-028", own_steps=4)
def mask_is_obeyed(context: CheckContext) -> None:
    """Inside and outside of the mask, with the whole picture and with the masked part alone."""
    for only_masked in (False, True):
        made = context.reworked(**masked(context, inpaint_full_res=only_masked))
        _repaints(context, made, inside(context), outside(context))


@check("IMG2IMG-042", own_steps=2)
def inversion_is_obeyed(context: CheckContext) -> None:
    """inpainting_mask_invert 1: what is black is repainted."""
    made = context.reworked(**masked(context, inpainting_mask_invert=1, mask_blur=0))
    _repaints(context, made, outside(context), inside(context))


@check("IMG2IMG-043", needs=_NOISE, own_steps=4)
def masked_content_is_obeyed(context: CheckContext) -> None:
    """inpainting_fill 1 and 2."""
    one, other = (context.reworked(**masked(context, inpainting_fill=fill)) for fill in (1, 2))
    likeness.moved(context, one, [other], "another inpainting_fill")


@check("IMG2IMG-044", needs=_NOISE, own_steps=4)
def inpaint_area_is_obeyed(context: CheckContext) -> None:
    """inpaint_full_res false and true."""
    whole, part = (
        context.reworked(**masked(context, inpaint_full_res=full)) for full in (False, True)
    )
    likeness.moved(context, whole, [part], "another inpaint_full_res")


@check("IMG2IMG-045", needs=_NOISE, own_steps=4)
def mask_blur_is_obeyed(context: CheckContext) -> None:
    """mask_blur 0 and 12."""
    sharp, soft = (context.reworked(**masked(context, mask_blur=blur)) for blur in (0, 12))
    likeness.moved(context, sharp, [soft], "another mask_blur")


@check("IMG2IMG-058", needs=_NOISE, own_steps=4)
def padding_is_obeyed(context: CheckContext) -> None:
    """inpaint_full_res_padding 0 and 16, with the masked part alone."""
    tight, wide = (
        context.reworked(**masked(context, inpaint_full_res=True, inpaint_full_res_padding=padding))
        for padding in (0, 16)
    )
    moved = "another inpaint_full_res_padding"
    likeness.moved(context, tight, [wide], moved)


def _repaints(context: CheckContext, made: Generation, painted: Box, kept: Box) -> None:
    """One part of the init image is painted over, another is left alone."""
    __tracebackhide__ = True
    new, old = _change(context, made, painted), _change(context, made, kept)
    if new <= 1 or old > new * _SHARE:
        actual = f"inside {new:.1f}, outside {old:.1f} of 255 on average"
        expected = "pixels that change where the mask says so, and stay elsewhere"
        raise Failed(expected, actual, made.exchange)


def _change(context: CheckContext, made: Generation, box: Box) -> float:
    """The distance of a part of the picture from that part of the init image."""
    __tracebackhide__ = True
    before, after = init_image(context), made.picture.image
    if before.size != after.size:
        actual = f"it has {after.width}x{after.height}"
        raise Failed(f"a picture of {before.width}x{before.height}", actual, made.exchange)
    return distance(before.crop(box), after.crop(box))


def _names(made: Generation, wanted: dict[str, Any]) -> None:
    """The infotext has these values; None for a name that it does not have."""
    __tracebackhide__ = True
    for name, value in wanted.items():
        found = made.values.value(name)
        expect.equal(found, value, f"{name} in the infotext", made.exchange)
