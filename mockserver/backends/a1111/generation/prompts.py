"""Prompts and seeds of every picture of a job."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.styles import AppliedStyles
from mockserver.core.errors import ServerError
from mockserver.core.upstream_errors import raises_upstream, require

if TYPE_CHECKING:
    import random

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


#: Seeds left to the server are below this. Source: ``get_fixed_seed``.
_SEEDS = 4294967294
_REST_OF_LINE = re.compile(r"#[^\n]*(\n|$)")
#: By the kind of comments, what is made a line break, in this order.
_COMMENTS = {
    "hash": (re.compile(r"(^|\n)#[^\n]*(\n|$)"), _REST_OF_LINE),
    "slashes": (
        re.compile(r"^/\*.*?\*/(\n|$)", re.MULTILINE | re.DOTALL),
        _REST_OF_LINE,
        re.compile(r"//[^\n]*(\n|$)"),
        re.compile(r"(/\*|\*/)[^\n]*(\n|$)"),
    ),
}


def fixed_seed(seed: Any, source: random.Random) -> Any:
    """The seed itself, or a random one for -1 and None; lists stay as they are."""
    return source.randrange(_SEEDS) if seed is None or seed == -1 else seed


def fix_seeds(p: Processing, source: random.Random) -> None:
    """Choose the seeds that are left to the server, before a script copies or counts them."""
    p.seed, p.subseed = fixed_seed(p.seed, source), fixed_seed(p.subseed, source)


@raises_upstream
def _repeated(prompt: Any, batch_size: Any, n_iter: Any) -> list[Any]:
    return list(batch_size * n_iter * [prompt])


@raises_upstream
def _first(prompts: list[Any]) -> Any:
    return prompts[0]


@raises_upstream
def check_prompt(prompt: Any) -> None:
    """The webui insists on a prompt, be it an empty one."""
    if isinstance(prompt, list):
        require(len(prompt) > 0, "")
    else:
        require(prompt is not None, "")


def set_up_prompts(server: GenerationContext, p: Processing) -> None:
    """Fill `all_prompts` and its kin: one prompt a picture, with styles.

    Raises:
        ServerError: counts or prompts that the webui cannot work with.

    Source: modules/processing.py ``setup_prompts``.
    """
    prompts = _all_prompts(p)
    negatives = p.negative_prompt
    if not isinstance(negatives, list):
        negatives = [negatives] * len(prompts)
    if len(prompts) != len(negatives):
        raise ServerError(
            "RuntimeError",
            f"Received a different number of prompts ({len(prompts)}) "
            f"and negative prompts ({len(negatives)})",
        )
    styles = AppliedStyles(p.styles, server.styles)
    p.all_prompts = _each(styles.prompt, prompts)
    p.all_negative_prompts = _each(styles.negative_prompt, negatives)
    if server.rules.strip_prompts:
        plain = bool(server.options["enable_prompt_comments"])
        p.all_prompts = [_stripped(prompt, comments=plain) for prompt in p.all_prompts]
        p.all_negative_prompts = [
            _stripped(text, comments=plain) for text in p.all_negative_prompts
        ]
    p.main_prompt = _first(p.all_prompts)
    p.main_negative_prompt = p.all_negative_prompts[0]
    if p.enable_hr:
        _set_up_hires_prompts(p, styles)


def _all_prompts(p: Processing) -> list[Any]:
    if isinstance(p.prompt, list):
        return p.prompt
    if isinstance(p.negative_prompt, list):
        return [p.prompt] * len(p.negative_prompt)
    return _repeated(p.prompt, p.batch_size, p.n_iter)


def _each(function: Any, texts: list[Any]) -> list[Any]:
    """`function` of each text; one and the same text is worked out once."""
    if texts and all(text is texts[0] for text in texts):
        return [function(texts[0])] * len(texts)
    return [function(text) for text in texts]


@raises_upstream
def _stripped(prompt: Any, *, comments: bool) -> Any:
    return (strip_comments(prompt) if comments else prompt).strip()


def _set_up_hires_prompts(p: Processing, styles: AppliedStyles) -> None:
    if p.hr_prompt == "":
        p.hr_prompt = p.prompt
    if p.hr_negative_prompt == "":
        p.hr_negative_prompt = p.negative_prompt
    p.all_hr_prompts = _each(styles.prompt, _hires_list(p, p.hr_prompt))
    p.all_hr_negative_prompts = _each(styles.negative_prompt, _hires_list(p, p.hr_negative_prompt))


def _hires_list(p: Processing, prompt: Any) -> list[Any]:
    return prompt if isinstance(prompt, list) else _repeated(prompt, p.batch_size, p.n_iter)


def set_up_seeds(p: Processing, seed: Any, subseed: Any) -> None:
    """Fill `all_seeds` and `all_subseeds`: counted up from the first.

    With a variation strength all seeds are the same; subseeds always count up.
    """
    count = range(len(p.all_prompts))
    step = 1 if p.subseed_strength == 0 else 0
    p.all_seeds = seed if isinstance(seed, list) else [int(seed) + i * step for i in count]
    p.all_subseeds = subseed if isinstance(subseed, list) else [int(subseed) + i for i in count]


def strip_comments(text: str, kind: str = "hash") -> str:
    """A prompt without its comments.

    Args:
        text: the prompt.
        kind: ``hash``: ``#`` to the end of the line; ``slashes``: that, ``//`` to the end of the
            line and ``/* */``, as reForge has it.

    Source: modules/processing_scripts/comments.py.
    """
    for pattern in _COMMENTS[kind]:
        text = pattern.sub("\n", text)
    return text


def strip_all_comments(p: Processing, kind: str = "hash") -> None:
    """Take comments out of all prompts, in the webui's order.

    A prompt that is no text ends it; what was done before stays done.
    """
    for name in ("all_prompts", "all_negative_prompts"):
        if not _strip_list(p, name, kind):
            return
    p.main_prompt = strip_comments(p.main_prompt, kind)
    p.main_negative_prompt = strip_comments(p.main_negative_prompt, kind)
    if p.enable_hr:
        lists = ("all_hr_prompts", "all_hr_negative_prompts")
        all_text = all(_strip_list(p, name, kind) for name in lists)
        if all_text and isinstance(p.hr_prompt, str) and isinstance(p.hr_negative_prompt, str):
            p.hr_prompt = strip_comments(p.hr_prompt, kind)
            p.hr_negative_prompt = strip_comments(p.hr_negative_prompt, kind)


def _strip_list(p: Processing, name: str, kind: str) -> bool:
    texts = getattr(p, name)
    if not all(isinstance(text, str) for text in texts):
        return False
    setattr(p, name, [strip_comments(text, kind) for text in texts])
    return True
