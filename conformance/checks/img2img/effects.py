"""Checks that each field of img2img makes the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image

from conformance.checks.img2img.support import init_image, other_image
from conformance.checks.support import expect, pictures
from conformance.checks.support import pictures as likeness
from conformance.checks.support.hires import needs_latents
from conformance.checks.support.pictures import apart, distance, is_unmoved, moved
from conformance.checks.support.settings import (
    as_sent,
    merged,
    needs_full_guidance,
    noted,
    other_clip_skip,
    plain_styles,
    was_never_saved,
)
from conformance.detection.probe import API
from conformance.runner import generation
from conformance.runner.check_context import LEFT_OUT
from conformance.runner.option_record import describe_differences
from conformance.runner.registry import check
from conformance.verdict import Failed, Loose, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_SHARED = ("one_img2img", "one_image", "one_image_again")
_NOISE = ("one_image", "one_image_again")
# Mean difference, of 255, up to which a picture counts as the init image itself, written as JPEG.
_RETURNED = 3.0
_MARGIN = 1.25


@check("IMG2IMG-025", needs=_SHARED, own_steps=2)
def init_image_matters(context: CheckContext) -> None:
    """The shared request with an init image of other colours."""
    other = context.reworked(init_images=[pictures.text_of(other_image(context))])
    likeness.moved(context, context.one_img2img, [other], "another init image")


@check("IMG2IMG-026", needs=_NOISE, own_steps=8)
def strength_is_obeyed(context: CheckContext) -> None:
    """denoising_strength 0.5, and 0.9: of four steps, the last two, and the last three."""
    little, much = (context.reworked(steps=4, denoising_strength=share) for share in (0.5, 0.9))
    likeness.moved(context, little, [much], "another denoising_strength")


@check("IMG2IMG-027", own_steps=2)
def init_image_is_not_returned(context: CheckContext) -> None:
    """The picture of the default denoising_strength, compared with the init image."""
    made = context.reworked(denoising_strength=LEFT_OUT)
    gap = distance(made.picture.image, init_image(context))
    if gap <= _RETURNED:
        actual = f"the init image again, within {gap:.1f} of 255 on average"
        raise Failed("a picture that was painted over", actual, made.exchange)


@check("IMG2IMG-031", needs=_SHARED, own_steps=4)
def seed_is_obeyed(context: CheckContext) -> None:
    """The shared request again, and with another seed."""
    again = context.generate(context.one_img2img.payload, "img2img")
    likeness.same(context, context.one_img2img, again, "the same request")
    other = context.reworked(seed=generation.SEED + 1)
    likeness.moved(context, context.one_img2img, [other], "another seed")


@check("IMG2IMG-032", needs=_NOISE, own_steps=4)
def prompt_is_obeyed(context: CheckContext) -> None:
    """Two prompts, with a denoising_strength that leaves little of the init image."""
    one = context.reworked(denoising_strength=0.9)
    other = context.reworked(denoising_strength=0.9, prompt="a wide green meadow, mountains")
    likeness.moved(context, one, [other], "another prompt")


@check("IMG2IMG-034", needs=_NOISE, own_steps=6)
def resize_modes_are_obeyed(context: CheckContext) -> None:
    """A wide init image with white ends: squeezed, cut off, or framed by its edges."""
    size = context.settings.size
    wide = Image.new("RGB", (2 * size, size), (255, 255, 255))
    wide.paste((20, 20, 60), (size // 2, 0, size + size // 2, size))
    wide.paste((230, 120, 20), (0, 0, 2 * size, size // 8))
    init = [pictures.text_of(wide)]
    made = [context.reworked(init_images=init, resize_mode=mode) for mode in (0, 1, 2)]
    for one, other, names in ((0, 1, "0 and 1"), (1, 2, "1 and 2"), (0, 2, "0 and 2")):
        likeness.moved(context, made[one], [made[other]], f"resize_mode {names}")


@check("IMG2IMG-046", own_steps=8)
def more_strength_leads_further(context: CheckContext) -> None:
    """The same two pictures, each compared with the init image.

    A model of random weights lands as far away with either, hence the margin.
    """
    init = init_image(context)
    made = [context.reworked(steps=4, denoising_strength=share) for share in (0.5, 0.9)]
    little, much = (distance(one.picture.image, init) for one in made)
    if little > much * _MARGIN + _RETURNED:
        actual = f"{little:.0f} of 255 away with 0.5, and {much:.0f} with 0.9"
        raise Failed("a picture further from the init image with 0.9", actual, made[1].exchange)


@check("IMG2IMG-036", own_steps=12)
def each_init_image_makes_its_own_picture(context: CheckContext) -> None:
    """Two init images as one batch; each picture compared with those made alone, with its seed."""
    images = [pictures.text_of(image) for image in (init_image(context), other_image(context))]
    made = context.reworked(init_images=images, batch_size=2)
    for number, picture in enumerate(made.pictures[:2]):
        seed = generation.SEED + number
        alone = [context.reworked(init_images=[image], seed=seed).picture.image for image in images]
        own, other = (distance(picture.image, alone[n]) for n in (number, 1 - number))
        if own > other:
            actual = f"it looks like that of init_images[{1 - number}]"
            raise Failed(f"images[{number}] from init_images[{number}]", actual, made.exchange)


# Of so many steps with this strength three are taken: enough for samplers and schedules to part.
_STEPS, _STRENGTH = 4, 0.75
_UNLIKE_SAMPLERS = ("DDIM", "Heun", "DPM2", "Euler a", "LMS")
_UNLIKE_SCHEDULES = ("karras", "exponential", "sgm_uniform")
_LOOPBACK = "loopback"
_CLIP_SKIP = "CLIP_stop_at_last_layers"
_LEVELS = "always_discard_next_to_last_sigma"


@check("IMG2IMG-049", needs=_NOISE, own_steps=8)
def the_negative_prompt_is_obeyed(context: CheckContext) -> None:
    """Another negative prompt."""
    needs_full_guidance(context)
    other = _made(context, negative_prompt="a house by the sea at night")
    moved(context, _made(context), [other], "another negative prompt")


@check("IMG2IMG-050", needs=_NOISE, own_steps=8)
def guidance_is_obeyed(context: CheckContext) -> None:
    """CFG scale 1 in place of 7."""
    needs_full_guidance(context)
    moved(context, _made(context), [_made(context, cfg_scale=1)], "another CFG scale")


@check("IMG2IMG-051", needs=_NOISE, own_steps=12)
def steps_are_obeyed(context: CheckContext) -> None:
    """Eight steps in place of four."""
    moved(context, _made(context), [_made(context, steps=2 * _STEPS)], "more steps")


@check("IMG2IMG-052", needs=_NOISE, own_steps=12)
def the_sampler_is_obeyed(context: CheckContext) -> None:
    """Up to two samplers other than that of the shared picture."""
    default = context.one_img2img.any_info.sampler_name
    names = [n for n in _UNLIKE_SAMPLERS if n in context.names.samplers and n != default][:2]
    if not names:
        raise Skip(f"the server lists none of the samplers {', '.join(_UNLIKE_SAMPLERS)}")
    others = [_made(context, sampler_name=name) for name in names]
    for name, made in zip(names, others, strict=True):
        expect.equal(made.any_info.sampler_name, name, "info.sampler_name", made.exchange)
    moved(context, _made(context), others, "another sampler")


@check("IMG2IMG-053", needs=_NOISE, own_steps=12)
def the_scheduler_is_obeyed(context: CheckContext) -> None:
    """Up to two schedules."""
    names = [name for name in _UNLIKE_SCHEDULES if name in context.names.schedulers][:2]
    if not names:
        raise Skip(f"the server lists none of the schedulers {', '.join(_UNLIKE_SCHEDULES)}")
    others = [_made(context, scheduler=name) for name in names]
    moved(context, _made(context), others, "another schedule")


@check("IMG2IMG-054", needs=_NOISE, own_steps=8)
def a_style_is_obeyed(context: CheckContext) -> None:
    """A style, in info and by its picture."""
    style = plain_styles(context)[0]
    made = _made(context, styles=[style["name"]])
    wanted = merged(style["prompt"], made.payload["prompt"])
    found = as_sent(context, made.info.get("prompt"))
    expect.equal(found, wanted, "info.prompt", made.exchange)
    moved(context, _made(context), [made], "a style")


@check("IMG2IMG-055", own_steps=8)
def a_script_runs(context: CheckContext) -> None:
    """Loopback, which makes a picture for each of its rounds."""
    arguments = _arguments(context, _LOOPBACK)
    rounds = arguments[0] if arguments else None
    if not isinstance(rounds, int | float) or not rounds:
        raise Skip(f"script-info does not list the rounds of {_LOOPBACK}")
    made = context.reworked(script_name=_LOOPBACK, script_args=[2, *arguments[1:]])
    count = len(made.images)
    expect.that(count > 1, "a picture for each of two rounds", f"{count} images", made.exchange)


@check("IMG2IMG-056", needs=_NOISE, own_steps=8)
def tiling_is_obeyed(context: CheckContext) -> None:
    """Tiling, turned over."""
    plain = _made(context, tiling=False)
    moved(context, plain, [_made(context, tiling=True)], "tiling")


@check("IMG2IMG-057", own_steps=4)
def overrides_hold_for_one_request(context: CheckContext) -> Loose | None:
    """Clip skip in the infotext, and the options afterwards."""
    fields = {"override_settings": {_CLIP_SKIP: other_clip_skip(context)}}
    with noted(context):
        made = context.generate({**context.img2img_payload, **fields}, "img2img")
        shown = made.values.value("Clip skip")
        value = str(other_clip_skip(context))
        expect.equal(shown, value, "Clip skip in the infotext", made.exchange)
        left = context.options.changes()
        if not left:
            return None
        if was_never_saved(context, left):
            _ = context.generate({**context.img2img_payload, **fields}, "img2img").picture
            left = context.options.changes()
    if left:
        raise Failed(
            "the options as they were", describe_differences(left), context.sender.touched[-1]
        )
    return Loose("on a fresh install, overrides of settings that were never saved stay")


@check("IMG2IMG-059", own_steps=2)
def latent_resize_is_taken(context: CheckContext) -> None:
    """A wide init image, resized in the latent space."""
    size = context.settings.size
    wide = Image.new("RGB", (2 * size, size), (40, 90, 160))
    made = context.reworked(init_images=[pictures.text_of(wide)], resize_mode=3)
    needs_latents(context, made)
    found = made.picture.size
    expect.equal(found, (size, size), "the size with resize_mode 3", made.exchange)


@check("IMG2IMG-060", needs=_NOISE, own_steps=16)
def overrides_make_another_picture(context: CheckContext) -> Loose | None:
    """Clip skip, or else the levels of noise, overridden for one request."""
    levels = context.options.before.get(_LEVELS)
    with noted(context):
        plain = _made(context)
        skipped = _made(context, override_settings={_CLIP_SKIP: other_clip_skip(context)})
        if not is_unmoved(context, apart(plain, skipped)):
            return None
        if not isinstance(levels, bool):
            raise Skip(f"the model takes no clip skip, and there is no option {_LEVELS}")
        other = _made(context, override_settings={_LEVELS: not levels})
        moved(context, plain, [other], "an override")
    return Loose("the model's text encoder seems to take no clip skip")


def _made(context: CheckContext, **fields: Any) -> Generation:
    base = {"steps": _STEPS, "denoising_strength": _STRENGTH}
    return context.reworked(**base | fields)


def _arguments(context: CheckContext, script: str) -> list[Any]:
    """What the page would send for a script that nobody touched."""
    items = context.target.probe.json(f"{API}/script-info")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and item.get("name") == script and item.get("is_img2img"):
            return [argument.get("value") for argument in item.get("args", [])]
    raise Skip(f"script-info lists no {script}")
