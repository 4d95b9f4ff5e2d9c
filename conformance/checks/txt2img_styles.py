"""Checks of styles: TXT2IMG-045, -046, -083.

Source: modules/styles.py, merge_prompts, at v1.10.1; recorded ``t2i-prompt/style``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.facts import upstream_like
from conformance.checks.likeness import same
from conformance.checks.registry import check
from conformance.signals import Failed, Skip

if TYPE_CHECKING:
    from conformance.lab import Generation, Lab

_NOWHERE = "zz-conformance-nope"
# A prompt with any of these is worked on further: networks, comments, wildcards.
_WORKED_ON = ("<", "#", "__", "//")


@check("TXT2IMG-045", own_steps=1)
def unknown_style(lab: Lab) -> None:
    """A style that no server has."""
    asked = lab.varied(styles=[_NOWHERE])
    _prompt_is(asked, asked.payload["prompt"])


@check("TXT2IMG-046", own_steps=2)
def style_is_merged(lab: Lab) -> None:
    """The first and the last style of the list, in info and infotext."""
    styles = plain_styles(lab)
    for style in (styles[0], styles[-1]):
        _is_merged(lab, style)


def _is_merged(lab: Lab, style: dict[str, Any]) -> None:
    __tracebackhide__ = True
    styled = lab.varied(styles=[style["name"]])
    if upstream_like(lab):
        _prompt_is(styled, merged(style["prompt"], styled.payload["prompt"]))
        return
    told = str(styled.info.get("prompt"))
    parts = [*style["prompt"].split("{prompt}"), styled.payload["prompt"]]
    missing = [part for part in parts if part.strip() not in told]
    expected = "info.prompt to hold the style and the prompt"
    expect.that(not missing, expected, f"it is {expect.shown(told)}", styled.exchange)


@check("TXT2IMG-083", needs=("r1", "r1_again"), own_steps=2)
def a_style_makes_the_picture_of_its_words(lab: Lab) -> None:
    """Up to two styles, and their words typed out."""
    styles = plain_styles(lab)[:2]
    if any(style.get("negative_prompt") is None for style in styles):
        raise Skip("prompt-styles does not tell the negative prompt of the style")
    names = [style["name"] for style in styles]
    styled = lab.varied(styles=names)
    prompt, negative = (styled.payload[key] for key in ("prompt", "negative_prompt"))
    for style in styles:
        prompt = merged(style["prompt"], prompt)
        negative = merged(style["negative_prompt"], negative)
    typed = lab.varied(prompt=prompt, negative_prompt=negative)
    same(lab, typed, styled, f"the styles {', '.join(names)} and their words")


def merged(style: str, prompt: str) -> str:
    """A prompt with a style: in place of ``{prompt}``, else behind it."""
    if "{prompt}" in style:
        return style.replace("{prompt}", prompt)
    return ", ".join(part for part in (prompt.strip(), style.strip()) if part)


def plain_styles(lab: Lab) -> list[dict[str, Any]]:
    """The styles whose prompt is nothing but words, which are one at least."""
    found = [style for style in lab.names.styles if _is_plain(style)]
    if not found:
        raise Skip("prompt-styles lists no style with a plain prompt")
    return found


def _is_plain(style: dict[str, Any]) -> bool:
    words, name = style.get("prompt"), style.get("name")
    if not isinstance(words, str) or not isinstance(name, str) or not words.strip():
        return False
    return not any(mark in words for mark in _WORKED_ON)


def _prompt_is(generation: Generation, prompt: str) -> None:
    __tracebackhide__ = True
    expect.equal(generation.info.get("prompt"), prompt, "info.prompt", generation.exchange)
    start = f"{prompt.lstrip()}\n"
    if not generation.infotext.startswith(start):
        actual = f"it starts with {generation.infotext[: len(start)]!r}"
        raise Failed(f"the infotext to start with {start!r}", actual, generation.exchange)
