"""Checks of the object in ``info``: TXT2IMG-007, -009 to -011, -047, -048, -074, -075, -098, -099.

Source: modules/processing.py, Processed.js, at v1.10.1; recorded in every t2i case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.answers import INFO, PER_PICTURE, has_the_keys, has_the_types
from conformance.checks.support.settings import (
    aliases,
    as_sent,
    current_model,
    options,
)
from conformance.runner.registry import check

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_REPEATED = ("prompt", "negative_prompt", "steps", "cfg_scale", "width", "height")


@check("TXT2IMG-007", needs=("one_image",))
def seed_is_reported(context: CheckContext) -> None:
    """The seed of the shared picture."""
    seed, info = context.one_image.payload["seed"], context.one_image.info
    expect.equal(info.get("seed"), seed, "info.seed", context.one_image.exchange)
    expect.equal(info.get("all_seeds"), [seed], "info.all_seeds", context.one_image.exchange)


@check("TXT2IMG-009", needs=("one_image",))
def keys_that_clients_read(context: CheckContext) -> None:
    """The keys of the shared picture's info."""
    has_the_keys(context.one_image)


@check("TXT2IMG-010", needs=("one_image",))
def exactly_the_keys(context: CheckContext) -> None:
    """Keys lost and keys added."""
    info = context.one_image.info
    expect.keys(info, INFO, "info", context.one_image.exchange)
    added = ", ".join(name for name in info if name not in INFO)
    expect.that(
        not added, f"the {len(INFO)} keys and no more", f"also {added}", context.one_image.exchange
    )


@check("TXT2IMG-011", needs=("one_image",))
def order_of_the_keys(context: CheckContext) -> None:
    """The known keys, in their order."""
    found = [name for name in context.one_image.info if name in INFO]
    wanted = [name for name in INFO if name in context.one_image.info]
    actual = ", ".join(found)
    expect.that(
        found == wanted, f"the order {', '.join(wanted)}", actual, context.one_image.exchange
    )


@check("TXT2IMG-047", needs=("one_image",))
def styles_are_reported(context: CheckContext) -> None:
    """No style, and where the server has one, that one."""
    _names_styles(context.one_image, [])
    names = [style.get("name") for style in context.names.styles if style.get("prompt")]
    if names:
        _names_styles(context.varied(styles=names[:1]), names[:1])


@check("TXT2IMG-048", needs=("one_image",))
def no_denoising_strength(context: CheckContext) -> None:
    """denoising_strength of a request without it."""
    for name, found in (
        ("parameters", context.one_image.parameters),
        ("info", context.one_image.info),
    ):
        what = f"{name}.denoising_strength"
        expect.equal(found.get("denoising_strength"), None, what, context.one_image.exchange)


@check("TXT2IMG-074", needs=("batch_of_two",), own_steps=2)
def info_repeats_the_request(context: CheckContext) -> None:
    """A picture that is wider than high, and the two of a batch."""
    wide = context.varied(width=2 * context.settings.size, cfg_scale=6.5)
    reported = wide.any_info.data
    for name in _REPEATED:
        if name in reported:
            found = as_sent(context, reported[name])
            expect.equal(found, wide.payload[name], f"info.{name}", wide.exchange)
    for name in ("prompt", "negative_prompt"):
        many = as_sent(context, reported.get(f"all_{name}s"))
        if many is not None:
            expect.equal(many, [wide.payload[name]], f"info.all_{name}s", wide.exchange)
    size = context.batch_of_two.any_info.data.get("batch_size", 2)
    expect.equal(size, 2, "info.batch_size", context.batch_of_two.exchange)


@check("TXT2IMG-075", needs=("one_image",))
def values_have_their_types(context: CheckContext) -> None:
    """Every known key that is there."""
    has_the_types(context.one_image)


@check("TXT2IMG-098", needs=("batch_of_two", "two_iterations"))
def one_entry_for_each_picture(context: CheckContext) -> None:
    """The lists in the info of two pictures."""
    for generation in (context.batch_of_two, context.two_iterations):
        count = len(generation.images)
        for name in PER_PICTURE:
            value = generation.info.get(name)
            found = len(value) if isinstance(value, list) else 0
            what = f"the number of entries of info.{name}"
            expect.equal(found, count, what, generation.exchange)


@check("TXT2IMG-099", needs=("one_image",))
def the_model_is_the_current_one(context: CheckContext) -> None:
    """sd_model_name and sd_model_hash, compared with the options and sd-models."""
    model = current_model(context, options(context).get("sd_model_checkpoint"))
    info, title = context.one_image.info, expect.shown(model.get("title"))
    name = info.get("sd_model_name")
    actual = f"it is {expect.shown(name)}"
    known = isinstance(name, str) and name in aliases(model)
    expect.that(known, f"sd_model_name to be that of {title}", actual, context.one_image.exchange)
    # A model that was never loaded has no hash in the list yet.
    if model.get("hash") is not None:
        expect.equal(
            info.get("sd_model_hash"), model["hash"], "sd_model_hash", context.one_image.exchange
        )


def _names_styles(generation: Generation, names: list[Any]) -> None:
    __tracebackhide__ = True
    expect.equal(generation.info.get("styles"), names, "info.styles", generation.exchange)
