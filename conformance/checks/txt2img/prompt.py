"""Checks that prompt, guidance, steps and styles make the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.pictures import moved, same
from conformance.checks.support.settings import (
    as_sent,
    merged,
    needs_full_guidance,
    plain_styles,
    upstream_like,
)
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


@check("TXT2IMG-076", needs=("one_image", "one_image_again"), own_steps=2)
def the_prompt_makes_the_picture(context: CheckContext) -> None:
    """The shared request with another prompt, and with letters beyond ASCII added to its own."""
    moved(
        context,
        context.one_image,
        [context.varied(prompt="a house by the sea at night")],
        "another prompt",
    )
    if not upstream_like(context):
        return
    more = f"{context.one_image.payload['prompt']}狐"
    moved(
        context,
        context.one_image,
        [context.varied(prompt=more)],
        "a word more in letters beyond ASCII",
    )


@check("TXT2IMG-077", needs=("one_image", "one_image_again"), own_steps=1)
def the_negative_prompt_makes_the_picture(context: CheckContext) -> None:
    """The shared request with another negative prompt."""
    needs_full_guidance(context)
    other = context.varied(negative_prompt="a house by the sea at night")
    moved(context, context.one_image, [other], "another negative prompt")


@check("TXT2IMG-078", needs=("one_image", "one_image_again"), own_steps=2)
def guidance_makes_the_picture(context: CheckContext) -> None:
    """The shared request with CFG scale 1 in place of 7, and with a fraction."""
    needs_full_guidance(context)
    least = context.varied(cfg_scale=1)
    moved(context, context.one_image, [least], "another CFG scale")
    moved(context, least, [context.varied(cfg_scale=1.9)], "CFG scale 1.9 in place of 1")


@check("TXT2IMG-079", needs=("one_image", "one_image_again"), own_steps=5)
def steps_make_the_picture(context: CheckContext) -> None:
    """Two steps and three in place of one."""
    more = [context.varied(steps=steps) for steps in (2, 3)]
    moved(context, context.one_image, more, "more steps")


_NOWHERE = "zz-conformance-nope"


@check("TXT2IMG-045", own_steps=1)
def unknown_style(context: CheckContext) -> None:
    """A style that no server has."""
    asked = context.varied(styles=[_NOWHERE])
    _prompt_is(context, asked, asked.payload["prompt"])


@check("TXT2IMG-046", own_steps=2)
def style_is_merged(context: CheckContext) -> None:
    """The first and the last style of the list, in info and infotext."""
    styles = plain_styles(context)
    for style in (styles[0], styles[-1]):
        _is_merged(context, style)


def _is_merged(context: CheckContext, style: dict[str, Any]) -> None:
    __tracebackhide__ = True
    styled = context.varied(styles=[style["name"]])
    if upstream_like(context):
        _prompt_is(context, styled, merged(style["prompt"], styled.payload["prompt"]))
        return
    reported = str(styled.info.get("prompt"))
    parts = [*style["prompt"].split("{prompt}"), styled.payload["prompt"]]
    missing = [part for part in parts if part.strip() not in reported]
    expected = "info.prompt to hold the style and the prompt"
    expect.that(not missing, expected, f"it is {expect.shown(reported)}", styled.exchange)


@check("TXT2IMG-083", needs=("one_image", "one_image_again"), own_steps=2)
def a_style_makes_the_picture_of_its_words(context: CheckContext) -> None:
    """Up to two styles, and their words typed out."""
    styles = plain_styles(context)[:2]
    if any(style.get("negative_prompt") is None for style in styles):
        raise Skip("prompt-styles does not show the negative prompt of the style")
    names = [style["name"] for style in styles]
    styled = context.varied(styles=names)
    prompt, negative = (styled.payload[key] for key in ("prompt", "negative_prompt"))
    for style in styles:
        prompt = merged(style["prompt"], prompt)
        negative = merged(style["negative_prompt"], negative)
    typed = context.varied(prompt=prompt, negative_prompt=negative)
    same(context, typed, styled, f"the styles {', '.join(names)} and their words")


def _prompt_is(context: CheckContext, generation: Generation, prompt: str) -> None:
    __tracebackhide__ = True
    found = as_sent(context, generation.info.get("prompt"))
    expect.equal(found, prompt, "info.prompt", generation.exchange)
    start, text = f"{prompt.lstrip()}\n", as_sent(context, generation.infotext)
    if not text.startswith(start):
        actual = f"it starts with {text[: len(start)]!r}"
        raise Failed(f"the infotext to start with {start!r}", actual, generation.exchange)
