"""What the text encoder is asked, when it is asked, and what it fails on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.prompt_syntax import Timeline, parse_prompt_attention, texts_of
from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.networks import ExtraNetworks
    from mockserver.backends.a1111.generation.processing import Processing


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
_MAIN_OPTIONS = (
    "CLIP_stop_at_last_layers",
    "sdxl_crop_left",
    "sdxl_crop_top",
    "fp8_storage",
    "cache_fp16_weight",
    "emphasis",
)


def _timelines_differ(prompt: str) -> bool:
    """Whether old and new prompt editing read a ``[a:b:N]`` of the prompt differently."""
    for inside in _INNERMOST.findall(prompt):
        scheduled = _SCHEDULED.match(inside)
        if scheduled and ("." in scheduled.group(3)) == (float(scheduled.group(3)) >= 1):
            return True
    return False


@raises_upstream
def _iterated(prompts: Sequence[Any]) -> list[str]:
    """The prompt parser goes through each prompt's characters, and needs text."""
    for prompt in prompts:
        iter(prompt)
        _AND.match(prompt)
    return list(prompts)


@raises_upstream
def _hidden_state(clip_skip: Any) -> Any:
    """Which hidden state of the text encoder is taken."""
    last = -clip_skip
    return _HIDDEN_STATES[last] if clip_skip > 1 else None


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


class TextEncoder:
    """Asks the text encoder for one generation, and gathers what it adds to the infotext.

    Args:
        server: the server.
        p: the generation.

    Attributes:
        added: what it adds to the infotext.
        ran: it had to run; whoever takes the time for that sets it back.
    """

    def __init__(self, server: GenerationContext, p: Processing) -> None:
        self._server = server
        self._p = p
        self.added: dict[str, Any] = {}
        self.ran = False

    def ask(  # noqa: PLR0913 - the webui's own question has this many parts
        self,
        kinds: Sequence[str],
        prompts: Sequence[Any],
        steps: Any,
        networks: ExtraNetworks | None,
        hires_steps: Any = None,
        *,
        composable: bool = False,
    ) -> None:
        """Ask for the conditioning of `prompts`, unless it was asked last time.

        Asked the same again the encoder is not run, so what it would add to the infotext is not
        added and what it would fail with does not happen (``get_conds_with_caching``).

        Args:
            kinds: where the answer may be known from; it is kept under the first.
            prompts: prompts of the batch, without their tags.
            steps: steps of the first pass.
            networks: the networks in use.
            hires_steps: steps of the hires pass, None in the first.
            composable: prompts are split at AND.

        Raises:
            ServerError: a prompt or an option that the encoder cannot take.
        """
        options = self._server.options
        if options["use_old_scheduling"] and any(map(_timelines_differ, _iterated(prompts))):
            self._p.extra_generation_params["Old prompt editing timelines"] = True
        question = (
            list(prompts),
            steps,
            hires_steps,
            networks.tags if networks else None,
            self._server.checkpoints.current,
            self._p.width,
            self._p.height,
            options["use_old_scheduling"],
            *[options[name] for name in _MAIN_OPTIONS],
        )
        asked = self._server.asked_conds
        if all(asked.get(kind) != question for kind in kinds):
            timeline = Timeline(steps, hires_steps, bool(options["use_old_scheduling"]))
            self.encode(prompts, timeline, composable=composable)
            asked[kinds[0]] = question

    def encode(
        self, prompts: Sequence[Any], timeline: Timeline | None = None, *, composable: bool = False
    ) -> None:
        """Run the encoder, whatever it was asked before.

        Args:
            prompts: prompts of the batch, without their tags.
            timeline: the steps by which the numbers of prompt editing count, default one step.
            composable: prompts are split at AND.

        Raises:
            ServerError: as `ask`.
        """
        self.ran = True
        for texts in encoded_texts(_iterated(prompts), timeline or Timeline(1), composable):
            self._encode_together(texts)

    def _encode_together(self, texts: Sequence[str]) -> None:
        """Encode the texts that one prompt becomes."""
        emphasis = self._server.options["emphasis"]
        for text in texts:
            if emphasis != "None" and "(" in text:
                parse_prompt_attention(text)
        _hidden_state(clip_skip(self._server))
        if not self._server.options["use_old_emphasis_implementation"]:
            self._note_embeddings(texts)
        if emphasis != "Original" and any("(" in text or "[" in text for text in texts):
            self.added["Emphasis"] = emphasis

    def _note_embeddings(self, texts: Sequence[str]) -> None:
        if not self._server.options["textual_inversion_add_hashes_to_infotext"]:
            return
        names = embeddings_in(self._server, texts)
        if not names:
            return
        embeddings = self._server.networks.embeddings
        hashes = [f"{name.translate(_NO_SIGNS)}: {embeddings.short_hash(name)}" for name in names]
        before = self.added.get("TI hashes")
        self.added["TI hashes"] = ", ".join([*hashes, before] if before else hashes)


_NO_SIGNS = str.maketrans("", "", ":,")
