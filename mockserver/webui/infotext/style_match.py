"""Recognise styles in a prompt and take their text out of it.

Source: modules/styles.py, extract_styles_from_prompt, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mockserver.errors import Crash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PLACE = "{prompt}"


class Style(NamedTuple):
    """A style as the server lists it; prompts may be None in a divider row."""

    name: str
    prompt: str | None
    negative_prompt: str | None

    @classmethod
    def of(cls, row: Mapping[str, str | None]) -> Style:
        """From an item of prompt-styles."""
        return cls(str(row["name"]), row.get("prompt"), row.get("negative_prompt"))


class Found(NamedTuple):
    """Names of the styles found, first applied first, and what is left of the prompts."""

    names: list[str]
    prompt: str
    negative_prompt: str


def _around(style: str, prompt: str) -> str | None:
    ends = style.split(_PLACE)
    if len(ends) > 2:  # noqa: PLR2004 - before and after
        problem = "too many values to unpack (expected 2)"
        raise Crash("ValueError", problem)
    left, right = ends
    if prompt.startswith(left) and prompt.endswith(right):
        return prompt[len(left) : len(prompt) - len(right)]
    return None


def _without(style: str | None, prompt: str) -> str | None:
    """`prompt` without the style's text; None where the style was not applied to it."""
    if style is None:
        raise Crash("AttributeError", "'NoneType' object has no attribute 'strip'")
    bare, text = style.strip(), prompt.strip()
    if _PLACE in bare:
        return _around(bare, text)
    if not text.endswith(bare):
        return None
    return text[: len(text) - len(bare)].removesuffix(", ")


def _match(style: Style, prompt: str, negative: str) -> tuple[str, str] | None:
    if not style.prompt and not style.negative_prompt:
        return None
    rest = _without(style.prompt, prompt)
    if rest is None:
        return None
    rest_negative = _without(style.negative_prompt, negative)
    return None if rest_negative is None else (rest, rest_negative)


def _next(styles: list[Style], prompt: str, negative: str) -> tuple[Style, str, str] | None:
    for style in styles:
        rest = _match(style, prompt, negative)
        if rest is not None:
            return style, *rest
    return None


def extract_styles(prompt: str, negative_prompt: str, styles: Iterable[Style]) -> Found:
    """Take styles out of both prompts, the last applied first, until none fits.

    A style fits when both of its texts end their prompt, or surround it where they say
    ``{prompt}``; an empty text always fits. A style without any text never does.

    Raises:
        Crash: a style has more than one ``{prompt}``.
    """
    left = list(styles)
    names: list[str] = []
    while (found := _next(left, prompt, negative_prompt)) is not None:
        style, prompt, negative_prompt = found
        left.remove(style)
        names.insert(0, style.name)
    return Found(names, prompt, negative_prompt)
