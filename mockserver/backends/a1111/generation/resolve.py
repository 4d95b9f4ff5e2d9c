"""What a request leaves open: prompts and seeds of every picture, models, options.

Source: modules/processing.py ``process_images_inner``, ``setup_prompts``, at v1.10.1.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.hires import missing_checkpoint
from mockserver.backends.a1111.scripts.alwayson import note_hypertile, note_soft_inpainting
from mockserver.backends.a1111.styles import AppliedStyles
from mockserver.core.errors import OPERATIONS, ServerError, server_error

if TYPE_CHECKING:
    import random

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


_NO_CHECKPOINT = (None, "", "None", "none")
_SHORT_HASH = 10
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


#: Signs without one of which a text has no comments of the kind.
_SIGNS = {"hash": "#", "slashes": "#/*"}


def fixed_seed(seed: Any, source: random.Random) -> Any:
    """The seed itself, or a random one for -1 and None; lists stay as they are.

    Args:
        seed: as the request has it.
        source: where a random one is drawn.
    """
    return source.randrange(_SEEDS) if seed is None or seed == -1 else seed


def fix_seeds(p: Processing, source: random.Random) -> None:
    """Choose the seeds that are left to the server, before a script copies or counts them.

    Args:
        p: the generation; its `seed` and `subseed` are replaced.
        source: where random ones are drawn.
    """
    p.seed, p.subseed = fixed_seed(p.seed, source), fixed_seed(p.subseed, source)


def resolve(server: GenerationContext, p: Processing) -> None:
    """Fill in what the request leaves open, and one prompt and seed a picture.

    Args:
        server: options, models, styles and the source of random seeds.
        p: the generation; its `all_prompts`, `all_seeds` and their kin are filled.

    Raises:
        ServerError: a prompt, a count or a checkpoint that the webui cannot work with.
    """
    options = server.options
    if p.prompt is None or p.prompt == []:
        raise ServerError("AssertionError", "")
    seed, subseed = fixed_seed(p.seed, server.random), fixed_seed(p.subseed, server.random)
    if server.rules.null_means_option:
        if p.restore_faces is None:
            p.restore_faces = options["face_restoration"]
        if p.tiling is None:
            p.tiling = options["tiling"]
    p.refiner = None
    if p.refiner_checkpoint not in _NO_CHECKPOINT:
        p.refiner = server.checkpoints.closest(p.refiner_checkpoint)
        if p.refiner is None:
            raise missing_checkpoint(p.refiner_checkpoint)
    loaded, by_path = server.checkpoints.current, server.rules.infotext_model == "path"
    p.sd_model_name = loaded.model_name if by_path else loaded.name_for_extra
    p.sd_model_hash = loaded.short_hash
    p.sd_vae_name = options["sd_vae"] if options["sd_vae"] in server.vaes else None
    p.sd_vae_hash = _vae_hash(server, p.sd_vae_name) if p.sd_vae_name else None
    if p.s_min_uncond is None:
        p.s_min_uncond = options["s_min_uncond"]
    p.effects = {}
    try:
        _set_up_prompts(server, p)
    except OPERATIONS as error:
        raise server_error(error) from error
    count = range(len(p.all_prompts))
    # With a variation strength all seeds are the same; subseeds always count up.
    step = 1 if p.subseed_strength == 0 else 0
    p.all_seeds = seed if isinstance(seed, list) else [int(seed) + i * step for i in count]
    p.all_subseeds = subseed if isinstance(subseed, list) else [int(subseed) + i for i in count]


def run_alwayson(server: GenerationContext, p: Processing) -> None:
    """What the webui's own always-on scripts do before processing starts.

    Args:
        server: its options switch the scripts on.
        p: the generation.
    """
    options = server.options
    if options["enable_prompt_comments"]:
        strip_all_comments(p, server.rules.comments)
    if options["hypertile_enable_unet"] or options["hypertile_enable_vae"]:
        note_hypertile(server, p)
    if p.image_mask is not None:
        note_soft_inpainting(p)
    if server.callbacks:
        server.callbacks.process(p)


def _vae_hash(server: GenerationContext, name: str) -> str:
    """The short hash of an external VAE; made of its name where nobody recorded the file's.

    The option's ``Automatic`` looks for a VAE beside the checkpoint, ``None`` and unknown names
    use the checkpoint's own: none of them is an external one here.
    """
    recorded = server.vae_hashes.get(name)
    return recorded or hashlib.sha256(name.encode()).hexdigest()[:_SHORT_HASH]


#: So many pictures a request may ask for; beyond, the machine's memory ends before they are made.
MOST_PICTURES = 16_384


def _set_up_prompts(server: GenerationContext, p: Processing) -> None:
    """Fill `all_prompts` and its kin: one prompt a picture, with styles.

    Raises:
        ServerError: counts or prompts that the webui cannot work with.

    Source: modules/processing.py ``setup_prompts``.
    """
    prompts, negatives = p.prompt, p.negative_prompt
    if not isinstance(prompts, list):
        count = len(negatives) if isinstance(negatives, list) else p.batch_size * p.n_iter
        if isinstance(count, int) and count > MOST_PICTURES:
            raise ServerError("MemoryError", "")
        prompts = list(count * [prompts])
    if not isinstance(negatives, list):
        negatives = [negatives] * len(prompts)
    if len(prompts) != len(negatives):
        raise ServerError(
            "RuntimeError",
            f"Received a different number of prompts ({len(prompts)}) "
            f"and negative prompts ({len(negatives)})",
        )
    styles = AppliedStyles(p.styles, server.styles) if p.styles else None
    p.all_prompts = _each(styles.prompt, prompts) if styles else list(prompts)
    p.all_negative_prompts = _each(styles.negative_prompt, negatives) if styles else list(negatives)
    if server.rules.strip_prompts:
        plain = bool(server.options["enable_prompt_comments"])
        p.all_prompts = [_stripped(prompt, comments=plain) for prompt in p.all_prompts]
        p.all_negative_prompts = [
            _stripped(text, comments=plain) for text in p.all_negative_prompts
        ]
    p.main_prompt, p.main_negative_prompt = p.all_prompts[0], p.all_negative_prompts[0]
    if p.enable_hr:
        _set_up_hires_prompts(p, styles)


def _each(function: Any, texts: list[Any]) -> list[Any]:
    """`function` of each text; one and the same text is worked out once."""
    if texts and all(text is texts[0] for text in texts):
        return [function(texts[0])] * len(texts)
    return [function(text) for text in texts]


def _stripped(prompt: Any, *, comments: bool) -> Any:
    return (strip_comments(prompt) if comments else prompt).strip()


def _set_up_hires_prompts(p: Processing, styles: AppliedStyles | None) -> None:
    if p.hr_prompt == "":
        p.hr_prompt = p.prompt
    if p.hr_negative_prompt == "":
        p.hr_negative_prompt = p.negative_prompt
    prompts = _hires_list(p, p.hr_prompt)
    negatives = _hires_list(p, p.hr_negative_prompt)
    p.all_hr_prompts = _each(styles.prompt, prompts) if styles else list(prompts)
    p.all_hr_negative_prompts = (
        _each(styles.negative_prompt, negatives) if styles else list(negatives)
    )


def _hires_list(p: Processing, prompt: Any) -> list[Any]:
    return prompt if isinstance(prompt, list) else list(p.batch_size * p.n_iter * [prompt])


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

    Args:
        p: the generation.
        kind: as for `strip_comments`.
    """
    for name in ("all_prompts", "all_negative_prompts"):
        texts = getattr(p, name)
        if not all(isinstance(text, str) for text in texts):
            return
        if any(sign in text for text in texts for sign in _SIGNS[kind]):
            setattr(p, name, [strip_comments(text, kind) for text in texts])
    if any(sign in f"{p.main_prompt}{p.main_negative_prompt}" for sign in _SIGNS[kind]):
        p.main_prompt = strip_comments(p.main_prompt, kind)
        p.main_negative_prompt = strip_comments(p.main_negative_prompt, kind)
    if p.enable_hr:
        _strip_hires_comments(p, kind)


def _strip_hires_comments(p: Processing, kind: str) -> None:
    for name in ("all_hr_prompts", "all_hr_negative_prompts"):
        texts = getattr(p, name)
        if not all(isinstance(text, str) for text in texts):
            return
        setattr(p, name, [strip_comments(text, kind) for text in texts])
    if isinstance(p.hr_prompt, str) and isinstance(p.hr_negative_prompt, str):
        p.hr_prompt = strip_comments(p.hr_prompt, kind)
        p.hr_negative_prompt = strip_comments(p.hr_negative_prompt, kind)
