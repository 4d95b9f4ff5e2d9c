"""Checks of whether img2img does what the request says, by the pixels it makes.

IMG2IMG-025 to 027, 031, 032, 034, 036, 046.
A picture that should change has to differ by more than two answers to the same request do.
Source: modules/processing.py, StableDiffusionProcessingImg2Img, at v1.10.1; the recorded pictures
of i2i/wide, resize1, denoise0, seed-random and styles differ, those of i2i/data-uri and
data-uri-jpeg-label are equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from conformance.checks import likeness
from conformance.checks.img2img_request import init_image, other_image
from conformance.checks.likeness import distance
from conformance.checks.registry import check
from conformance.lab import LEFT_OUT, pictures, recipes
from conformance.signals import Failed

if TYPE_CHECKING:
    from conformance.lab import Lab

_SHARED = ("i1", "r1", "r1_again")
_NOISE = ("r1", "r1_again")
# Mean difference, of 255, up to which a picture counts as the init image itself, written as JPEG.
_RETURNED = 3.0
_MARGIN = 1.25


@check("IMG2IMG-025", needs=_SHARED, own_steps=2)
def init_image_matters(lab: Lab) -> None:
    """The shared request with an init image of other colours."""
    other = lab.reworked(init_images=[pictures.text_of(other_image(lab))])
    likeness.moved(lab, lab.i1, [other], "another init image")


@check("IMG2IMG-026", needs=_NOISE, own_steps=8)
def strength_is_obeyed(lab: Lab) -> None:
    """denoising_strength 0.5, and 0.9: of four steps, the last two, and the last three."""
    little, much = (lab.reworked(steps=4, denoising_strength=share) for share in (0.5, 0.9))
    likeness.moved(lab, little, [much], "another denoising_strength")


@check("IMG2IMG-027", own_steps=2)
def init_image_is_not_returned(lab: Lab) -> None:
    """The picture of the default denoising_strength, beside the init image."""
    made = lab.reworked(denoising_strength=LEFT_OUT)
    gap = distance(made.picture.image, init_image(lab))
    if gap <= _RETURNED:
        actual = f"the init image again, within {gap:.1f} of 255 on average"
        raise Failed("a picture that was painted over", actual, made.exchange)


@check("IMG2IMG-031", needs=_SHARED, own_steps=4)
def seed_is_obeyed(lab: Lab) -> None:
    """The shared request again, and with another seed."""
    again = lab.generate(lab.i1.payload, "img2img")
    likeness.same(lab, lab.i1, again, "the same request")
    other = lab.reworked(seed=recipes.SEED + 1)
    likeness.moved(lab, lab.i1, [other], "another seed")


@check("IMG2IMG-032", needs=_NOISE, own_steps=4)
def prompt_is_obeyed(lab: Lab) -> None:
    """Two prompts, with a denoising_strength that leaves little of the init image."""
    one = lab.reworked(denoising_strength=0.9)
    other = lab.reworked(denoising_strength=0.9, prompt="a wide green meadow, mountains")
    likeness.moved(lab, one, [other], "another prompt")


@check("IMG2IMG-034", needs=_NOISE, own_steps=6)
def resize_modes_are_obeyed(lab: Lab) -> None:
    """A wide init image with white ends: squeezed, cut off, or framed by its edges."""
    size = lab.settings.size
    wide = Image.new("RGB", (2 * size, size), (255, 255, 255))
    wide.paste((20, 20, 60), (size // 2, 0, size + size // 2, size))
    wide.paste((230, 120, 20), (0, 0, 2 * size, size // 8))
    init = [pictures.text_of(wide)]
    made = [lab.reworked(init_images=init, resize_mode=mode) for mode in (0, 1, 2)]
    for one, other, names in ((0, 1, "0 and 1"), (1, 2, "1 and 2"), (0, 2, "0 and 2")):
        likeness.moved(lab, made[one], [made[other]], f"resize_mode {names}")


@check("IMG2IMG-046", own_steps=8)
def more_strength_leads_further(lab: Lab) -> None:
    """The same two pictures, each beside the init image.

    A model of random weights lands as far away with either, hence the margin.
    """
    init = init_image(lab)
    made = [lab.reworked(steps=4, denoising_strength=share) for share in (0.5, 0.9)]
    little, much = (distance(one.picture.image, init) for one in made)
    if little > much * _MARGIN + _RETURNED:
        actual = f"{little:.0f} of 255 away with 0.5, and {much:.0f} with 0.9"
        raise Failed("a picture further from the init image with 0.9", actual, made[1].exchange)


@check("IMG2IMG-036", own_steps=12)
def each_init_image_makes_its_own_picture(lab: Lab) -> None:
    """Two init images as one batch; each picture beside those made alone, with its seed."""
    images = [pictures.text_of(image) for image in (init_image(lab), other_image(lab))]
    made = lab.reworked(init_images=images, batch_size=2)
    for number, picture in enumerate(made.pictures[:2]):
        seed = recipes.SEED + number
        alone = [lab.reworked(init_images=[image], seed=seed).picture.image for image in images]
        own, other = (distance(picture.image, alone[n]) for n in (number, 1 - number))
        if own > other:
            actual = f"it looks like that of init_images[{1 - number}]"
            raise Failed(f"images[{number}] from init_images[{number}]", actual, made.exchange)
