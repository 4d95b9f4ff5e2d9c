"""Prompt styles: recognised in a prompt, and laid over prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.core.errors import ServerError, raises_upstream

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
        """From an item of prompt-styles.

        Args:
            row: the item.
        """
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
        raise ServerError("ValueError", problem)
    left, right = ends
    if prompt.startswith(left) and prompt.endswith(right):
        return prompt[len(left) : len(prompt) - len(right)]
    return None


def _without(style: str | None, prompt: str) -> str | None:
    """`prompt` without the style's text; None where the style was not applied to it."""
    if style is None:
        raise ServerError("AttributeError", "'NoneType' object has no attribute 'strip'")
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

    Args:
        prompt: text.
        negative_prompt: text.
        styles: the styles of the server, in order.

    Raises:
        ServerError: a style has more than one ``{prompt}``.
    """
    left = list(styles)
    names: list[str] = []
    while (found := _next(left, prompt, negative_prompt)) is not None:
        style, prompt, negative_prompt = found
        left.remove(style)
        names.insert(0, style.name)
    return Found(names, prompt, negative_prompt)


def _merge(style: Any, prompt: Any) -> Any:
    """A style around a prompt where it says ``{prompt}``, else behind it after a comma."""
    if _PLACE in style:
        return style.replace(_PLACE, prompt)
    return ", ".join(part for part in (prompt.strip(), style.strip()) if part)


@raises_upstream
def _apply(texts: list[Any], prompt: Any) -> Any:
    for text in texts:
        prompt = _merge(text, prompt)
    return prompt


class AppliedStyles:
    """The styles that a request names, in its order; unknown names are empty styles.

    Args:
        names: the request's ``styles``; a text (an infotext can make it one) is taken
            letter by letter, as the webui does.
        known: the server's styles by name.
    """

    def __init__(self, names: Iterable[Any], known: Mapping[str, Style]) -> None:
        found = [known.get(name) for name in names]
        self._prompts = ["" if style is None else style.prompt for style in found]
        self._negatives = ["" if style is None else style.negative_prompt for style in found]

    def prompt(self, prompt: Any) -> Any:
        """A prompt with the styles on it.

        Args:
            prompt: as the request has it.

        Raises:
            ServerError: the prompt is None and there are styles, or a style has no text at all.
        """
        return _apply(self._prompts, prompt)

    def negative_prompt(self, prompt: Any) -> Any:
        """A negative prompt with the styles on it; raises as `prompt`.

        Args:
            prompt: as the request has it.
        """
        return _apply(self._negatives, prompt)
