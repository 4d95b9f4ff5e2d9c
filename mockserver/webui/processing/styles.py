"""Prompt styles laid over prompts.

Source: modules/styles.py ``merge_prompts``, at v1.10.1; recorded: t2i-prompt/style, i2i/styles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.webui.hazards import hazard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.webui.infotext.style_match import Style

_PLACE = "{prompt}"


def _merge(style: Any, prompt: Any) -> Any:
    """A style around a prompt where it says ``{prompt}``, else behind it after a comma."""
    if _PLACE in style:
        return style.replace(_PLACE, prompt)
    return ", ".join(part for part in (prompt.strip(), style.strip()) if part)


@hazard
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

        Raises:
            Crash: the prompt is None and there are styles, or a style has no text at all.
        """
        return _apply(self._prompts, prompt)

    def negative_prompt(self, prompt: Any) -> Any:
        """A negative prompt with the styles on it; raises as `prompt`."""
        return _apply(self._negatives, prompt)
