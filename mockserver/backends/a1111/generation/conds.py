"""What the text encoder makes of prompts: texts, chunks and embeddings, and what it fails on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.prompt_syntax import texts_of
from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.prompt_syntax import Timeline


#: Hidden states of SD1's text encoder: the embeddings and one for each of twelve layers.
_HIDDEN_STATES = tuple(range(13))
_AND = re.compile(r"\bAND\b")
_BREAK = re.compile(r"\bBREAK\b")
#: A weight behind a part of a prompt, and the spaces around it.
_WEIGHT = re.compile(r"\s*:\s*[-+]?(?:\d+\.?|\d*\.\d+)\s*$|\s+$")
#: Letters of a name that is looked for inside of words too.
_LONG_NAME = 5
_INNERMOST = re.compile(r"\[([^\[\]()]*)\]")
_SCHEDULED = re.compile(r"^(?:(.*):)?([^:]*):\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*$", re.DOTALL)
_WORD = re.compile(r"\w+|[^\w\s]")
#: Tokens that fit into one chunk of the text encoder's input.
CHUNK = 75


def timelines_differ(prompt: str) -> bool:
    """Whether old and new prompt editing read a ``[a:b:N]`` of the prompt differently.

    Args:
        prompt: text without tags.
    """
    for inside in _INNERMOST.findall(prompt):
        scheduled = _SCHEDULED.match(inside)
        if scheduled and ("." in scheduled.group(3)) == (float(scheduled.group(3)) >= 1):
            return True
    return False


@raises_upstream
def iterated(prompts: Sequence[Any]) -> list[str]:
    """The prompts, which the parser goes through character by character: it needs text.

    Args:
        prompts: as a request or a script gives them.
    """
    for prompt in prompts:
        iter(prompt)
        _AND.match(prompt)
    return list(prompts)


@raises_upstream
def check_hidden_state(clip_skip: Any) -> None:
    """The text encoder has the hidden state that is taken.

    Args:
        clip_skip: as the version takes the option.

    Raises:
        ServerError: IndexError, where it has fewer; TypeError for what is no number.
    """
    last = -clip_skip
    if clip_skip > 1:
        _ = _HIDDEN_STATES[last]


def clip_skip(server: GenerationContext) -> Any:
    """The option for clip skip, as the version takes it.

    Args:
        server: its options and what its version makes of them.
    """
    value = server.options["CLIP_stop_at_last_layers"]
    return _whole(value) if server.rules.whole_clip_skip else value


@raises_upstream
def _whole(value: Any) -> int:
    return int(value)


def embeddings_in(server: GenerationContext, texts: Sequence[str]) -> list[str]:
    """Names of the embeddings that texts name, each once, in the order they stand.

    The webui compares tokens and not words: a name counts in any case, and also at the end of a
    longer word, as tokens begin inside of words; what counts there as too short to be more than
    a part of a word is an assumption.

    Args:
        server: the server, which has embeddings.
        texts: what is encoded together.

    Returns:
        The names as the server lists them.
    """
    names = {name.lower(): name for name in server.networks.embeddings.loaded}
    if not names:
        return []
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile("|".join(map(_name_pattern, longest_first)))
    found = [match.group() for text in texts for match in pattern.finditer(text.lower())]
    return list(dict.fromkeys(names[name] for name in found))


def _name_pattern(name: str) -> str:
    """A name that ends with a word, and begins with it unless it is long."""
    begin = r"(?<!\w)" if len(name) < _LONG_NAME else ""
    end = r"(?![^\W\d])" if name[-1:].isalpha() else ""
    return begin + re.escape(name) + end


def tokens(prompt: str) -> int:
    """About how many tokens a prompt has: one a word or sign.

    Args:
        prompt: text without tags.
    """
    return len(_WORD.findall(prompt))


def chunks(text: str) -> int:
    """About how many chunks of 75 tokens a text takes.

    BREAK ends a chunk; nothing behind the last one is no chunk.

    Args:
        text: what is encoded, its alternatives chosen.

    Returns:
        1 or more.
    """
    *ended, last = map(tokens, _BREAK.split(text))
    count = sum(max(-(-length // CHUNK), 1) for length in ended)
    return max(count + -(-last // CHUNK), 1)


def encoded_texts(
    prompts: Sequence[str], timeline: Timeline, composable: bool
) -> list[Sequence[str]]:
    """What the encoder is given for the prompts of a batch.

    Args:
        prompts: prompts without their tags.
        timeline: the steps by which the numbers of prompt editing count.
        composable: prompts are split at AND.

    Returns:
        For each prompt, or part of one, the texts that are encoded together; none twice.
    """
    parts = [
        _WEIGHT.sub("", part) if composable else part
        for prompt in dict.fromkeys(prompts)
        for part in (_AND.split(prompt) if composable else (prompt,))
    ]
    return [texts_of(part, timeline) for part in dict.fromkeys(parts)]


def longest(prompts: Sequence[str], timeline: Timeline, *, composable: bool = False) -> int:
    """Chunks of the longest conditioning of a batch; arguments as `encoded_texts` has them.

    Args:
        prompts: prompts of the batch, without their tags.
        timeline: the steps by which prompt editing counts.
        composable: whether prompts are split at AND, default not.
    """
    found = encoded_texts(prompts, timeline, composable)
    return max((chunks(text) for texts in found for text in texts), default=1)
