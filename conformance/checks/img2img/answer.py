"""Checks of what img2img answers.

IMG2IMG-001, 007 to 012, 014, 015, 024, 029, 030, 033, 035, 047, 048.
Source: modules/api/api.py, img2imgapi, at v1.10.1 and the recorded group ``i2i``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks.img2img.support import init_image, masked, other_image
from conformance.checks.support import expect, pictures
from conformance.checks.support.answers import has_the_defaults, has_the_keys, has_the_types
from conformance.checks.support.infotexts import number_of
from conformance.checks.support.pictures import distance, format_fault
from conformance.checks.support.settings import as_sent, needs_metadata, needs_saved_format, written
from conformance.client.info import parse_infotext
from conformance.runner import generation
from conformance.runner.check_context import LEFT_OUT
from conformance.runner.registry import check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_SHOWN = (
    "prompt",
    "negative_prompt",
    "width",
    "height",
    "steps",
    "cfg_scale",
    "denoising_strength",
)
_MODES = (0, 1, 2)
# The request in the server's own document, and its fields that are not repeated.
_MODELS = ("StableDiffusionProcessingImg2Img", "ReqImg2Img")
_PICTURES = frozenset({"init_images", "mask"})
_ECHOED = ("prompt", "negative_prompt", "width", "height", "steps", "seed", "denoising_strength")


@check("IMG2IMG-001", needs=("one_img2img",))
def one_picture_of_its_size(context: CheckContext) -> None:
    """The shared request."""
    size = context.settings.size
    _has(context.one_img2img, (size, size))


@check("IMG2IMG-007", needs=("one_img2img",), own_steps=2)
def images_are_not_sent_back(context: CheckContext) -> None:
    """Parameters of the shared request, and of one with a mask."""
    for made in (context.one_img2img, context.reworked(**masked(context))):
        for name in ("init_images", "mask"):
            value = made.parameters.get(name)
            expect.equal(value, None, f"parameters.{name}", made.exchange)


@check("IMG2IMG-008", own_steps=2)
def images_are_sent_back_when_asked(context: CheckContext) -> None:
    """The shared request with include_init_images."""
    made = context.reworked(include_init_images=True)
    sent = made.payload["init_images"]
    expect.equal(made.parameters.get("init_images"), sent, "parameters.init_images", made.exchange)


@check("IMG2IMG-009", own_steps=2)
def default_denoising_strength(context: CheckContext) -> None:
    """The shared request without denoising_strength."""
    made = context.reworked(denoising_strength=LEFT_OUT)
    found = made.parameters.get("denoising_strength")
    expect.equal(found, 0.75, "parameters.denoising_strength", made.exchange)


@check("IMG2IMG-010", own_steps=4)
def size_is_that_of_the_request(context: CheckContext) -> None:
    """A picture twice as wide as high, from an init image that is higher than wide."""
    size = context.settings.size
    init = pictures.text_of(generation.two_colours(size // 2, size + size // 2))
    made = context.reworked(init_images=[init], width=2 * size, height=size)
    _has(made, (2 * size, size))


@check("IMG2IMG-011", own_steps=6)
def resize_modes_are_accepted(context: CheckContext) -> None:
    """The three modes, with an init image of another shape."""
    size = context.settings.size
    wide = pictures.text_of(generation.two_colours(2 * size, size))
    for mode in _MODES:
        made = context.reworked(init_images=[wide], resize_mode=mode)
        expect.equal(len(made.pictures), 1, "the number of images", made.exchange)


@check("IMG2IMG-012", own_steps=4)
def one_init_image_for_two_pictures(context: CheckContext) -> None:
    """The shared request with batch_size 2."""
    size = context.settings.size
    _has(context.reworked(batch_size=2), (size, size), count=2)


@check("IMG2IMG-014", own_steps=4)
def two_init_images_for_two_pictures(context: CheckContext) -> None:
    """Two init images with batch_size 2."""
    images = [pictures.text_of(image) for image in (init_image(context), other_image(context))]
    size = context.settings.size
    _has(context.reworked(init_images=images, batch_size=2), (size, size), count=2)


@check("IMG2IMG-015", needs=("one_img2img",))
def infotext_has_the_strength(context: CheckContext) -> None:
    """Denoising strength in the infotext of the shared request."""
    made = context.one_img2img
    found = made.values.value("Denoising strength")
    reported = found is not None and number_of(found) == made.payload["denoising_strength"]
    actual = f"it has {found!r}; the infotext is {made.infotext!r}"
    expect.that(reported, "the infotext to have Denoising strength: 0.5", actual, made.exchange)


@check("IMG2IMG-024", own_steps=2)
def no_init_image_is_txt2img(context: CheckContext) -> None:
    """The shared request without init_images."""
    made = context.reworked(init_images=LEFT_OUT)
    expect.equal(len(made.pictures), 1, "the number of images", made.exchange)


@check("IMG2IMG-029", needs=("one_img2img",), own_steps=2)
def pictures_are_plain_base64(context: CheckContext) -> None:
    """The pictures of the shared request, and of one with a mask."""
    for made in (context.one_img2img, context.reworked(**masked(context))):
        for number, picture in enumerate(made.pictures):
            reasons = "; ".join(sorted(deviation.value for deviation in picture.deviations))
            expected = f"images[{number}] in plain base64"
            expect.that(not reasons, expected, reasons, made.exchange)
            wrong = format_fault(picture.data)
            expect.that(not wrong, f"images[{number}] to be a whole file", wrong, made.exchange)


@check("IMG2IMG-030", needs=("one_img2img",))
def info_belongs_to_the_picture(context: CheckContext) -> None:
    """Seed and infotexts of the shared request, and the text in its picture."""
    made = context.one_img2img
    seed = made.payload["seed"]
    expect.equal(made.info.get("seed"), seed, "info.seed", made.exchange)
    expect.equal(made.info.get("all_seeds"), [seed], "info.all_seeds", made.exchange)
    expect.equal(len(made.infotexts), 1, "the number of infotexts", made.exchange)
    expect.equal(made.values.seed, seed, "Seed in the infotext", made.exchange)
    needs_metadata(context)
    if written(made) != made.infotext:
        expected = f"the picture to carry its infotext {made.infotext!r}"
        raise Failed(expected, f"it carries {written(made)!r}", made.exchange)


@check("IMG2IMG-061", needs=("one_img2img",))
def info_is_that_of_txt2img(context: CheckContext) -> None:
    """The keys of the shared request's info, and their types."""
    has_the_keys(context.one_img2img)
    has_the_types(context.one_img2img)


@check("IMG2IMG-062", needs=("one_img2img",))
def defaults_are_filled_in(context: CheckContext) -> None:
    """The fields that the shared request leaves out, by the server's own document."""
    has_the_defaults(context, context.one_img2img, _MODELS, _PICTURES)


@check("IMG2IMG-033", needs=("one_img2img",), own_steps=4)
def parameters_repeat_the_request(context: CheckContext) -> None:
    """Fields of the shared request, of one with a mask, and of one with other choices."""
    of_mask = ("inpainting_fill", "inpaint_full_res", "mask_blur")
    masks = context.reworked(**masked(context, mask_blur=2))
    sampler = context.names.other_sampler(context.names.quick_sampler)
    choices = {"cfg_scale": 4.5} | ({"sampler_name": sampler} if sampler else {})
    chosen = context.reworked(**choices)
    for made, further in ((context.one_img2img, ()), (masks, of_mask), (chosen, tuple(choices))):
        for name in (*_ECHOED, *further):
            found = made.parameters.get(name)
            expect.equal(found, made.payload[name], f"parameters.{name}", made.exchange)


@check("IMG2IMG-035", own_steps=8)
def every_picture_is_its_own(context: CheckContext) -> None:
    """batch_size 2, and n_iter 2."""
    seed = generation.SEED
    for field in ("batch_size", "n_iter"):
        made = context.reworked(**{field: 2})
        expect.equal(len(made.pictures), 2, f"the images of {field} 2", made.exchange)
        expect.equal(made.info.get("all_seeds"), [seed, seed + 1], "info.all_seeds", made.exchange)
        reported = [parse_infotext(text).seed for text in made.infotexts]
        expect.equal(reported, [seed, seed + 1], "the seeds of the infotexts", made.exchange)
        one, other = (picture.image for picture in made.pictures)
        actual = f"both images of {field} 2 are the same"
        expect.that(distance(one, other) > 0, "two pictures", actual, made.exchange)


@check("IMG2IMG-047", needs=("one_img2img",))
def format_is_the_saved_one(context: CheckContext) -> None:
    """The picture of the shared request, and the option samples_format."""
    wanted, made = needs_saved_format(context), context.one_img2img
    expect.equal(made.picture.format, wanted, "the format of the picture", made.exchange)


@check("IMG2IMG-048", own_steps=4)
def info_repeats_the_request(context: CheckContext) -> None:
    """Values of a picture twice as wide as high, in info and infotext."""
    size = context.settings.size
    init = pictures.text_of(generation.two_colours(size // 2, size + size // 2))
    made = context.reworked(init_images=[init], width=2 * size, height=size)
    for name in _SHOWN:
        if name in made.info:
            found = as_sent(context, made.info[name])
            expect.equal(found, made.payload[name], f"info.{name}", made.exchange)
    reported = made.values.size
    expect.that(
        reported == (2 * size, size), f"Size {2 * size}x{size}", f"{reported}", made.exchange
    )


def _has(made: Generation, size: tuple[int, int], count: int = 1) -> None:
    """The answer has so many pictures, each of this size."""
    __tracebackhide__ = True
    expect.equal(len(made.pictures), count, "the number of images", made.exchange)
    for picture in made.pictures:
        if picture.size != size:
            actual = f"it has {picture.size[0]}x{picture.size[1]}"
            raise Failed(f"a picture of {size[0]}x{size[1]}", actual, made.exchange)
