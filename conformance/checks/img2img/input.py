"""Checks of what img2img takes for init image and mask, and what it refuses.

IMG2IMG-002 to 006, 013, 020, 022, 023, 037 to 041.
Source: modules/api/api.py, img2imgapi and decode_base64_to_image, at v1.10.1; recorded: i2i/none,
not-list, b64-of-text, int, two-images-b1, data-uri, rgba, jpeg-input, denoise-none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks.img2img.support import (
    DETAIL_NOT_FOUND,
    ask,
    init_image,
    mask,
    masked,
    other_image,
)
from conformance.checks.support import expect, pictures
from conformance.checks.support import pictures as likeness
from conformance.checks.support.expect import NO_PICTURE, any_error, complains_of, refused
from conformance.runner.registry import check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_KINDS = ("JPEG", "WEBP")


@check("IMG2IMG-002")
def init_image_is_needed(context: CheckContext) -> None:
    """An empty object, and the shared request with null for init_images."""
    refused(context.post("img2img", json={}), 404, DETAIL_NOT_FOUND)
    refused(ask(context, init_images=None), 404, DETAIL_NOT_FOUND)


@check("IMG2IMG-003")
def init_image_is_needed_in_other_words(context: CheckContext) -> None:
    """An empty object."""
    exchange = context.post("img2img", json={})
    expect.status(exchange, 400)
    error = expect.json_object(exchange).get("error")
    expect.equal(error, "Init image is none", "error", exchange)


@check("IMG2IMG-004")
def init_images_are_a_list(context: CheckContext) -> None:
    """One image in place of a list."""
    complains_of(ask(context, init_images=pictures.text_of(init_image(context))), "init_images")


@check("IMG2IMG-005")
def no_picture_is_refused(context: CheckContext) -> None:
    """Text that is no picture, and base64 of text."""
    for text in ("zzz", "aGVsbG8="):
        refused(ask(context, init_images=[text]), 500, NO_PICTURE)


@check("IMG2IMG-006", needs=("one_img2img", "one_image", "one_image_again"), own_steps=2)
def both_forms_give_the_same_picture(context: CheckContext) -> None:
    """The shared request, its init image bare, and as a data URI."""
    bare = context.one_img2img
    uri = context.reworked(init_images=[pictures.data_uri(init_image(context))])
    for form, made in (("bare base64", bare), ("a data URI", uri)):
        _taken(made, f"an init image sent as {form}")
    likeness.same(context, bare, uri, "the same init image as a data URI")


@check("IMG2IMG-013")
def too_many_init_images(context: CheckContext) -> None:
    """Two init images with batch_size 1."""
    images = [pictures.text_of(image) for image in (init_image(context), other_image(context))]
    message = "bad number of images passed: 2; expecting 1 or less"
    exchange = ask(context, init_images=images, batch_size=1)
    refused(exchange, 500, message if context.profile.family != "forge" else "")


@check("IMG2IMG-020")
def mask_that_is_no_picture(context: CheckContext) -> None:
    """A mask that cannot be decoded."""
    refused(ask(context, mask="zzz"), 500, NO_PICTURE)


@check("IMG2IMG-022", own_steps=2)
def transparent_init_image(context: CheckContext) -> None:
    """An init image that is half transparent."""
    image = init_image(context).convert("RGBA")
    image.putalpha(128)
    _taken(context.reworked(init_images=[pictures.text_of(image)]), "an RGBA init image")


@check("IMG2IMG-023", own_steps=3)
def ends_of_the_slider(context: CheckContext) -> None:
    """denoising_strength 0, and 1."""
    for strength in (0, 1):
        made = context.reworked(denoising_strength=strength)
        _taken(made, f"denoising_strength {strength}")
        expect.equal(len(made.pictures), 1, "the number of images", made.exchange)


@check("IMG2IMG-037", needs=("one_image", "one_image_again"), own_steps=4)
def both_forms_of_a_mask(context: CheckContext) -> None:
    """A mask, bare and as a data URI."""
    bare = context.reworked(**masked(context))
    uri = context.reworked(**masked(context, mask=pictures.data_uri(mask(context))))
    for form, made in (("bare base64", bare), ("a data URI", uri)):
        _taken(made, f"a mask sent as {form}")
    likeness.same(context, bare, uri, "the same mask as a data URI")


@check("IMG2IMG-038", own_steps=4)
def other_formats_of_init_images(context: CheckContext) -> None:
    """A JPEG, and a WEBP."""
    for kind in _KINDS:
        data = pictures.file_of(init_image(context), kind)
        _taken(context.reworked(init_images=[pictures.text_of(data)]), f"a {kind} as init image")


@check("IMG2IMG-039")
def empty_list_of_init_images(context: CheckContext) -> None:
    """No init image in the list."""
    any_error(ask(context, init_images=[]))


@check("IMG2IMG-040")
def init_image_that_is_no_text(context: CheckContext) -> None:
    """A number in place of an init image."""
    refused(ask(context, init_images=[5]), 500)


@check("IMG2IMG-041")
def strength_is_a_number(context: CheckContext) -> None:
    """Null and words for denoising_strength."""
    for value in (None, "conformance"):
        complains_of(ask(context, denoising_strength=value), "denoising_strength")


def _taken(made: Generation, what: str) -> None:
    """The request was served."""
    __tracebackhide__ = True
    if not made.exchange.ok:
        raise Failed(f"{what} to be taken", expect.answered(made.exchange), made.exchange)
    _ = made.picture
