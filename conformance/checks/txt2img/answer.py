"""Checks of the answer of txt2img: its images, and the parameters it repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.answers import has_the_defaults
from conformance.checks.support.pictures import same
from conformance.checks.support.settings import needs_saved_format, upstream_like
from conformance.runner.check_context import LEFT_OUT
from conformance.runner.registry import check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


@check("TXT2IMG-001", needs=("one_image",))
def three_keys(context: CheckContext) -> None:
    """images, parameters and info of the shared picture."""
    expect.ok(context.one_image.exchange)
    _ = context.one_image.images, context.one_image.parameters
    if "info" not in context.one_image.answer:
        has = ", ".join(context.one_image.answer)
        raise Failed("the key info in the answer", f"it has {has}", context.one_image.exchange)


@check("TXT2IMG-002", needs=("one_image",))
def info_is_json_text(context: CheckContext) -> None:
    """The info of the shared picture."""
    _ = context.one_image.info


@check("TXT2IMG-003", needs=("one_image",))
def one_image(context: CheckContext) -> None:
    """How many images the shared request gave."""
    pictures(context.one_image, 1)


@check("TXT2IMG-025", own_steps=1)
def send_images_false(context: CheckContext) -> None:
    """The shared request with send_images false."""
    quiet = context.varied(send_images=False)
    pictures(quiet, 0)
    expect.equal(len(quiet.infotexts), 1, "the number of infotexts", quiet.exchange)
    expect.equal(quiet.info.get("seed"), quiet.payload["seed"], "info.seed", quiet.exchange)


@check("TXT2IMG-043", own_steps=1)
def empty_prompt(context: CheckContext) -> None:
    """The shared request with an empty prompt."""
    _ = context.varied(prompt="").picture


@check("TXT2IMG-044", own_steps=1)
def empty_prompt_is_refused(context: CheckContext) -> None:
    """The shared request with an empty prompt."""
    exchange = expect.status(context.varied(prompt="").exchange, 400)
    expect.equal(expect.json_of(exchange), {"error": "prompt required"}, "the body", exchange)


@check("TXT2IMG-072", needs=("one_image", "one_image_again"), own_steps=1)
def saving_fields_change_nothing(context: CheckContext) -> None:
    """The shared request with do_not_save_samples and do_not_save_grid."""
    asked = context.varied(do_not_save_samples=True, do_not_save_grid=True)
    pictures(asked, 1)
    same(context, context.one_image, asked, "do_not_save_samples and do_not_save_grid")


def pictures(generation: Generation, count: int) -> None:
    """An answer has so many images.

    Args:
        generation: an answer of txt2img or img2img.
        count: how many are expected.
    """
    __tracebackhide__ = True
    found = len(generation.images)
    expected = "one image" if count == 1 else f"{count or 'no'} images"
    expect.that(found == count, expected, f"{found or 'no'} images", generation.exchange)


_MODELS = ("StableDiffusionProcessingTxt2Img", "ReqTxt2Img")
_LETTERS = "Füchse, 狐"
_NOWHERE = "zz_conformance_nope"
# Named by the SD1 sizes that the webui was made for.
_SIDE = 512
_STEPS = 50
_CFG = 7.0


@check("TXT2IMG-012", needs=("one_image",))
def parameters_repeat_the_request(context: CheckContext) -> None:
    """The five fields that clients keep."""
    _repeats(context.one_image, ("prompt", "width", "height", "steps", "seed"))


@check("TXT2IMG-013", needs=("one_image",))
def defaults_are_filled_in(context: CheckContext) -> None:
    """The fields that the shared request leaves out, by the server's own document."""
    has_the_defaults(context, context.one_image, _MODELS)


@check("TXT2IMG-026", own_steps=1)
def unknown_field(context: CheckContext) -> None:
    """The shared request with a field that no server has."""
    asked = context.varied(**{_NOWHERE: 1})
    actual = f"parameters has {_NOWHERE}"
    expect.that(_NOWHERE not in asked.parameters, f"no {_NOWHERE}", actual, asked.exchange)
    _ = asked.picture


@check("TXT2IMG-070", own_steps=1)
def text_of_digits(context: CheckContext) -> None:
    """The shared request with its whole numbers as text."""
    size = context.settings.size
    asked = context.varied(steps="1", width=str(size), height=str(size), seed="7")
    expect.equal(list(asked.picture.size), [size, size], "the size", asked.exchange)
    steps = asked.any_info.data.get("steps", 1)
    expect.equal(steps, 1, "info.steps", asked.exchange)


# Fields that change nothing in a picture without hires fix, and are no defaults.
_WITHOUT_EFFECT = {
    "hr_upscaler": "Latent (nearest)",
    "hr_scale": 1.5,
    "hr_second_pass_steps": 3,
    "denoising_strength": 0.4,
    "styles": ["zz-conformance"],
    "do_not_save_grid": True,
    "force_task_id": "task(conformance-repeated)",
    "s_tmin": 0.25,
}


@check("TXT2IMG-073", own_steps=4)
def parameters_repeat_every_field(context: CheckContext) -> None:
    """A request in which many fields are no defaults."""
    changes: dict[str, Any] = {
        "negative_prompt": "blurry, dark",
        "seed": 12,
        "subseed": 34,
        "cfg_scale": 4.5,
        "n_iter": 2,
        "styles": [],
    }
    sampler = context.names.other_sampler(context.names.quick_sampler)
    named = changes | ({"sampler_name": sampler} if sampler else {})
    if upstream_like(context):
        named |= {"prompt": _LETTERS, "height": 2 * context.settings.size, "tiling": True}
        last = context.names.schedulers[-1:]
        named |= {"scheduler": last[0]} if last else {}
        named |= {n: v for n, v in _WITHOUT_EFFECT.items() if n in context.one_image.parameters}
    asked = context.varied(**named)
    _repeats(asked, asked.payload)


@check("TXT2IMG-096", own_steps=66)
def defaults_are_used(context: CheckContext) -> None:
    """Requests without steps and cfg_scale, without a width, without a height."""
    plain = context.varied(steps=LEFT_OUT, cfg_scale=LEFT_OUT)
    expect.equal(plain.info.get("steps"), _STEPS, "info.steps", plain.exchange)
    expect.equal(plain.info.get("cfg_scale"), _CFG, "info.cfg_scale", plain.exchange)
    for number, side in enumerate(("width", "height")):
        asked = context.varied(**{side: LEFT_OUT})
        found = asked.picture.size[number]
        expect.equal(found, _SIDE, f"the picture's {side}", asked.exchange)


@check("TXT2IMG-097", needs=("one_image", "one_image_again"), own_steps=1)
def parameters_are_a_request(context: CheckContext) -> None:
    """The parameters of the shared picture, sent back as they came."""
    asked = context.generate(context.one_image.parameters)
    same(context, context.one_image, asked, "the parameters of an answer as the next request")


def _repeats(generation: Generation, names: Mapping[str, Any] | tuple[str, ...]) -> None:
    __tracebackhide__ = True
    expect.keys(generation.parameters, names, "parameters", generation.exchange)
    for name in names:
        sent, reported = generation.payload[name], generation.parameters[name]
        expect.equal(reported, sent, f"parameters.{name}", generation.exchange)


@check("TXT2IMG-004", needs=("one_image",))
def bare_and_whole(context: CheckContext) -> None:
    """The first image of the shared request."""
    picture = context.one_image.picture
    actual = f"it starts with {context.one_image.images[0][:30]!r}"
    expect.that(not picture.had_prefix, "bare base64", actual, context.one_image.exchange)


@check("TXT2IMG-006", needs=("one_image",))
def format_of_the_option(context: CheckContext) -> None:
    """The format of the shared picture, compared with samples_format."""
    wanted, made = needs_saved_format(context), context.one_image
    expect.equal(made.picture.format, wanted, "the format of the image", made.exchange)
