"""What the text encoder is asked, when it is asked, and what it trips over."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.prompt_attention import parse_prompt_attention
from mockserver.core.upstream_errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.networks import ExtraNetworks
    from mockserver.backends.a1111.generation.processing import Processing


#: Hidden states of SD1's text encoder: the embeddings and one for each of twelve layers.
_HIDDEN_STATES = tuple(range(13))
_AND = re.compile(r"\bAND\b")
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


def _alternatives(match: re.Match[str]) -> str:
    inside = match.group(1)
    if "|" in inside:
        return " ".join(inside.split("|"))
    scheduled = _SCHEDULED.match(inside)
    if scheduled:
        return f"{scheduled.group(1) or ''} {scheduled.group(2)}"
    return f"\0{inside}\1"


def unscheduled(prompt: str) -> str:
    """A prompt with all its alternatives side by side: ``[a:b:0.5]`` and ``[a|b]`` are ``a b``."""
    if "[" not in prompt:
        return prompt
    before = None
    while before != prompt:
        before, prompt = prompt, _INNERMOST.sub(_alternatives, prompt)
    return prompt.replace("\0", "[").replace("\1", "]")


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


@raises_upstream
def clip_skip(server: GenerationContext) -> Any:
    """The option for clip skip, as the version takes it."""
    value = server.options["CLIP_stop_at_last_layers"]
    return int(value) if server.rules.whole_clip_skip else value


def embeddings_in(server: GenerationContext, text: str) -> list[str]:
    """Names of the embeddings that a prompt names, in any case, in the order they stand."""
    names = server.networks.embeddings.loaded
    if not names:
        return []
    lower = text.lower()
    found = {
        name: place for name in names if (place := _place_of_word(lower, name.lower())) is not None
    }
    return sorted(found, key=found.__getitem__)


def _place_of_word(text: str, word: str) -> int | None:
    if word not in text:
        return None
    match = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
    return match.start() if match else None


def tokens(prompt: str) -> int:
    """About how many tokens a prompt has: one a word or sign."""
    return len(_WORD.findall(prompt))


def chunks(prompt: str) -> int:
    """About how many chunks of 75 tokens a prompt takes; BREAK begins a new one."""
    return sum(-(-max(tokens(part), 1) // CHUNK) for part in re.split(r"\bBREAK\b", prompt))


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
        cache = self._server.cond_cache
        if not cache.knows(kinds, question):
            self.encode(prompts, composable=composable)
            cache.keep(kinds[0], question)

    def encode(self, prompts: Sequence[Any], *, composable: bool = False) -> None:
        """Run the encoder, whatever it was asked before.

        Raises:
            ServerError: as `ask`.
        """
        self.ran = True
        for prompt in dict.fromkeys(_iterated(prompts)):
            for part in _AND.split(prompt) if composable else (prompt,):
                self._encode_one(unscheduled(part))

    def _encode_one(self, text: str) -> None:
        emphasis = self._server.options["emphasis"]
        if emphasis != "None" and "(" in text:
            parse_prompt_attention(text)
        _hidden_state(clip_skip(self._server))
        self._note_embeddings(text)
        if emphasis != "Original" and ("(" in text or "[" in text):
            self.added["Emphasis"] = emphasis

    def _note_embeddings(self, text: str) -> None:
        names = embeddings_in(self._server, text)
        if not names or not self._server.options["textual_inversion_add_hashes_to_infotext"]:
            return
        hashes = [f"{name.translate(_NO_SIGNS)}: {_short_hash(name)}" for name in names]
        before = self.added.get("TI hashes")
        self.added["TI hashes"] = ", ".join([*hashes, before] if before else hashes)


_NO_SIGNS = str.maketrans("", "", ":,")
_SHORT = 12


def _short_hash(name: str) -> str:
    """12 hex digits as in ``TI hashes``; made of the name, as no list tells the file's."""
    return hashlib.sha256(name.encode()).hexdigest()[:_SHORT]
